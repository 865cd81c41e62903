/** Search for the range whose grid reproduces a tensor with the least |error|^p. */
import { affineParams, symmetricParams, type Range } from '../affine.ts';
import { gridErrorsFast } from '../fast.ts';
import type { ErrorPower, Grid } from './grid.ts';
import type { Points } from './observer.ts';
import { rne } from '../../base/rounding.ts';

/** Thresholds tried: 1/100, 2/100 .. 100/100 of the observed extreme. */
export const CANDIDATES = 100;

/** Every eighth threshold is tried, then half as far on both sides of the best, and so on down to one. */
const COARSE = 8;

/** One of those, near which 2 and 3 bits clip a bell-shaped tensor. */
const LIKELY = 52;

/**
 * Sum over the points of count * |x - x'|^p for the grid of `range`, by the arithmetic of affine.ts up to the
 * rounding of doubles. Stops early, with Infinity, once the sum passes `limit`.
 */
export function gridError(points: Points, range: Range, grid: Grid, power: ErrorPower, limit = Infinity): number {
  const { values, counts } = points;
  const params = grid.symmetric ? symmetricParams : affineParams;
  const { scale, zeroPoint } = params(range.lo, range.hi, grid.qmin, grid.qmax);
  const low = grid.qmin - zeroPoint;
  const high = grid.qmax - zeroPoint;
  const unit = scale ** power.exponent;
  const stop = limit / unit;
  const { table } = power;
  const steps = 1 / scale;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const x = values[i] * steps;
    const q = rne(x);
    const error = Math.abs(x - (q < low ? low : q > high ? high : q));
    if (error <= 0.5) {
      const at = error * (2 * TABLE_SIZE);
      const cell = at | 0;
      const below = table[cell];
      sum += counts[i] * (below + (at - cell) * (table[cell + 1] - below));
    } else {
      sum += counts[i] * error ** power.exponent;
      if (sum > stop) return Infinity;
    }
  }
  return sum * unit;
}

const TABLE_SIZE = 1024;

export function errorPower(exponent: number): ErrorPower {
  const table = Float64Array.from({ length: TABLE_SIZE + 2 }, (_, i) => (i / (2 * TABLE_SIZE)) ** exponent);
  return { exponent, table, packed: packedPower(table, exponent) };
}

/** Mantissas between 1 and 2, powers of two from -1 on, and terms of the binomial series that make up a power of a greater error. */
const MANTISSAS = 256;
const EXPONENTS = 64;
const TERMS = 6;

/** [value, rise to the next] of the table; [m^p, 1 / m] of mantissas m; 2^(k p); and binomial(p, j), j = 1 .. 6. */
function packedPower(table: Float64Array, p: number): Float64Array {
  const pairs = Array.from(table, (value, i) => [value, (table[i + 1] ?? value) - value]);
  const mantissas = Array.from({ length: MANTISSAS }, (_, i) => 1 + (i + 0.5) / MANTISSAS);
  const exponents = Array.from({ length: EXPONENTS }, (_, k) => 2 ** ((k - 1) * p));
  const series: number[] = [];
  for (let j = 0, term = 1; j < TERMS; j++) series.push((term *= (p - j) / (j + 1)));
  return Float64Array.from([...pairs.flat(), ...mantissas.flatMap((m) => [m ** p, 1 / m]), ...exponents, ...series]);
}

/** The error of a range; Infinity is allowed once it is seen to pass `limit`. */
type ErrorOf = (range: Range, limit?: number) => number;

/**
 * The range between zero-containing [min, max] and 1/100 of it with the least error on `points`; both ends
 * shrink together, then (affine grids of signed tensors) each end alone. Never worse on the points than
 * [min, max]. Coarse to fine: of trained ResNets' weights, 18 of the 100 thresholds find an error within 0.3% of
 * the least at 2 to 8 bits.
 * @param errorOf computes the errors: in WebAssembly, or by {@link gridError}, which that is tested against
 */
export function searchRange(
  points: Points,
  observed: Range,
  grid: Grid,
  power: ErrorPower,
  errorOf: ErrorOf = gridErrorsFast(points, grid, power),
): Range {
  const lo = Math.min(observed.lo, 0);
  const hi = Math.max(observed.hi, 0);
  // An error to beat from the start: what passes it is given up early.
  const likely = grid.qmax - grid.qmin < 8 ? LIKELY : CANDIDATES;
  const toBeat = errorOf({ lo: (lo * likely) / CANDIDATES, hi: (hi * likely) / CANDIDATES });
  let best: Range = { lo, hi };
  let error = likely === CANDIDATES ? toBeat : errorOf(best, toBeat);
  const sweep = (rangeAt: (fraction: number) => Range) => {
    let nearest = CANDIDATES;
    const attempt = (step: number) => {
      if (step < 1 || step >= CANDIDATES) return;
      const range = rangeAt(step / CANDIDATES);
      const candidate = errorOf(range, Math.min(error, toBeat));
      if (candidate < error) [error, best, nearest] = [candidate, range, step];
    };
    for (let step = CANDIDATES - COARSE; step > 0; step -= COARSE) attempt(step);
    for (let stride = COARSE / 2; stride >= 1; stride /= 2) {
      const centre = nearest;
      attempt(centre + stride);
      attempt(centre - stride);
    }
  };
  sweep((fraction) => ({ lo: lo * fraction, hi: hi * fraction }));
  if (grid.symmetric || lo === 0 || hi === 0) return best;
  const joint = best;
  sweep((fraction) => ({ lo: joint.lo, hi: hi * fraction }));
  const { hi: top } = best;
  sweep((fraction) => ({ lo: lo * fraction, hi: top }));
  return best;
}
