/** Clipping error, rounding error and their sum over the threshold, with the values themselves below. */
import { scaleLinear, scaleSqrt } from 'd3-scale';
import { line } from 'd3-shape';
import { useId, type PointerEvent, type ReactNode } from 'react';
import type { ClipCurve, ClipGrid } from '../../../contract/calls/inspect.ts';
import { ChartFrame } from '../../chart/ChartFrame.tsx';
import type { Column } from '../../chart/table.ts';
import type { Box } from '../../chart/useBox.ts';
import { bitsName, count, percentShort, times } from '../../text/format.ts';
import { schemeInWords } from '../../text/names.ts';
import { WORDS } from '../../words/words.ts';
import { real, share } from '../layer/numbers.ts';
import { bestStep, ceiling, foldedHistogram, isTwoSided, stepOf, sumAt, thresholdAt, thresholdOf } from './curve.ts';
import { XTicks } from '../../chart/Axes.tsx';
import type { LegendKey } from '../../chart/Legend.tsx';

export type ClipChartProps = {
  readonly curve: ClipCurve;
  readonly grid: ClipGrid;
  readonly model: string;
  readonly step: number;
  readonly onStep: (step: number) => void;
};

type Row = {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly clipping: number;
  readonly rounding: number;
  readonly power: number;
};

function columns(): readonly Column<Row>[] {
  const words = WORDS.clip.columns;
  return [
    { title: words.method, value: ({ name }) => name },
    { title: words.low, value: ({ low }) => low, text: ({ low }) => real(low) },
    { title: words.high, value: ({ high }) => high, text: ({ high }) => real(high) },
    { title: words.clipping, value: ({ clipping }) => clipping, text: ({ clipping }) => real(clipping) },
    { title: words.rounding, value: ({ rounding }) => rounding, text: ({ rounding }) => real(rounding) },
    {
      title: words.sum,
      value: ({ clipping, rounding }) => clipping + rounding,
      text: ({ clipping, rounding }) => real(clipping + rounding),
    },
    {
      title: words.ofSignal,
      value: ({ clipping, rounding, power }) => (clipping + rounding) / power,
      text: ({ clipping, rounding, power }) => share((clipping + rounding) / power),
    },
  ];
}

function rowsOf({ lo, hi, power }: ClipCurve, { clipping, rounding, choices }: ClipGrid): readonly Row[] {
  const methods = choices.map((choice) => ({
    name: WORDS.clip.methods[choice.method],
    low: choice.lo,
    high: choice.hi,
    clipping: choice.clipping,
    rounding: choice.rounding,
    power,
  }));
  const steps = Array.from(clipping, (error, i) => {
    const part = (i + 1) / clipping.length;
    return { name: '', low: lo * part, high: hi * part, clipping: error, rounding: rounding[i], power };
  });
  return [...methods, ...steps];
}

/** Below this, clipping wins a share that is told as a percentage: 1.0 times would say nothing. */
const CLEAR_GAIN = 1.1;

/** What the chart shows, in one sentence. */
export function clipFinding(curve: ClipCurve, grid: ClipGrid): string {
  const words = WORDS.clip;
  const tensor = words.tensorOf(curve.of, curve.layer);
  const best = bestStep(grid);
  const last = grid.clipping.length - 1;
  const gain = sumAt(grid, last) / sumAt(grid, best);
  if (!(gain > 1.02)) return words.findingWhole(bitsName(grid.bits), tensor);
  const threshold = `${isTwoSided(curve) ? '±' : ''}${real(thresholdAt(curve, grid, best))}`;
  const ofLargest = percentShort((best + 1) / (last + 1));
  return gain < CLEAR_GAIN
    ? words.findingHardly(bitsName(grid.bits), tensor, threshold, ofLargest, percentShort(gain - 1))
    : words.finding(bitsName(grid.bits), tensor, threshold, ofLargest, times(gain));
}

export function ClipChart({
  curve,
  grid,
  model,
  step,
  onStep,
  control,
}: ClipChartProps & { readonly control: ReactNode }) {
  const words = WORDS.clip;
  const { calibrationImages } = curve.settings;
  const calibrated = curve.of === 'activation' ? words.calibrated(count(calibrationImages)) : '';
  return (
    <ChartFrame
      id="clip"
      title={words.title(words.tensorOf(curve.of, curve.layer), curve.channel)}
      finding={clipFinding(curve, grid)}
      provenance={words.provenance(model, schemeInWords(curve.settings), count(curve.count), calibrated)}
      height={16}
      control={control}
      table={() => ({ columns: columns(), rows: rowsOf(curve, grid) })}
      legend={legend()}
    >
      {(box) => <Drawing curve={curve} grid={grid} step={step} onStep={onStep} {...box} />}
    </ChartFrame>
  );
}

function legend(): readonly LegendKey[] {
  const words = WORDS.clip;
  return [
    { colour: 'error', className: 'swatch dashed', text: words.clipping },
    { colour: 'quantized', className: 'swatch thick', text: words.rounding },
    { className: 'swatch thick', text: words.sum },
    { colour: 'float32', className: 'swatch', text: words.values },
  ];
}

type DrawingProps = Omit<ClipChartProps, 'model'> & Box;

/** Half a slider's thumb, in pixels: the chart's ends are where the thumb's middle can be. */
const THUMB = 14;

function Drawing({ curve, grid, step, onStep, width, height, rem }: DrawingProps) {
  const clipId = useId();
  const widest = Math.max(-curve.lo, curve.hi);
  const x = scaleLinear([0, widest], [THUMB, width - THUMB]);
  const labels = 3.9 * rem;
  const base = height - 5.2 * rem;
  const floor = height - 1.6 * rem;
  const y = scaleLinear([0, ceiling(grid)], [base, labels]);
  const shares = scaleLinear([0, ceiling(grid) / curve.power], [base, labels]);
  const here = thresholdAt(curve, grid, step);
  const path = (of: (step: number) => number): string =>
    line<number>(
      (i) => x(thresholdAt(curve, grid, i)),
      (i) => y(of(i)),
    )(Array.from(grid.clipping, (_, i) => i)) ?? '';

  function drag({ buttons, type, currentTarget, clientX, pointerId }: PointerEvent<SVGRectElement>): void {
    if (type === 'pointerdown') currentTarget.setPointerCapture(pointerId);
    else if (buttons !== 1) return;
    onStep(stepOf(curve, grid, x.invert(clientX - currentTarget.getBoundingClientRect().left)));
  }

  return (
    <>
      <clipPath id={clipId}>
        <rect x={0} y={labels - 2} width={width} height={base - labels + 4} />
      </clipPath>
      <line className="axis" x1={x(0)} x2={x(widest)} y1={base} y2={base} />
      {shares.ticks(3).map((value) => (
        <text key={value} className="tick start" x={x(0)} y={shares(value) - 0.25 * rem}>
          {share(value)}
        </text>
      ))}
      <Values curve={curve} here={here} x={x} top={base + 0.3 * rem} floor={floor} />
      <g clipPath={`url(#${clipId})`}>
        <path className="line error dashed" d={path((i) => grid.clipping[i])} />
        <path className="line quantized" d={path((i) => grid.rounding[i])} />
        <path className="line sum" d={path((i) => sumAt(grid, i))} />
      </g>
      <Marks curve={curve} grid={grid} x={x} y={y} top={labels} width={width} rem={rem} />
      <line className="threshold" x1={x(here)} x2={x(here)} y1={labels} y2={floor} />
      <circle className="hollow handle" cx={x(here)} cy={Math.max(labels, y(sumAt(grid, step)))} r={0.5 * rem} />
      <XTicks
        x={(value) => Math.min(Math.max(x(value), rem), width - rem)}
        ticks={x.ticks(Math.max(2, Math.floor(width / (6 * rem))))}
        y={height - 0.3 * rem}
        format={real}
      />
      <rect className="catcher" width={width} height={height} onPointerDown={drag} onPointerMove={drag} />
    </>
  );
}

type Scale = (value: number) => number;

/** The tensor's magnitudes, by the square root of their number; those beyond the threshold in orange. */
function Values({
  curve,
  here,
  x,
  top,
  floor,
}: {
  readonly curve: ClipCurve;
  readonly here: number;
  readonly x: Scale;
  readonly top: number;
  readonly floor: number;
}) {
  const bins = foldedHistogram(curve);
  const widest = Math.max(-curve.lo, curve.hi);
  const y = scaleSqrt([0, Math.max(...bins)], [floor, top]);
  const bar = (n: number, i: number): string => {
    const [from, to] = [x((i / bins.length) * widest), x(((i + 1) / bins.length) * widest)];
    return n === 0 ? '' : `M${from.toFixed(1)} ${floor}V${y(n).toFixed(1)}H${to.toFixed(1)}V${floor}Z`;
  };
  const edge = Math.ceil((here / widest) * bins.length);
  return (
    <>
      <path className="area float32" d={Array.from(bins.subarray(0, edge), bar).join('')} />
      <path className="area error" d={Array.from(bins.subarray(edge), (n, i) => bar(n, i + edge)).join('')} />
      <line className="axis" x1={x(0)} x2={x(widest)} y1={floor} y2={floor} />
    </>
  );
}

type MarksProps = {
  readonly curve: ClipCurve;
  readonly grid: ClipGrid;
  readonly x: Scale;
  readonly y: Scale;
  readonly top: number;
  readonly width: number;
  readonly rem: number;
};

/** The methods' choices on the sum, their names above in rows, so that none covers another. */
function Marks({ curve, grid, x, y, top, width, rem }: MarksProps) {
  const placed = placeLabels(
    grid.choices.map((choice) => ({
      choice,
      x: x(thresholdOf(curve, choice)),
      wide: (WORDS.clip.methods[choice.method].length * 0.6 + 0.8) * rem,
    })),
    width,
  );
  return (
    <>
      {placed.map(({ choice, x: at, label, row }) => {
        const bottom = Math.max(top, y(choice.clipping + choice.rounding));
        return (
          <g key={choice.method}>
            <path
              className="reference"
              fill="none"
              d={`M${at} ${bottom}V${top - 0.2 * rem}L${label} ${(row + 1) * 1.2 * rem}`}
            />
            <path
              className="mark"
              d={`M${at} ${bottom - 0.4 * rem}l${0.4 * rem} ${0.4 * rem}l${-0.4 * rem} ${0.4 * rem}l${-0.4 * rem} ${-0.4 * rem}Z`}
            />
            <text className="value" x={label} y={row * 1.2 * rem + 0.95 * rem}>
              {WORDS.clip.methods[choice.method]}
            </text>
          </g>
        );
      })}
    </>
  );
}

type Label<T> = T & { readonly x: number; readonly wide: number };

/** Gives each label a row (three of them) and a place in it where it covers no other. */
export function placeLabels<T>(
  labels: readonly Label<T>[],
  width: number,
): readonly (Label<T> & { readonly label: number; readonly row: number })[] {
  const taken: { row: number; from: number; to: number }[] = [];
  return labels
    .toSorted((a, b) => b.x - a.x)
    .map((one) => {
      const middle = Math.min(Math.max(one.x, one.wide / 2), width - one.wide / 2);
      for (let shift = 0; shift < width; shift += 8) {
        for (const row of [2, 1, 0]) {
          for (const label of [middle - shift, middle + shift]) {
            const [from, to] = [label - one.wide / 2, label + one.wide / 2];
            if (
              from < 0 ||
              to > width ||
              taken.some((other) => other.row === row && from < other.to && to > other.from)
            )
              continue;
            taken.push({ row, from, to });
            return { ...one, label, row };
          }
        }
      }
      return { ...one, label: middle, row: 0 };
    });
}
