/** Dense layers: integers in; codes out, or of the network's output real logits. */
import { activated } from '../../graph/activations.ts';
import type { LinearNode } from '../../graph/types.ts';
import type { ActivationParams, QuantizedWeights } from '../../quant/types.ts';
import { requantize, requantizeMultiplier } from './conv.ts';
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
  node: LinearNode,
  codes: Uint8Array,
  input: ActivationParams,
  weights: QuantizedWeights,
): Float32Array {
  const { inFeatures, outFeatures, activation } = node;
  const n = codes.length / inFeatures;
  const { sums, stride } = denseSums(node, codes, input, weights);
  const logits = new Float32Array(n * outFeatures);
  for (let image = 0; image < n; image++) {
    for (let c = 0; c < outFeatures; c++) {
      const sum = (sums[image * stride + c] + weights.bias[c]) | 0;
      const logit = f32(f32(sum) * f32(input.scale * perChannel(weights.scale, c)));
      logits[image * outFeatures + c] = activated(logit, activation);
    }
  }
  return logits;
}

/** The same brought to a grid as a convolution is: QGemm with a quantizer behind it. */
export function denseInteger(
  node: LinearNode,
  codes: Uint8Array,
  input: ActivationParams,
  weights: QuantizedWeights,
  output: ActivationParams,
): Uint8Array {
  const { inFeatures, outFeatures } = node;
  const { sums, stride } = denseSums(node, codes, input, weights);
  const result = new Uint8Array((codes.length / inFeatures) * outFeatures);
  const multiplier = requantizeMultiplier(input, weights, output, outFeatures);
  requantize(sums, stride, weights.bias, multiplier, output, result);
  return result;
}

/** int32 sums [n and more, stride], without the bias. */
function denseSums(
  { inFeatures, outFeatures }: LinearNode,
  codes: Uint8Array,
  input: ActivationParams,
  weights: QuantizedWeights,
): { readonly sums: Int32Array; readonly stride: number } {
  const padded = paddedRows(codes.length / inFeatures, outFeatures);
  const features = new Float64Array(padded.left * inFeatures);
  for (let i = 0; i < codes.length; i++) features[i] = codes[i] - input.zeroPoint;
  const sums = new Int32Array(padded.left * padded.right);
  dotRows(features, weightRows(weights), padded.left, padded.right, inFeatures, sums);
  return { sums, stride: padded.right };
}
