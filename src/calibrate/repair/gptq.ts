/** GPTQ: weights are rounded one after another, and those still to come make up for the error (Frantar et al. 2023). */
import { alive } from '../../base/work/life.ts';
import { dequantizeValue, quantizeValue } from '../../quant/affine.ts';
import type { QuantizedWeights } from '../../quant/types.ts';
import { gramOf, type Moments } from '../../tensor/reconstruct/gram.ts';
import { cholesky, inverse } from './cholesky.ts';
import { gridOfChannel, withCodes } from '../codes.ts';

/** Of the mean diagonal: added to the Hessian, so that inputs that never vary leave it invertible. */
const DAMPING = 0.01;

/**
 * Codes on the grids of `nearest` by the Hessian 2 X'X / rows (the factor 2 cancels), columns in order.
 * @param kernel [depth, out] float weights
 */
export function gptq(moments: Moments, kernel: Float32Array, nearest: QuantizedWeights): QuantizedWeights {
  const { depth, out, gram } = moments;
  const shared = gram.length === depth * depth;
  // Channels that see the same patches share one factor of it, and are rounded together.
  const runs = shared ? [{ from: 0, to: out }] : Array.from({ length: out }, (_, c) => ({ from: c, to: c + 1 }));
  const weights = Float64Array.from(kernel);
  const codes = new Int16Array(kernel.length);
  const grids = Array.from({ length: out }, (_, c) => gridOfChannel(nearest, c));
  const errors = new Float64Array(out);
  for (const { from, to } of runs) {
    alive();
    roundInOrder(inverseFactor(gramOf(moments, from), depth), from, to);
  }
  return withCodes(nearest, codes);

  function roundInOrder(upper: Float64Array, from: number, to: number): void {
    for (let i = 0; i < depth; i++) {
      alive();
      for (let c = from; c < to; c++) {
        const w = Math.fround(weights[i * out + c]);
        codes[i * out + c] = quantizeValue(w, grids[c]);
        errors[c] = (w - dequantizeValue(codes[i * out + c], grids[c])) / upper[i * depth + i];
      }
      for (let j = i + 1; j < depth; j++) {
        const share = upper[i * depth + j];
        if (share === 0) continue;
        for (let c = from; c < to; c++) weights[j * out + c] -= share * errors[c];
      }
    }
  }
}

/** The upper triangle U with U' U = (H + damping)^-1. */
function inverseFactor(gram: Float64Array, n: number): Float64Array {
  let trace = 0;
  for (let i = 0; i < n; i++) trace += gram[i * n + i];
  const damped = Float64Array.from(gram);
  for (let i = 0; i < n; i++) damped[i * n + i] += trace > 0 ? (DAMPING * trace) / n : 1;
  const lower = cholesky(inverse(damped, n), n);
  const upper = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) upper[i * n + j] = lower[j * n + i];
  return upper;
}
