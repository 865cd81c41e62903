/** The table of range methods: how each finds a real range in a tensor's statistics. One method, one row. */
import type { Range } from './affine.ts';
import type { Statistics } from './observer.ts';
import { errorPower, searchRange, type Grid } from './search.ts';
import type { RangeMethod } from './types.ts';

type RangeRule = (statistics: Statistics, grid: Grid) => Range;

const POWER_2_4 = errorPower(2.4);

const RANGE_RULES: Readonly<Record<RangeMethod, RangeRule>> = {
  minmax: ({ min, max }) => ({ lo: min, hi: max }),
  mse: ({ min, max, points }, grid) => searchRange(points, { lo: min, hi: max }, grid, POWER_2_4),
};

/** The real range that `method` chooses for these statistics on this integer grid. */
export function rangeOf(method: RangeMethod, statistics: Statistics, grid: Grid): Range {
  return RANGE_RULES[method](statistics, grid);
}
