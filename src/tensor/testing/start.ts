/** A quantized model to start QAT from, by min/max over a set: src/calibrate, which tests here may not import, does better. */
import type { ImageSet } from '../../data/types.ts';
import { namedArray } from '../../graph/arrays.ts';
import { foldBatchNorm } from '../../graph/fold.ts';
import { lookUp } from '../../base/lookUp.ts';
import { quantizedTensors } from '../../graph/grids.ts';
import { isWeighted } from '../../graph/shapes.ts';
import type { FloatModel, TensorName } from '../../graph/types.ts';
import { affineParams } from '../../quant/affine.ts';
import {
  activationBitsOf,
  qRange,
  quantizedAt,
  schemeFor,
  weightBitsOf,
  type PresetName,
} from '../../quant/schemes.ts';
import type { ActivationParams, Bits, QuantizedModel, QuantizedWeights } from '../../quant/types.ts';
import { quantizeBias, quantizeWeights } from '../../quant/weights.ts';
import { activations } from '../activations.ts';

export async function startFrom(
  float: FloatModel,
  set: ImageSet,
  bits: Bits,
  preset: PresetName = 'modern',
): Promise<QuantizedModel> {
  const scheme = schemeFor(preset, bits, bits);
  const { normalization, classes } = float;
  const { graph, weights } = foldBatchNorm(float.graph, float.weights);
  const tensors = quantizedTensors(graph);
  const extremes = new Map<TensorName, [number, number]>(tensors.map((name) => [name, [0, 0]]));
  const all = Int32Array.from({ length: set.count }, (_, i) => i);
  for await (const batch of activations({ graph, weights, normalization, classes }, set, all, tensors)) {
    for (const [name, values] of batch) {
      const range = lookUp(extremes, name, 'range');
      for (const value of values) [range[0], range[1]] = [Math.min(range[0], value), Math.max(range[1], value)];
    }
  }
  const grids = new Map(
    tensors.map((name): [TensorName, ActivationParams] => {
      const range = qRange(activationBitsOf(scheme, graph, name), false);
      const [low, high] = lookUp(extremes, quantizedAt(graph, name), 'range');
      return [
        name,
        { ...affineParams(low, high, range.qmin, range.qmax), bits: activationBitsOf(scheme, graph, name) },
      ];
    }),
  );
  const quantized = new Map<TensorName, QuantizedWeights>();
  for (const node of graph.nodes) {
    if (!isWeighted(node)) continue;
    const made = quantizeWeights(
      node,
      namedArray(weights, `${node.name}.kernel`),
      weightBitsOf(scheme, graph, node),
      scheme.weights,
    );
    const bias = quantizeBias(
      namedArray(weights, `${node.name}.bias`).data,
      lookUp(grids, node.input, 'grid').scale,
      made.scale,
    );
    quantized.set(node.name, { ...made, bias });
  }
  return { graph, scheme, normalization, classes, activations: grids, weights: quantized };
}
