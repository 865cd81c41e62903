/** Loss and accuracy over the steps of a training. */
import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import type { TrainingState } from '../../../contract/calls/training.ts';
import { ChartFrame } from '../../chart/ChartFrame.tsx';
import type { Column } from '../../chart/table.ts';
import type { Box } from '../../chart/useBox.ts';
import { count, percent, percentShort } from '../../text/format.ts';
import { WORDS } from '../../words/words.ts';
import type { Validation } from '../../../contract/trainingReport.ts';
import { XTicks, YName, YTicks } from '../../chart/Axes.tsx';
import type { LegendKey } from '../../chart/Legend.tsx';

/** Steps that a mean is taken over: single batches are noise. */
const SMOOTHED = 10;

/** The mean of each value and the (up to nine) before it. */
function smoothed(values: Float32Array): number[] {
  return Array.from(values, (_, i) => {
    const last = values.subarray(Math.max(0, i + 1 - SMOOTHED), i + 1);
    return last.reduce((sum, value) => sum + value, 0) / last.length;
  });
}

/** One step; null: not measured there. `kept`: on the images kept apart. */
type Point = {
  readonly step: number;
  readonly value: number | null;
  readonly mean: number | null;
  readonly kept: number | null;
};

/** Step 0 is the network that was only rounded: it is there once it has been judged. */
function pointsOf(
  values: Float32Array,
  validations: readonly Validation[],
  keptOf: (validation: Validation) => number,
): Point[] {
  const kept = new Map(validations.map((validation) => [validation.step, keptOf(validation)]));
  const start: Point[] = kept.has(0) ? [{ step: 0, value: null, mean: null, kept: kept.get(0) ?? null }] : [];
  const means = smoothed(values);
  return [
    ...start,
    ...means.map((mean, i) => ({ step: i + 1, value: values[i], mean, kept: kept.get(i + 1) ?? null })),
  ];
}

/** From the mean of the first ten steps to that of the last ten. */
function ends(values: Float32Array): readonly [number, number] {
  const means = smoothed(values);
  return [means[Math.min(SMOOTHED, means.length) - 1], means[means.length - 1]];
}

type Props = { readonly run: TrainingState; readonly provenance: string };

export function LossChart({ run, provenance }: Props) {
  const words = WORDS.staircase.loss;
  const points = pointsOf(run.losses, run.validations, ({ loss }) => loss);
  const [first, last] = [run.validations[0], run.validations.at(-1)];
  const optional = (value: number | null): string => (value === null ? '' : value.toFixed(3));
  const columns: readonly Column<Point>[] = [
    { title: words.step, value: ({ step }) => step },
    { title: words.loss, value: ({ value }) => value, text: ({ value }) => optional(value) },
    { title: words.mean, value: ({ mean }) => mean, text: ({ mean }) => optional(mean) },
    { title: words.kept, value: ({ kept }) => kept, text: ({ kept }) => optional(kept) },
  ];
  const finding =
    foundIn(run.losses, (value) => value.toFixed(2), words.batches) +
    (last && first.step < last.step ? words.judged(first.loss.toFixed(2), last.loss.toFixed(2)) : '');
  return (
    <ChartFrame
      id="loss"
      title={words.title}
      finding={finding}
      provenance={provenance}
      height={13}
      table={{ columns, rows: points }}
      legend={legendOf(words.loss, words.mean, words.kept)}
    >
      {(box) => (
        <Lines
          points={points}
          steps={run.steps}
          max={Math.max(0.1, ...points.flatMap(({ value, kept }) => [value ?? 0, kept ?? 0]))}
          format={(value) => String(Number(value.toFixed(2)))}
          axis={words.loss}
          {...box}
        />
      )}
    </ChartFrame>
  );
}

export function LearningChart({ run, provenance }: Props) {
  const words = WORDS.staircase.accuracy;
  const points = pointsOf(run.accuracies, run.validations, ({ top1 }) => top1);
  const [start] = run.validations;
  const optional = (value: number | null): string => (value === null ? '' : percent(value));
  const columns: readonly Column<Point>[] = [
    { title: WORDS.staircase.loss.step, value: ({ step }) => step },
    { title: words.batch, value: ({ value }) => value, text: ({ value }) => optional(value) },
    { title: words.mean, value: ({ mean }) => mean, text: ({ mean }) => optional(mean) },
    { title: words.validation, value: ({ kept }) => kept, text: ({ kept }) => optional(kept) },
  ];
  const best = run.best
    ? words.kept(percent(start.top1), percent(run.best.top1), run.best.step, run.validations.length - 1)
    : '';
  return (
    <ChartFrame
      id="learning"
      title={words.title}
      finding={foundIn(run.accuracies, percent, words.batches) + best}
      provenance={provenance}
      height={13}
      table={{ columns, rows: points }}
      legend={legendOf(words.batch, words.mean, words.validation)}
    >
      {(box) => (
        <Lines
          points={points}
          steps={run.steps}
          max={1}
          format={percentShort}
          axis={WORDS.bill.accuracyAxis}
          {...box}
        />
      )}
    </ChartFrame>
  );
}

/** What the batches say: from the mean of the first ten to that of the last ten. */
function foundIn(
  values: Float32Array,
  format: (value: number) => string,
  sentence: (from: string, to: string, steps: string) => string,
): string {
  if (values.length === 0) return WORDS.staircase.notYet;
  const [from, to] = ends(values);
  return sentence(format(from), format(to), count(values.length));
}

function legendOf(one: string, mean: string, kept: string): readonly LegendKey[] {
  return [
    { className: 'stroke quantized thin', text: one },
    { className: 'stroke quantized', text: mean },
    { className: 'swatch hollow', text: kept },
  ];
}

type Drawn = {
  readonly points: readonly Point[];
  readonly steps: number;
  readonly max: number;
  readonly format: (value: number) => string;
  readonly axis: string;
};

function Lines({ points, steps, max, format, axis, width, height, rem }: Drawn & Box) {
  const x = scaleLinear([0, steps], [3.4 * rem, width - 0.8 * rem]);
  const y = scaleLinear([0, max], [height - 1.9 * rem, 2.1 * rem]);
  const path = (valueOf: (point: Point) => number | null): string =>
    line<Point>(
      ({ step }) => x(step),
      (point) => y(valueOf(point) ?? 0),
    ).defined((point) => valueOf(point) !== null)(points) ?? '';
  const last = points.at(-1);
  return (
    <>
      <YTicks y={y} ticks={y.ticks(4)} x={3 * rem} rem={rem} format={format} grid={[x(0), x(steps)]} />
      <YName rem={rem}>{axis}</YName>
      <XTicks x={x} ticks={x.ticks(6)} y={height - 0.5 * rem} />
      <path className="line quantized thin" d={path(({ value }) => value)} />
      <path className="line quantized" d={path(({ mean }) => mean)} />
      {points.flatMap(({ step, kept }) =>
        kept === null ? [] : <circle key={step} className="hollow quantized" cx={x(step)} cy={y(kept)} r={6} />,
      )}
      {last && last.mean !== null && <circle className="quantized" cx={x(last.step)} cy={y(last.mean)} r={5} />}
    </>
  );
}
