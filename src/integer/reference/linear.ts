/** The classifier: integers in, real logits out. */
import type { LinearNode } from '../../graph/types.ts';
import type { ActivationParams, QuantizedWeights } from '../../quant/types.ts';
import { dotRows, paddedRows } from './dot.ts';
import { perChannel, weightRows } from './weights.ts';

const f32 = Math.fround;

/**
 * logit[c] = f32(sum of (qx - zx) * (qw - zw) + qbias[c]) * f32(sx * sw[c]), as ONNX Runtime's QGemm computes a Gemm
 * without a quantizer behind it (quant_gemm.cc).
 *
 * @param codes [n, inFeatures]
 * @returns [n, outFeatures]
 */
export function linearInteger(
  { inFeatures, outFeatures }: LinearNode,
  codes: Uint8Array,
  input: ActivationParams,
  weights: QuantizedWeights,
): Float32Array {
  const n = codes.length / inFeatures;
  const padded = paddedRows(n, outFeatures);
  const features = new Float64Array(padded.left * inFeatures);
  for (let i = 0; i < codes.length; i++) features[i] = codes[i] - input.zeroPoint;
  const sums = new Int32Array(padded.left * padded.right);
  dotRows(features, weightRows(weights), padded.left, padded.right, inFeatures, sums);
  const logits = new Float32Array(n * outFeatures);
  for (let image = 0; image < n; image++) {
    for (let c = 0; c < outFeatures; c++) {
      const sum = (sums[image * padded.right + c] + weights.bias[c]) | 0;
      logits[image * outFeatures + c] = f32(sum) * f32(input.scale * perChannel(weights.scale, c));
    }
  }
  return logits;
}
