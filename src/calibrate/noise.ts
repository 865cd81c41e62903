/** How much noise a grid adds to one tensor, without running the network. */
import { dequantizeValue, quantizeValue } from '../quant/affine.ts';
import { sqnr } from '../quant/error.ts';
import type { Statistics } from '../quant/ranges/observer.ts';
import type { AffineParams } from '../quant/types.ts';

/** SQNR in dB of a kernel against what its codes stand for. */
export function weightSqnr(kernel: Float32Array, dequantized: Float32Array): number {
  return sqnr(kernel, dequantized);
}

/** SQNR in dB of an activation on its grid, by its histogram (each value stands at its bin's centre). */
export function activationSqnr({ points }: Statistics, grid: AffineParams): number {
  let signal = 0;
  let noise = 0;
  points.values.forEach((x, i) => {
    signal += points.counts[i] * x * x;
    noise += points.counts[i] * (x - dequantizeValue(quantizeValue(x, grid), grid)) ** 2;
  });
  return noise === 0 ? Infinity : 10 * Math.log10(signal / noise);
}

/** Fourth central moment over the squared variance: 3 for a normal distribution, 1.8 for a uniform one; NaN where all are equal. */
export function kurtosis(values: Float32Array): number {
  const n = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / n;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n;
  return values.reduce((sum, x) => sum + (x - mean) ** 4, 0) / n / variance ** 2;
}
