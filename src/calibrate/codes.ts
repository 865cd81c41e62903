/** Codes chosen otherwise than by rounding to the nearest, and values laid on a grid. */
import { dequantizeValue, quantizeValue } from '../quant/affine.ts';
import type { AffineParams, QuantizedWeights } from '../quant/types.ts';

/** Every value as its code stands for it. */
export function fakeQuantizeArray(values: Float32Array, params: AffineParams): Float32Array {
  return values.map((x) => dequantizeValue(quantizeValue(x, params), params));
}

/** The same grids with other codes, [depth, out] as the kernel is. */
export function withCodes(weights: QuantizedWeights, codes: ArrayLike<number>): QuantizedWeights {
  const held = weights.codes instanceof Int8Array ? Int8Array.from(codes) : Uint8Array.from(codes);
  return { ...weights, codes: held };
}

/** Scale and zero point of output channel c, whether there is one for the tensor or one for each channel. */
export function gridOfChannel({ scale, zeroPoint, qmin, qmax }: QuantizedWeights, c: number): AffineParams {
  const at = scale.length > 1 ? c : 0;
  return { scale: scale[at], zeroPoint: zeroPoint[at], qmin, qmax };
}
