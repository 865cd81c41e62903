/** How far a quantized tensor is from the real one. */
import type { AffineParams } from './types.ts';

/** Mean of (x - y)^2. Both tensors have the same length, at least 1; throws RangeError otherwise. */
export function meanSquaredError(x: Float32Array, y: Float32Array): number {
  checkLengths(x, y);
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] - y[i]) ** 2;
  return sum / x.length;
}

/** Largest |x - y|. */
export function maxError(x: Float32Array, y: Float32Array): number {
  checkLengths(x, y);
  let largest = 0;
  for (let i = 0; i < x.length; i++) largest = Math.max(largest, Math.abs(x[i] - y[i]));
  return largest;
}

/**
 * Signal to quantization noise ratio in dB: 10 log10(sum x^2 / sum (x - y)^2). Infinity when y equals x,
 * -Infinity when x is all zero and y is not. One bit is worth about 6 dB.
 */
export function sqnr(x: Float32Array, y: Float32Array): number {
  const noise = meanSquaredError(x, y);
  if (noise === 0) return Infinity;
  return 10 * Math.log10(meanSquaredError(x, new Float32Array(x.length)) / noise);
}

/** Share of the values that lie more than half a step beyond the grid's ends, and so are clipped, 0 .. 1. */
export function clippedFraction(x: Float32Array, { scale, zeroPoint, qmin, qmax }: AffineParams): number {
  if (x.length === 0) return 0;
  const lowest = (qmin - zeroPoint - 0.5) * scale;
  const highest = (qmax - zeroPoint + 0.5) * scale;
  let clipped = 0;
  for (let i = 0; i < x.length; i++) if (x[i] < lowest || x[i] > highest) clipped++;
  return clipped / x.length;
}

function checkLengths(x: Float32Array, y: Float32Array): void {
  if (x.length !== y.length || x.length === 0) {
    throw new RangeError(
      `Cannot compare ${x.length} values with ${y.length}: both need the same number, at least one.`,
    );
  }
}
