/** The curve of thresholds, read. */
import type { ClipChoice, ClipCurve, ClipGrid } from '../../../contract/calls/inspect.ts';

export const sumAt = ({ clipping, rounding }: ClipGrid, step: number): number => clipping[step] + rounding[step];

/** The step of the least sum, the widest of equals. */
export function bestStep(grid: ClipGrid): number {
  let best = grid.clipping.length - 1;
  for (let step = best - 1; step >= 0; step--) if (sumAt(grid, step) < sumAt(grid, best)) best = step;
  return best;
}

/** The threshold of a step: the end of its range that is farther from zero. */
export function thresholdAt({ lo, hi }: ClipCurve, { clipping }: ClipGrid, step: number): number {
  return (Math.max(-lo, hi) * (step + 1)) / clipping.length;
}

/** Where a method's choice stands on the axis of thresholds. */
export const thresholdOf = ({ lo, hi }: ClipCurve, { share }: ClipChoice): number => Math.max(-lo, hi) * share;

/** The step nearest to a threshold. */
export function stepOf(curve: ClipCurve, { clipping }: ClipGrid, threshold: number): number {
  const step = Math.round((threshold / Math.max(-curve.lo, curve.hi)) * clipping.length) - 1;
  return Math.min(Math.max(step, 0), clipping.length - 1);
}

/** Whether the range has two ends, so that a threshold is ± it. */
export const isTwoSided = ({ lo, hi }: ClipCurve): boolean => lo < 0 && hi > 0;

/** The top of the axis: the whole of the useful part of the sum, not the cliff of the tightest thresholds. */
export function ceiling(grid: ClipGrid): number {
  const last = grid.clipping.length - 1;
  return Math.max(1.25 * sumAt(grid, last), 4 * sumAt(grid, bestStep(grid)));
}

/** How many values have this magnitude, folded over zero: [0, the widest threshold] in as many bins as the histogram's half. */
export function foldedHistogram({ histogram, lo, hi }: ClipCurve): Float64Array {
  const widest = Math.max(-lo, hi);
  const bins = new Float64Array(Math.ceil(histogram.length / 2));
  histogram.forEach((n, i) => {
    const centre = Math.abs(lo + ((i + 0.5) / histogram.length) * (hi - lo));
    bins[Math.min(Math.floor((centre / widest) * bins.length), bins.length - 1)] += n;
  });
  return bins;
}
