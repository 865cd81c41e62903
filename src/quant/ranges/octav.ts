/** OCTAV: the clipping that minimises the expected squared error, by iteration (Sakr et al. 2022). */
import type { Range } from '../affine.ts';
import type { Points, Statistics } from './observer.ts';
import type { Grid } from './grid.ts';

/** Twenty suffice from any start; the iteration ends sooner when it stands still. */
const ITERATIONS = 100;

/**
 * The expected squared error of the range t * [lo, hi], as OCTAV models it: rounding spreads evenly over a step, so
 *
 *     J(t) = (t * (hi - lo) / steps)^2 / 12 * P(0 != x inside) + E[(x - t * hi)^2; x beyond it] + E[(x - t * lo)^2; x beyond it]
 */
export function modelledError(points: Points, range: Range, steps: number, count: number): number {
  const { values, counts } = points;
  const rounding = ((range.hi - range.lo) / steps) ** 2 / 12;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const x = values[i];
    if (x > range.hi) sum += counts[i] * (x - range.hi) ** 2;
    else if (x < range.lo) sum += counts[i] * (x - range.lo) ** 2;
    else if (x !== 0) sum += counts[i] * rounding;
  }
  return sum / count;
}

/**
 * The range t * [min, max] (zero-containing; for a symmetric grid +-t * the greater magnitude) where the iteration
 *
 *     t <- (hi E[x; x > t hi] + lo E[x; x < t lo]) / ((hi - lo)^2 / (12 steps^2) P(0 != x inside) + hi^2 P(x > t hi) + lo^2 P(x < t lo))
 *
 * comes to rest: OCTAV's own for one clip s = t when hi = -lo = 1 and steps = 2^b. It can settle beside the least
 * error where few values carry the tail, so the better of it and min/max is taken.
 */
export function octavRange({ min, max, count, points }: Statistics, grid: Grid): Range {
  const magnitude = Math.max(-min, max);
  const lo = grid.symmetric ? -magnitude : Math.min(min, 0);
  const hi = grid.symmetric ? magnitude : Math.max(max, 0);
  const steps = grid.symmetric ? 2 * grid.qmax : grid.qmax - grid.qmin;
  if (lo === hi) return { lo, hi };
  const rounding = ((hi - lo) / steps) ** 2 / 12;
  let t = meanMagnitude(points) / magnitude;
  for (let i = 0; i < ITERATIONS; i++) {
    const next = Math.min(step(points, lo, hi, t, rounding), 1);
    if (Math.abs(next - t) <= t * 1e-6) break;
    t = next;
  }
  const clipped = { lo: lo * t, hi: hi * t };
  const whole = { lo, hi };
  return modelledError(points, clipped, steps, count) <= modelledError(points, whole, steps, count) ? clipped : whole;
}

function step({ values, counts }: Points, lo: number, hi: number, t: number, rounding: number): number {
  let pull = 0;
  let curvature = 0;
  for (let i = 0; i < values.length; i++) {
    const x = values[i];
    if (x > hi * t) {
      pull += counts[i] * hi * x;
      curvature += counts[i] * hi * hi;
    } else if (x < lo * t) {
      pull += counts[i] * lo * x;
      curvature += counts[i] * lo * lo;
    } else if (x !== 0) curvature += counts[i] * rounding;
  }
  return pull > 0 ? pull / curvature : t;
}

/** Of the values that are not zero: where the iteration starts. */
function meanMagnitude({ values, counts }: Points): number {
  let sum = 0;
  let nonzero = 0;
  for (let i = 0; i < values.length; i++) {
    sum += counts[i] * Math.abs(values[i]);
    if (values[i] !== 0) nonzero += counts[i];
  }
  return sum / nonzero;
}
