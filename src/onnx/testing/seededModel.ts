/** Quantized networks of any size without data, for tests and benches. */
import { foldBatchNorm } from '../../graph/fold.ts';
import { hasOwnGrid } from '../../graph/grids.ts';
import { initialWeights } from '../../graph/init.ts';
import { lookUp } from '../../base/lookUp.ts';
import { isWeighted } from '../../graph/shapes.ts';
import { INPUT } from '../../graph/types.ts';
import type { FloatModel, Graph, Normalization, TensorName } from '../../graph/types.ts';
import { activationBitsOf, qRange, weightBitsOf } from '../../quant/schemes.ts';
import type { ActivationParams, QuantizedModel, QuantScheme } from '../../quant/types.ts';
import { quantizeBias, quantizeWeights } from '../../quant/weights.ts';

const normalizationOf = ({ inputShape: [, , channels] }: Graph): Normalization => ({
  mean: Array.from({ length: channels }, (_, c) => [0.5, 0.4, 0.3][c % 3]),
  std: Array.from({ length: channels }, () => 0.2),
});

/** The network with seeded weights, its batch norms folded. */
export function seededFloatModel(unfolded: Graph): FloatModel {
  const last = unfolded.nodes.at(-1);
  const classes = Array.from({ length: last?.kind === 'linear' ? last.outFeatures : 0 }, (_, i) => `class ${i}`);
  return { ...foldBatchNorm(unfolded, initialWeights(unfolded, 1)), normalization: normalizationOf(unfolded), classes };
}

/** Seeded weights, quantized by the scheme; every activation spans -4 .. 4, or 0 .. 4 after a ReLU. */
export function withSeededWeights(unfolded: Graph, scheme: QuantScheme): QuantizedModel {
  return quantizedSeeded(seededFloatModel(unfolded), scheme);
}

/** The same, of float weights that are there already. */
export function quantizedSeeded(
  { graph, weights: arrays, normalization, classes }: FloatModel,
  scheme: QuantScheme,
): QuantizedModel {
  const grid = (tensor: TensorName, signed: boolean): ActivationParams => {
    const bits = activationBitsOf(scheme, graph, tensor);
    const { qmin, qmax } = qRange(bits, false);
    return { scale: Math.fround((signed ? 8 : 4) / qmax), zeroPoint: signed ? (qmax + 1) / 2 : 0, qmin, qmax, bits };
  };
  const activations = new Map([[INPUT, grid(INPUT, true)]]);
  for (const node of graph.nodes) {
    if (node.kind === 'maxPool') activations.set(node.name, lookUp(activations, node.input, 'grid'));
    else if (hasOwnGrid(graph, node))
      activations.set(node.name, grid(node.name, 'activation' in node && !node.activation));
  }
  const weights = graph.nodes.filter(isWeighted).map((node) => {
    const bias = lookUp(arrays, `${node.name}.bias`, 'array').data;
    const quantized = quantizeWeights(
      node,
      lookUp(arrays, `${node.name}.kernel`, 'array'),
      weightBitsOf(scheme, graph, node),
      scheme.weights,
    );
    return [
      node.name,
      { ...quantized, bias: quantizeBias(bias, lookUp(activations, node.input, 'grid').scale, quantized.scale) },
    ] as const;
  });
  return { graph, scheme, normalization, classes, activations, weights: new Map(weights) };
}
