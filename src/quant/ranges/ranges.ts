/** The table of range methods: how each finds a real range in a tensor's statistics. One method, one row. */
import type { Range } from '../affine.ts';
import { divergenceRange } from './entropy.ts';
import type { Statistics } from './observer.ts';
import { octavRange } from './octav.ts';
import { percentileRange } from './percentile.ts';
import { errorPower, searchRange } from './search.ts';
import type { Grid } from './grid.ts';
import type { RangeMethod } from '../types.ts';

type RangeRule = (statistics: Statistics, grid: Grid) => Range;

function searchedBy(exponent: number): RangeRule {
  const power = errorPower(exponent);
  return ({ min, max, points }, grid) => searchRange(points, { lo: min, hi: max }, grid, power);
}

const holding =
  (share: number): RangeRule =>
  (statistics, grid) =>
    percentileRange(statistics, grid, share);

const RANGE_RULES: Readonly<Record<RangeMethod, RangeRule>> = {
  minmax: ({ min, max }) => ({ lo: min, hi: max }),
  ema: ({ average }) => average,
  'percentile99.9': holding(0.999),
  'percentile99.99': holding(0.9999),
  'percentile99.999': holding(0.99999),
  mse: searchedBy(2.4),
  mse2: searchedBy(2),
  octav: octavRange,
  kl: divergenceRange,
};

/** The real range that `method` chooses for these statistics on this integer grid. */
export function rangeOf(method: RangeMethod, statistics: Statistics, grid: Grid): Range {
  return RANGE_RULES[method](statistics, grid);
}
