/** Loss and accuracy over the steps of a training. */
import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import type { Validation } from '../../../lab/trainingProtocol.ts';
import type { TrainingState } from '../../../lab/trainingProtocol.ts';
import { ChartFrame } from '../../chart/ChartFrame.tsx';
import type { Column } from '../../chart/table.ts';
import type { Box } from '../../chart/useBox.ts';
import { count, percent, percentShort } from '../../format.ts';
import { WORDS } from '../../words.ts';
import { Key } from './Lesson.tsx';

/** Steps that a mean is taken over: single batches are noise. */
const SMOOTHED = 10;

/** The mean of each value and the (up to nine) before it. */
export function smoothed(values: Float32Array): number[] {
  return Array.from(values, (_, i) => {
    const last = values.subarray(Math.max(0, i + 1 - SMOOTHED), i + 1);
    return last.reduce((sum, value) => sum + value, 0) / last.length;
  });
}

type Point = { readonly step: number; readonly value: number; readonly mean: number; readonly kept: number | null };

function pointsOf(values: Float32Array, validations: readonly Validation[]): Point[] {
  const means = smoothed(values);
  return means.map((mean, i) => {
    const step = i + 1;
    return { step, value: values[i], mean, kept: validations.find((validation) => validation.step === step)?.top1 ?? null };
  });
}

/** From the mean of the first ten steps to that of the last ten. */
const ends = (points: readonly Point[]): readonly [number, number] => [points[Math.min(SMOOTHED, points.length) - 1].mean, points[points.length - 1].mean];

type Props = { readonly run: TrainingState; readonly provenance: string };

export function LossChart({ run, provenance }: Props) {
  const words = WORDS.staircase.loss;
  const points = pointsOf(run.losses, []);
  const [from, to] = points.length > 0 ? ends(points) : [0, 0];
  const columns: readonly Column<Point>[] = [
    { title: words.step, value: ({ step }) => step },
    { title: words.loss, value: ({ value }) => value, text: ({ value }) => value.toFixed(3) },
    { title: words.mean, value: ({ mean }) => mean, text: ({ mean }) => mean.toFixed(3) },
  ];
  const finding = points.length > 0 ? words.finding(from.toFixed(2), to.toFixed(2), count(points.length)) : WORDS.staircase.notYet;
  return (
    <ChartFrame
      id="loss"
      title={words.title}
      finding={finding}
      provenance={provenance}
      height={13}
      table={{ columns, rows: points }}
      legend={
        <>
          <Key className="quantized thin">{words.loss}</Key>
          <Key className="quantized">{words.mean}</Key>
        </>
      }
    >
      {(box) => <Lines points={points} steps={run.steps} max={Math.max(0.1, ...points.map(({ value }) => value))} format={(value) => value.toFixed(1)} {...box} />}
    </ChartFrame>
  );
}

export function LearningChart({ run, provenance }: Props) {
  const words = WORDS.staircase.accuracy;
  const points = pointsOf(run.accuracies, run.validations);
  const [from, to] = points.length > 0 ? ends(points) : [0, 0];
  const columns: readonly Column<Point>[] = [
    { title: WORDS.staircase.loss.step, value: ({ step }) => step },
    { title: words.batch, value: ({ value }) => value, text: ({ value }) => percent(value) },
    { title: words.mean, value: ({ mean }) => mean, text: ({ mean }) => percent(mean) },
    { title: words.validation, value: ({ kept }) => kept, text: ({ kept }) => (kept === null ? '' : percent(kept)) },
  ];
  const best = run.best ? words.kept(percent(run.best.top1), Math.ceil(run.best.step / run.stepsPerEpoch)) : '';
  return (
    <ChartFrame
      id="learning"
      title={words.title}
      finding={points.length > 0 ? words.finding(percent(from), percent(to)) + best : WORDS.staircase.notYet}
      provenance={provenance}
      height={13}
      table={{ columns, rows: points }}
      legend={
        <>
          <Key className="quantized thin">{words.batch}</Key>
          <Key className="quantized">{words.mean}</Key>
          <span>
            <span className="swatch hollow" aria-hidden="true" /> {words.validation}
          </span>
        </>
      }
    >
      {(box) => <Lines points={points} steps={run.steps} max={1} format={percentShort} {...box} />}
    </ChartFrame>
  );
}

type Drawn = { readonly points: readonly Point[]; readonly steps: number; readonly max: number; readonly format: (value: number) => string };

function Lines({ points, steps, max, format, width, height, rem }: Drawn & Box) {
  const x = scaleLinear([0, steps], [3.4 * rem, width - 0.8 * rem]);
  const y = scaleLinear([0, max], [height - 1.9 * rem, 0.8 * rem]);
  const path = (valueOf: (point: Point) => number): string => line<Point>(({ step }) => x(step), (point) => y(valueOf(point)))(points) ?? '';
  const last = points.at(-1);
  return (
    <>
      {y.ticks(4).map((tick) => (
        <g key={tick}>
          <line className="grid" x1={x(0)} x2={x(steps)} y1={y(tick)} y2={y(tick)} />
          <text className="tick end" x={3 * rem} y={y(tick) + 0.35 * rem}>
            {format(tick)}
          </text>
        </g>
      ))}
      {x.ticks(6).map((tick) => (
        <text key={tick} className="tick" x={x(tick)} y={height - 0.5 * rem}>
          {tick}
        </text>
      ))}
      <path className="line quantized thin" d={path(({ value }) => value)} />
      <path className="line quantized" d={path(({ mean }) => mean)} />
      {points.flatMap(({ step, kept }) => (kept === null ? [] : <circle key={step} className="hollow quantized" cx={x(step)} cy={y(kept)} r={6} />))}
      {last && <circle className="quantized" cx={x(last.step)} cy={y(last.mean)} r={5} />}
    </>
  );
}
