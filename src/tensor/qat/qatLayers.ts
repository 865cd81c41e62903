/** The layer that each kind of node becomes where the network trains on its grids: one rule a kind. */
import type * as tf from '@tensorflow/tfjs';
import { lookUp } from '../../base/lookUp.ts';
import { namedArray } from '../../graph/arrays.ts';
import type { GraphNode, Kind, NodeOf, NormalizedNode, WeightedNode, Weights } from '../../graph/types.ts';
import type { ActivationRanges } from '../../quant/training/types.ts';
import type { QuantizedModel } from '../../quant/types.ts';
import type { GridConfig } from '../layers/fakeQuantize.ts';
import { LEAST_FACTOR, QuantConv2D, QuantDense, type WeightGridConfig } from '../layers/quantLayers.ts';
import {
  QuantAdd,
  QuantAveragePooling2D,
  QuantGlobalAveragePooling2D,
  QuantMaxPooling2D,
} from '../layers/quantMerge.ts';

export type QatRanges = {
  readonly weightRanges: Exclude<WeightGridConfig['ranges'], undefined>;
  readonly activationRanges: ActivationRanges;
};

/** What a layer starts from. */
export type QatStart = {
  /** The grid its output is put on; null: none of its own. */
  readonly outputs: GridConfig | null;
  readonly weights: Weights;
  /** The quantized model in which every grid begins. */
  readonly start: QuantizedModel;
  readonly ranges: QatRanges;
};

type Rule<Node> = (node: Node, name: string, from: QatStart) => tf.layers.Layer;

const LAYERS: { readonly [K in Kind]: Rule<NodeOf<K>> } = {
  conv: (node, name, from) =>
    new QuantConv2D({
      name,
      filters: node.outChannels,
      kernelSize: node.kernel,
      strides: node.stride,
      padding: node.padding,
      useBias: node.bias,
      batchNorm: node.batchNorm,
      groups: node.groups,
      activation: node.activation,
      weights: weightGrid(node, from),
      outputs: from.outputs,
    }),

  add: ({ activation }, name, { outputs }) => new QuantAdd({ name, activation, ...outputs }),

  maxPool: ({ kernel, stride, padding }, name) =>
    new QuantMaxPooling2D({ name, poolSize: kernel, strides: stride, padding }),

  avgPool: ({ kernel, stride, padding }, name, { outputs }) =>
    new QuantAveragePooling2D({ name, poolSize: kernel, strides: stride, padding, ...outputs }),

  globalAvgPool: (_node, name, { outputs }) => new QuantGlobalAveragePooling2D({ name, ...outputs }),

  linear: (node, name, from) =>
    new QuantDense({
      name,
      units: node.outFeatures,
      useBias: node.bias,
      activation: node.activation,
      weights: weightGrid(node, from),
      outputs: from.outputs,
    }),
};

/** The network's layer for one node. */
export const qatLayer = (node: GraphNode, from: QatStart): tf.layers.Layer =>
  (LAYERS[node.kind] as Rule<GraphNode>)(node, node.name.replaceAll('.', '_'), from);

/** |a| = |gamma| / sqrt(variance + eps) for each channel: what folding multiplies a channel's step by. */
export function foldFactors(node: NormalizedNode, weights: Weights): Float64Array | null {
  if (!node.batchNorm) return null;
  const { eps } = node.batchNorm;
  const [gamma, variance] = ['gamma', 'variance'].map((part) => namedArray(weights, `${node.name}.${part}`).data);
  return Float64Array.from(gamma, (g, c) => Math.max(Math.abs(g) / Math.sqrt(variance[c] + eps), LEAST_FACTOR));
}

function weightGrid(node: WeightedNode, { weights, start, ranges }: QatStart): WeightGridConfig {
  const { bits, scale, zeroPoint } = lookUp(start.weights, node.name, 'quantized weights');
  const { granularity, symmetric } = start.scheme.weights;
  const factors = 'batchNorm' in node && granularity === 'perChannel' ? foldFactors(node, weights) : null;
  const steps = Array.from(scale, (step, c) => (factors ? step / factors[c] : step));
  return {
    bits,
    granularity,
    symmetric,
    ranges: ranges.weightRanges,
    start: { scale: steps, zeroPoint: Array.from(zeroPoint) },
  };
}
