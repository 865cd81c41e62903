/** One measure over the bitwidths: 32-bit float as a grey square, quantized in blue, each with its interval. */
import { scaleBand, scaleLinear } from 'd3-scale';
import { line, symbol, symbolCircle, symbolCross, symbolDiamond, symbolStar, symbolTriangle } from 'd3-shape';
import type { Bits } from '../../quant/types.ts';
import { bitsName } from '../text/format.ts';
import { WORDS } from '../words/words.ts';
import { YName, YTicks } from './Axes.tsx';
import { ChartFrame } from './ChartFrame.tsx';
import type { LegendKey } from './Legend.tsx';
import type { Column } from './table.ts';
import type { Box } from './useBox.ts';
import { WIDTHS } from '../state/choice.ts';

export type Mark = {
  /** null: 32-bit float. */
  readonly bits: Bits | null;
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
  /** Not measured here: drawn hollow and dashed. */
  readonly recorded?: boolean;
  /** Where it is from, where that is not where the others are from. */
  readonly provenance?: string;
};

/** What somebody expects, beside what is. */
export type Expected = { readonly bits: Bits; readonly value: number; readonly label: string };

/** Marks that belong together, by the name that the table gives them. */
type Series = { readonly name: string; readonly marks: readonly Mark[] };

/** Others stand beside it with a shape each; filled if they were trained. */
export type Others = Series & { readonly trained?: boolean };

const SHAPES = [symbolCircle, symbolTriangle, symbolDiamond, symbolStar, symbolCross] as const;
const OPEN = ['○', '△', '◇', '☆', '✚'] as const;
const FILLED = ['●', '▲', '◆', '★', '✚'] as const;

/** What each of the others looks like, for the legend. */
export const othersKeys = (others: readonly Others[]): readonly LegendKey[] =>
  others.map(({ name, trained }, at) => ({
    colour: 'quantized',
    glyph: (trained ? FILLED : OPEN)[at % OPEN.length],
    text: name,
  }));

type Drawing = {
  readonly shape: 'dots' | 'bars';
  readonly series: Series;
  /** Other series of the same measure. */
  readonly others?: readonly Others[];
  readonly expected?: Expected;
  readonly max: number;
  readonly format: (value: number) => string;
  readonly selected: Bits;
  /** What the vertical axis measures, in a word or two. */
  readonly axis: string;
  /** Widths whose results are not shown yet, and why, in a word or two. */
  readonly hidden?: { readonly bits: readonly Bits[]; readonly why: string };
};

type Props = Drawing & {
  readonly id: string;
  readonly file?: string;
  readonly title: string;
  readonly finding: string;
  readonly summary: string;
  readonly provenance: string;
  /** In rem. */
  readonly height: number;
  readonly legend?: readonly LegendKey[];
};

type Row = Mark & { readonly series: string };

/** Room for the numbers of the vertical axis, in rem. */
const LEFT = 3.1;
/** Width of one character of a label, in rem: enough to see whether it fits its column. */
const CHARACTER = 0.66;
const COLUMNS = [null, ...WIDTHS].map(columnName);

function columnName(bits: Bits | null): string {
  return bits === null ? '32' : String(bits);
}

function columnsOf(format: (value: number) => string): readonly Column<Row>[] {
  const words = WORDS.bill.columns;
  const optional = (value: number | undefined): string => (value === undefined ? '' : format(value));
  return [
    { title: words.bits, value: ({ bits }) => bits ?? 32, text: ({ bits }) => bitsName(bits) },
    { title: words.preset, value: ({ bits, series }) => (bits === null ? '' : series) },
    { title: words.value, value: ({ value }) => value, text: ({ value }) => format(value) },
    { title: words.low, value: ({ low }) => low ?? null, text: ({ low }) => optional(low) },
    { title: words.high, value: ({ high }) => high ?? null, text: ({ high }) => optional(high) },
    { title: words.from, value: ({ recorded }) => (recorded ? words.recorded : words.measured) },
  ];
}

export function BitChart({ id, file, title, finding, summary, provenance, height, legend, ...drawing }: Props) {
  const { series, others = [], format } = drawing;
  const rows = [series, ...others].flatMap(({ name, marks }) => marks.map((mark) => ({ ...mark, series: name })));
  const table = { columns: columnsOf(format), rows, provenance: (row: Row) => row.provenance };
  return (
    <ChartFrame
      id={id}
      file={file}
      title={title}
      finding={finding}
      summary={summary}
      provenance={provenance}
      height={height}
      table={table}
      legend={legend}
    >
      {(box) => <Marks {...drawing} {...box} />}
    </ChartFrame>
  );
}

function Marks({
  shape,
  series: { marks },
  others = [],
  expected,
  max,
  format,
  selected,
  axis,
  hidden,
  width,
  height,
  rem,
}: Drawing & Box) {
  const left = LEFT * rem;
  const x = scaleBand(COLUMNS, [left, width]).padding(0.35);
  const y = scaleLinear([0, max], [height - 1.9 * rem, 2.7 * rem]);
  const centre = (bits: Bits | null): number => (x(columnName(bits)) ?? 0) + x.bandwidth() / 2;
  const path = line<Mark>(
    (mark) => centre(mark.bits),
    (mark) => y(mark.value),
  );
  const float32 = marks.find(({ bits }) => bits === null);
  const labelled = marks.filter(
    ({ bits, value }) => bits === null || bits === selected || format(value).length * CHARACTER * rem + 8 < x.step(),
  );
  const area = 0.42 * rem * rem;
  return (
    <>
      <rect className="selected" x={centre(selected) - x.step() / 2} width={x.step()} height={height} rx={6} />
      <YTicks y={y} ticks={y.ticks(4)} x={left - 0.4 * rem} rem={rem} format={format} grid={[left, width]} />
      <YName rem={rem}>{axis}</YName>
      <line className="axis" x1={left} x2={width} y1={y(0)} y2={y(0)} />
      {float32 && (
        <line className="reference" x1={centre(null)} x2={width} y1={y(float32.value)} y2={y(float32.value)} />
      )}
      {COLUMNS.map((name) => (
        <text key={name} className="tick" x={(x(name) ?? 0) + x.bandwidth() / 2} y={height - 0.5 * rem}>
          {name}
        </text>
      ))}
      {shape === 'dots' &&
        others.map(({ name, marks: each }) => (
          <path key={name} className="line quantized others" d={path(each.filter(({ bits }) => bits !== null)) ?? ''} />
        ))}
      {shape === 'dots' && (
        <path className="line quantized" d={path(marks.filter(({ bits }) => bits !== null)) ?? ''} />
      )}
      {marks.map((mark) => (
        <g
          key={mark.bits}
          className={`${mark.bits === null ? 'float32' : 'quantized'} ${mark.recorded ? 'hollow recorded' : shape}`}
        >
          {shape === 'bars' ? (
            <rect
              x={x(columnName(mark.bits))}
              y={y(mark.value)}
              width={x.bandwidth()}
              height={y(0) - y(mark.value)}
              rx={3}
            />
          ) : (
            <Dot x={centre(mark.bits)} y={y(mark.value)} rem={rem} square={mark.bits === null} />
          )}
          {mark.low !== undefined && mark.high !== undefined && (
            <Whisker x={centre(mark.bits)} y1={y(mark.low)} y2={y(mark.high)} rem={rem} />
          )}
        </g>
      ))}
      {hidden && hidden.bits.length > 0 && (
        <Hidden
          from={centre(hidden.bits[0]) - x.step() / 2}
          to={centre(hidden.bits[hidden.bits.length - 1]) + x.step() / 2}
          y={[y(max), y(0)]}
          why={hidden.why}
        />
      )}
      {others.map(({ name, trained, marks: each }, at) =>
        each.map((mark) => (
          <path
            key={`${name} ${mark.bits}`}
            className={trained ? 'quantized' : 'hollow quantized'}
            transform={`translate(${centre(mark.bits)} ${y(mark.value)})`}
            d={symbol(SHAPES[at % SHAPES.length], area)() ?? ''}
          >
            <title>{`${name}, ${bitsName(mark.bits)}: ${format(mark.value)}`}</title>
          </path>
        )),
      )}
      {expected && <Diamond x={centre(expected.bits)} y={y(expected.value)} rem={rem} />}
      {expected && (
        <text className="value start" x={centre(expected.bits) + 0.67 * rem} y={y(expected.value) + 0.3 * rem}>
          {expected.label}
        </text>
      )}
      {labelled.map((mark) => (
        <text key={mark.bits} className="value" x={centre(mark.bits)} y={y(mark.high ?? mark.value) - 0.55 * rem}>
          {format(mark.value)}
        </text>
      ))}
    </>
  );
}

type HiddenProps = {
  readonly from: number;
  readonly to: number;
  readonly y: readonly [top: number, bottom: number];
  readonly why: string;
};

/** The place of results that wait: it is seen that something comes, and why it does not yet. */
function Hidden({ from, to, y: [top, bottom], why }: HiddenProps) {
  return (
    <g>
      <rect className="waits" x={from} y={top} width={to - from} height={bottom - top} rx={6} />
      <text className="value" x={(from + to) / 2} y={(top + bottom) / 2}>
        {why}
      </text>
    </g>
  );
}

/** Where a mark stands, and the font's size, with which it grows. */
type At = { readonly x: number; readonly rem: number };

function Dot({ x, y, rem, square }: At & { readonly y: number; readonly square: boolean }) {
  const half = 0.28 * rem;
  return square ? (
    <rect x={x - half} y={y - half} width={2 * half} height={2 * half} />
  ) : (
    <circle cx={x} cy={y} r={0.33 * rem} />
  );
}

function Diamond({ x, y, rem }: At & { readonly y: number }) {
  const half = 0.5 * rem;
  return <path className="error hollow" d={`M${x} ${y - half}l${half} ${half}l${-half} ${half}l${-half} ${-half}z`} />;
}

function Whisker({ x, y1, y2, rem }: At & { readonly y1: number; readonly y2: number }) {
  const half = 0.39 * rem;
  return (
    <path className="whisker" d={`M${x} ${y1}V${y2}M${x - half} ${y1}h${2 * half}M${x - half} ${y2}h${2 * half}`} />
  );
}
