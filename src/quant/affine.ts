/** The affine grid: real ranges to (scale, zeroPoint), numbers to codes and back. All arithmetic in float32. */
import { rne } from '../base/rounding.ts';
import type { AffineParams } from './types.ts';

/** A real range, as an observer found it. Zero need not lie in it: the parameters extend it to zero. */
export type Range = { readonly lo: number; readonly hi: number };

/** Integers a tensor is quantized to; zero is one of them. */
export type QRange = { readonly qmin: number; readonly qmax: number };

/** Smallest normal float32. Smaller scales are zero to a GPU, which flushes subnormal numbers. */
const SMALLEST_SCALE = 1.1754943508222875e-38;

const f32 = Math.fround;

/**
 * Affine parameters of the real range [lo, hi], extended to contain zero:
 * scale = (hi - lo) / (qmax - qmin), zeroPoint = clamp(rne(qmin - lo / scale), qmin, qmax).
 * A degenerate range (or one so narrow that its scale is no normal float32) gets scale 1 and zeroPoint 0.
 * @param tensor name used in errors
 * @throws RangeError when lo or hi is not a finite float32, lo > hi, or the integers do not contain zero
 */
export function affineParams(lo: number, hi: number, qmin: number, qmax: number, tensor = 'the tensor'): AffineParams {
  const range = checkedRange(lo, hi, qmin, qmax, tensor);
  const scale = f32(f32(range.hi - range.lo) / (qmax - qmin));
  if (scale < SMALLEST_SCALE) return { scale: 1, zeroPoint: 0, qmin, qmax };
  const zeroPoint = clamp(rne(f32(qmin - f32(range.lo / scale))), qmin, qmax);
  return { scale, zeroPoint, qmin, qmax };
}

/**
 * Symmetric parameters of the real range [lo, hi]: scale = max(lo / qmin, hi / qmax), zeroPoint 0.
 * A degenerate range gets scale 1. Throws as {@link affineParams} does, and when qmin is not negative.
 */
export function symmetricParams(
  lo: number,
  hi: number,
  qmin: number,
  qmax: number,
  tensor = 'the tensor',
): AffineParams {
  const range = checkedRange(lo, hi, qmin, qmax, tensor);
  if (qmin >= 0 || qmax <= 0) {
    throw new RangeError(`${tensor}: a symmetric range needs codes on both sides of zero, not ${qmin} .. ${qmax}.`);
  }
  const scale = Math.max(f32(range.lo / qmin), f32(range.hi / qmax));
  return { scale: scale < SMALLEST_SCALE ? 1 : scale, zeroPoint: 0, qmin, qmax };
}

/** The code of one float32 number: clamp(rne(x / scale) + zeroPoint, qmin, qmax). NaN stays NaN. */
export function quantizeValue(x: number, { scale, zeroPoint, qmin, qmax }: AffineParams): number {
  return clamp(rne(f32(x / scale)) + zeroPoint, qmin, qmax);
}

/** The real number a code stands for: (q - zeroPoint) * scale, in float32. */
export function dequantizeValue(q: number, { scale, zeroPoint }: AffineParams): number {
  return f32((q - zeroPoint) * scale);
}

/**
 * Codes of a tensor, as ONNX's QuantizeLinear computes them (infinities saturate).
 * @returns Int8Array when qmin is negative, otherwise Uint8Array
 * @throws RangeError at a NaN, naming the tensor
 */
export function quantize(values: Float32Array, params: AffineParams, tensor = 'the tensor'): Int8Array | Uint8Array {
  const { scale, zeroPoint, qmin, qmax } = params;
  const codes = qmin < 0 ? new Int8Array(values.length) : new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const q = rne(f32(values[i] / scale)) + zeroPoint;
    if (q !== q) throw new RangeError(`${tensor}: value ${i} is NaN and cannot be quantized.`);
    codes[i] = q < qmin ? qmin : q > qmax ? qmax : q;
  }
  return codes;
}

/** Real numbers of a tensor of codes, as ONNX's DequantizeLinear computes them. */
export function dequantize(codes: Int8Array | Uint8Array, { scale, zeroPoint }: AffineParams): Float32Array {
  return Float32Array.from(codes, (q) => (q - zeroPoint) * scale);
}

function clamp(q: number, qmin: number, qmax: number): number {
  return q < qmin ? qmin : q > qmax ? qmax : q;
}

function checkedRange(lo: number, hi: number, qmin: number, qmax: number, tensor: string): Range {
  if (!Number.isFinite(f32(lo)) || !Number.isFinite(f32(hi))) {
    throw new RangeError(`${tensor}: its range [${lo}, ${hi}] is not finite, so it cannot be quantized.`);
  }
  if (lo > hi) throw new RangeError(`${tensor}: its range [${lo}, ${hi}] is upside down.`);
  if (!Number.isInteger(qmin) || !Number.isInteger(qmax) || qmin > 0 || qmax < 0 || qmin === qmax) {
    throw new RangeError(`${tensor}: codes ${qmin} .. ${qmax} are not a range of integers that contains zero.`);
  }
  const range = { lo: Math.min(f32(lo), 0), hi: Math.max(f32(hi), 0) };
  if (!Number.isFinite(f32(range.hi - range.lo))) {
    throw new RangeError(`${tensor}: its range [${lo}, ${hi}] is too wide for float32.`);
  }
  return range;
}
