/** Entropy calibration: the range whose codes keep most of what the histogram tells (Migacz 2017, TensorRT). */
import { affineParams, symmetricParams, type Range } from '../affine.ts';
import type { Points, Statistics } from './observer.ts';
import { rne } from '../../base/rounding.ts';
import { CANDIDATES } from './search.ts';
import type { Grid } from './grid.ts';

/** Bins over [min, max] that the two distributions are compared in. */
export const DIVERGENCE_BINS = 2048;

/** What Q is given where it has nothing and P has something: as TensorRT's smoothing, small beside any real count. */
const SMOOTHING = 1e-4;

/**
 * KL(P || Q) in nats. P: the histogram with the values beyond the grid's ends added to the outermost bins inside.
 * Q: each code's count (without those outliers) spread evenly over the bins that the code stands for and that hold
 * something. Zeros are left out: every grid has an exact zero, and after a ReLU half of all values are there.
 */
export function divergence(bins: Points, range: Range, grid: Grid): number {
  const { values, counts } = bins;
  const { scale, zeroPoint } = (grid.symmetric ? symmetricParams : affineParams)(
    range.lo,
    range.hi,
    grid.qmin,
    grid.qmax,
  );
  const low = grid.qmin - zeroPoint;
  const levels = grid.qmax - grid.qmin + 1;
  const inCode = new Float64Array(levels);
  const binsOfCode = new Float64Array(levels);
  const codes = new Int32Array(values.length);
  const p = Float64Array.from(counts);
  let first = -1;
  let last = -1;
  for (let i = 0; i < values.length; i++) {
    if (counts[i] === 0 || values[i] < range.lo || values[i] > range.hi) continue;
    if (first < 0) first = i;
    last = i;
    const code = Math.min(Math.max(rne(values[i] / scale) - low, 0), levels - 1);
    codes[i] = code;
    inCode[code] += counts[i];
    binsOfCode[code]++;
  }
  if (first < 0) return Infinity;
  let inside = 0;
  for (let i = 0; i < values.length; i++) {
    if (i < first) p[first] += counts[i];
    else if (i > last) p[last] += counts[i];
    else inside += counts[i];
  }
  const total = counts.reduce((sum, n) => sum + n, 0);
  let sum = 0;
  for (let i = first; i <= last; i++) {
    if (p[i] === 0) continue;
    const share = p[i] / total;
    const q = Math.max(inCode[codes[i]] / binsOfCode[codes[i]] / inside, SMOOTHING / total);
    sum += share * Math.log(share / q);
  }
  return sum;
}

/** The range of t * [min, max], t = 1/100 .. 1 (zero-containing), of the least {@link divergence}; the widest of equals. */
export function divergenceRange({ min, max, points }: Statistics, grid: Grid): Range {
  const lo = Math.min(min, 0);
  const hi = Math.max(max, 0);
  if (lo === hi) return { lo, hi };
  const bins = rebinned(points, lo, hi);
  let best: Range = { lo, hi };
  let least = divergence(bins, best, grid);
  for (let step = CANDIDATES - 1; step > 0; step--) {
    const range = { lo: (lo * step) / CANDIDATES, hi: (hi * step) / CANDIDATES };
    const found = divergence(bins, range, grid);
    if (found < least) [least, best] = [found, range];
  }
  return best;
}

/** The points without the zeros, counted into even bins over [lo, hi] at whose centres they then stand. */
export function rebinned({ values, counts }: Points, lo: number, hi: number): Points {
  const width = (hi - lo) / DIVERGENCE_BINS;
  const bins = new Float64Array(DIVERGENCE_BINS);
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== 0)
      bins[Math.min(Math.max(Math.floor((values[i] - lo) / width), 0), DIVERGENCE_BINS - 1)] += counts[i];
  }
  return { values: Float32Array.from(bins, (_, i) => lo + (i + 0.5) * width), counts: bins };
}
