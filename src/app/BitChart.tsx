/** One measure over the bitwidths: 32-bit float as a grey square, quantized in blue, each with its interval. */
import { scaleBand, scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import type { Bits } from '../quant/types.ts';
import { WIDTHS } from './jobs.ts';
import { useWidth } from './useWidth.ts';

export type Mark = {
  /** null: 32-bit float. */
  readonly bits: Bits | null;
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
};

type Props = {
  readonly title: string;
  /** The chart in words, for who cannot see it. */
  readonly summary: string;
  readonly shape: 'dots' | 'bars';
  readonly marks: readonly Mark[];
  /** Another preset's marks, drawn hollow. */
  readonly others?: readonly Mark[];
  readonly max: number;
  readonly format: (value: number) => string;
  readonly selected: Bits;
  readonly height: number;
};

/** Width of one character of a label, in pixels: enough to see whether it fits its column. */
const CHARACTER = 12;
const COLUMNS = [null, ...WIDTHS].map(columnName);

function columnName(bits: Bits | null): string {
  return bits === null ? '32' : String(bits);
}

export function BitChart({ title, summary, shape, marks, others = [], max, format, selected, height }: Props) {
  const [ref, width] = useWidth();
  const x = scaleBand(COLUMNS, [0, width]).padding(0.35);
  const y = scaleLinear([0, max], [height - 34, 34]);
  const centre = (bits: Bits | null): number => (x(columnName(bits)) ?? 0) + x.bandwidth() / 2;
  const path = line<Mark>((mark) => centre(mark.bits), (mark) => y(mark.value));
  const float32 = marks.find(({ bits }) => bits === null);
  const labelled = marks.filter(({ bits, value }) => bits === null || bits === selected || format(value).length * CHARACTER + 8 < x.step());
  return (
    <figure className="chart" ref={ref}>
      <figcaption>{title}</figcaption>
      {width > 0 && (
        <svg width={width} height={height} role="img" aria-label={summary}>
          <rect className="selected" x={centre(selected) - x.step() / 2} width={x.step()} height={height} rx={6} />
          <line className="axis" x2={width} y1={y(0)} y2={y(0)} />
          {float32 && <line className="reference" x1={centre(null)} x2={width} y1={y(float32.value)} y2={y(float32.value)} />}
          {COLUMNS.map((name) => (
            <text key={name} className="tick" x={(x(name) ?? 0) + x.bandwidth() / 2} y={height - 9}>
              {name}
            </text>
          ))}
          {shape === 'dots' && <path className="line others" d={path(others) ?? ''} />}
          {shape === 'dots' && <path className="line" d={path(marks.filter(({ bits }) => bits !== null)) ?? ''} />}
          {shape === 'dots' && others.map((mark) => <circle key={mark.bits} className="hollow" cx={centre(mark.bits)} cy={y(mark.value)} r={5} />)}
          {marks.map((mark) => (
            <g key={mark.bits} className={`${shape} ${mark.bits === null ? 'float32' : 'quantized'}`}>
              {shape === 'bars' ? (
                <rect x={x(columnName(mark.bits))} y={y(mark.value)} width={x.bandwidth()} height={y(0) - y(mark.value)} rx={3} />
              ) : (
                <Dot x={centre(mark.bits)} y={y(mark.value)} square={mark.bits === null} />
              )}
              {mark.low !== undefined && mark.high !== undefined && <Whisker x={centre(mark.bits)} y1={y(mark.low)} y2={y(mark.high)} />}
            </g>
          ))}
          {labelled.map((mark) => (
            <text key={mark.bits} className="value" x={centre(mark.bits)} y={y(mark.high ?? mark.value) - 10}>
              {format(mark.value)}
            </text>
          ))}
        </svg>
      )}
    </figure>
  );
}

function Dot({ x, y, square }: { readonly x: number; readonly y: number; readonly square: boolean }) {
  return square ? <rect x={x - 5} y={y - 5} width={10} height={10} /> : <circle cx={x} cy={y} r={6} />;
}

function Whisker({ x, y1, y2 }: { readonly x: number; readonly y1: number; readonly y2: number }) {
  return <path className="whisker" d={`M${x} ${y1}V${y2}M${x - 7} ${y1}h14M${x - 7} ${y2}h14`} />;
}
