/** The legend of a chart: what each colour, dash and shape stands for. */

export type LegendKey = {
  readonly text: string;
  /** Colours the sign and the text; absent: as the text around it. */
  readonly colour?: 'float32' | 'quantized' | 'error';
} & (
  | {
      /** Classes of chart.css: `swatch` is a patch, `stroke` a line; with `thin`, `thick`, `dashed`, `hollow`, a colour. */
      readonly className: string;
    }
  | { readonly glyph: string }
);

export function Legend({ keys }: { readonly keys: readonly LegendKey[] }) {
  return (
    <p className="legend">
      {keys.map((key) => (
        <span key={key.text} className={key.colour}>
          {'glyph' in key ? key.glyph : <span className={key.className} aria-hidden="true" />} {key.text}
        </span>
      ))}
    </p>
  );
}
