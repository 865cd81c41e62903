/** The way of a few weights over the last steps, as they drift across the boundaries between codes. */
import type { TrainingReport } from '../../contract/trainingReport.ts';

type Sample = NonNullable<TrainingReport['sample']>;

/** One step: where each weight stands on its grid, and what it rounds to. */
export type Moment = { readonly step: number; readonly positions: Float32Array; readonly codes: Int16Array };

export type Trail = {
  readonly layer: string;
  readonly qmin: number;
  readonly qmax: number;
  /** Oldest first, the last ones only. */
  readonly moments: readonly Moment[];
};

/** Steps that are shown. */
export const TRAIL_STEPS = 60;

/** Another layer, or another grid, begins a new trail. */
export function extended(trail: Trail | null, step: number, { layer, qmin, qmax, positions, codes }: Sample): Trail {
  const goesOn = trail !== null && trail.layer === layer && trail.qmin === qmin && trail.qmax === qmax;
  const before = goesOn ? trail.moments.slice(-(TRAIL_STEPS - 1)) : [];
  return { layer, qmin, qmax, moments: [...before, { step, positions, codes }] };
}

/** A weight (by its place in the sample) whose code at `step` is not what it was one moment before. */
export type Crossing = {
  readonly weight: number;
  readonly step: number;
  readonly from: number;
  readonly to: number;
  readonly at: number;
};

export function crossings({ moments }: Trail): Crossing[] {
  return moments.slice(1).flatMap(({ step, positions, codes }, i) =>
    Array.from(codes, (to, weight): Crossing => ({
      weight,
      step,
      from: moments[i].codes[weight],
      to,
      at: positions[weight],
    })).filter(({ from, to }) => from !== to),
  );
}

/** Codes that fit a drawing; a finer grid is looked at through a window around the weights' middle. */
const MOST_ROWS = 16;

/** The positions drawn, boundaries included. */
export function windowOf({ qmin, qmax, moments }: Trail): readonly [low: number, high: number] {
  if (qmax - qmin < MOST_ROWS) return [qmin - 0.5, qmax + 0.5];
  const sorted = moments[0].positions.toSorted();
  const middle = Math.round(sorted[sorted.length >> 1]);
  const low = Math.min(Math.max(middle - MOST_ROWS / 2, qmin), qmax - MOST_ROWS + 1);
  return [low - 0.5, low + MOST_ROWS - 0.5];
}
