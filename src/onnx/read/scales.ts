/** Scales and zero points of a file, checked: a damaged one makes a network that measures as any other does. */
import type { ConstantData } from './tensors.ts';

/** Below it a float32 has lost digits, and its reciprocal is infinite. */
const SMALLEST_NORMAL = 2 ** -126;

/** @throws Error naming the constant: a scale that is zero, negative, infinite, no number, or too small to be one */
export function requireScales(name: string, scales: ConstantData): Float32Array {
  if (!(scales instanceof Float32Array) || scales.length === 0) throw new Error(`${name} is no scale in float32.`);
  const odd = scales.find((scale) => !(scale >= SMALLEST_NORMAL && scale < Infinity));
  if (odd === undefined) return scales;
  throw new Error(`${name} holds the scale ${odd}: a scale is a finite number above zero, so the file is damaged.`);
}

/** @throws Error naming the constant: a zero point that is none of the codes from `qmin` to `qmax` */
export function requireZeroPoints(name: string, zeroPoints: ArrayLike<number>, qmin: number, qmax: number): void {
  const odd = Array.from(zeroPoints).find((zero) => !(Number.isInteger(zero) && zero >= qmin && zero <= qmax));
  if (odd !== undefined || zeroPoints.length === 0)
    throw new Error(
      `${name} holds the zero point ${odd ?? 'of nothing'}: it must be one of the codes from ${qmin} to ${qmax}, so the file is damaged.`,
    );
}
