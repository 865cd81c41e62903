/** The squared error of a grid in its two halves: what clipping costs, and what rounding costs. */
import { dequantizeValue, quantizeValue } from '../affine.ts';
import type { Points } from './observer.ts';
import type { AffineParams } from '../types.ts';

/** Means over all values; their sum is the mean squared error. */
export type SplitError = { readonly clipping: number; readonly rounding: number };

/**
 * Of values beyond the grid's outermost points the error is clipping's, of those between it is rounding's.
 * @param points at least one
 */
export function splitError({ values, counts }: Points, grid: AffineParams): SplitError {
  const lowest = dequantizeValue(grid.qmin, grid);
  const highest = dequantizeValue(grid.qmax, grid);
  let clipping = 0;
  let rounding = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const x = values[i];
    total += counts[i];
    if (x < lowest) clipping += counts[i] * (x - lowest) ** 2;
    else if (x > highest) clipping += counts[i] * (x - highest) ** 2;
    else rounding += counts[i] * (x - dequantizeValue(quantizeValue(x, grid), grid)) ** 2;
  }
  return { clipping: clipping / total, rounding: rounding / total };
}
