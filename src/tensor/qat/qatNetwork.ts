/** A float network with its batch norms, and a quantized model of it to start from, as one network of quantized layers. */
import * as tf from '@tensorflow/tfjs';
import { namedArray } from '../../graph/arrays.ts';
import { lookUp } from '../../base/lookUp.ts';
import { inputsOf } from '../../graph/shapes.ts';
import { INPUT } from '../../graph/types.ts';
import type {
  ConvNode,
  FloatModel,
  Graph,
  GraphNode,
  LinearNode,
  NamedArray,
  TensorName,
  Weights,
} from '../../graph/types.ts';
import { activationBitsOf, weightBitsOf } from '../../quant/schemes.ts';
import type { Bits, QuantizedModel, QuantScheme } from '../../quant/types.ts';
import { FakeQuantize, type GridConfig } from '../layers/fakeQuantize.ts';
import { QuantConv2D, QuantDense, QuantLayer, type WeightGridConfig } from '../layers/quantLayers.ts';
import { QuantAdd, QuantGlobalAveragePooling2D, QuantMaxPooling2D } from '../layers/quantMerge.ts';
import type { ActivationRanges } from '../../quant/training/types.ts';

export type QatNetwork = {
  readonly model: tf.LayersModel;
  /** Not folded: as it is trained. */
  readonly graph: Graph;
  readonly scheme: QuantScheme;
  readonly normalization: FloatModel['normalization'];
  readonly classes: readonly string[];
  /** One for INPUT and for each node. */
  readonly layers: ReadonlyMap<TensorName, tf.layers.Layer>;
  /** `conv1.kernel`, `conv1.weightScale`, `conv1.scale`, ...: all that training changes. */
  readonly variables: ReadonlyMap<string, tf.LayerVariable>;
};

export type QatRanges = {
  readonly weightRanges: Exclude<WeightGridConfig['ranges'], undefined>;
  readonly activationRanges: ActivationRanges;
};

/** A channel whose gamma is nearly nothing is folded as if it were this; the same in QuantConv2D. */
const LEAST_FACTOR = 1e-12;

/** |a| = |gamma| / sqrt(variance + eps) for each channel: what folding multiplies a channel's step by. */
export function foldFactors(node: ConvNode, weights: Weights): Float64Array | null {
  if (!node.batchNorm) return null;
  const { eps } = node.batchNorm;
  const [gamma, variance] = ['gamma', 'variance'].map((part) => namedArray(weights, `${node.name}.${part}`).data);
  return Float64Array.from(gamma, (g, c) => Math.max(Math.abs(g) / Math.sqrt(variance[c] + eps), LEAST_FACTOR));
}

function weightGrid(
  node: ConvNode | LinearNode,
  weights: Weights,
  start: QuantizedModel,
  ranges: QatRanges['weightRanges'],
): WeightGridConfig {
  const { bits, scale, zeroPoint } = lookUp(start.weights, node.name, 'quantized weights');
  const { granularity, symmetric } = start.scheme.weights;
  const factors = node.kind === 'conv' && granularity === 'perChannel' ? foldFactors(node, weights) : null;
  const steps = Array.from(scale, (step, c) => (factors ? step / factors[c] : step));
  return { bits, granularity, symmetric, ranges, start: { scale: steps, zeroPoint: Array.from(zeroPoint) } };
}

/** The network's layer for one node; `outputs` is the grid its output is put on. */
function layerOf(
  node: GraphNode,
  outputs: GridConfig | null,
  weights: Weights,
  start: QuantizedModel,
  ranges: QatRanges,
): tf.layers.Layer {
  const name = node.name.replaceAll('.', '_');
  switch (node.kind) {
    case 'conv': {
      const {
        outChannels: filters,
        kernel: kernelSize,
        stride: strides,
        padding,
        bias: useBias,
        batchNorm,
        relu,
      } = node;
      const grid = weightGrid(node, weights, start, ranges.weightRanges);
      return new QuantConv2D({
        name,
        filters,
        kernelSize,
        strides,
        padding,
        useBias,
        batchNorm,
        relu,
        weights: grid,
        outputs,
      });
    }
    case 'linear':
      return new QuantDense({
        name,
        units: node.outFeatures,
        weights: weightGrid(node, weights, start, ranges.weightRanges),
        outputs: null,
      });
    case 'add':
      return new QuantAdd({ name, relu: node.relu, ...outputs });
    case 'globalAvgPool':
      return new QuantGlobalAveragePooling2D({ name, ...outputs });
    case 'maxPool':
      return new QuantMaxPooling2D({ name, poolSize: node.kernel, strides: node.stride, padding: node.padding });
  }
}

/** A layer's variables by the last part of their name. */
function variablesIn(layer: tf.layers.Layer): ReadonlyMap<string, tf.LayerVariable> {
  if (layer instanceof QuantLayer) return layer.variables;
  return layer instanceof FakeQuantize ? (layer.quantizer?.variables ?? new Map()) : new Map();
}

/**
 * Input [N, H, W, C] normalized, output logits [N, classes]. Dispose of `model` when done.
 * @param float with its batch norms (a folded one trains, too, but learns less)
 * @param start its quantized model, from a calibration: every grid begins there. The input's grid never changes, since
 *   a gradient for it would cost the input gradient of the first and largest convolution
 * @throws naming the array that the weights lack
 */
export function toQatNetwork(float: FloatModel, start: QuantizedModel, ranges: QatRanges): QatNetwork {
  const { graph, weights, normalization, classes } = float;
  const outputGrid = (tensor: TensorName): GridConfig | null => {
    const found = start.activations.get(tensor);
    if (!found) return null;
    const { bits, ...params } = found;
    return { params, bits, ranges: ranges.activationRanges };
  };
  const input = tf.input({ shape: [...graph.inputShape], name: INPUT });
  const inputLayer = new FakeQuantize({ name: 'input_grid', ...outputGrid(INPUT), ranges: 'fixed' });
  const layers = new Map<TensorName, tf.layers.Layer>([[INPUT, inputLayer]]);
  const tensors = new Map<TensorName, tf.SymbolicTensor>([[INPUT, inputLayer.apply(input) as tf.SymbolicTensor]]);
  for (const node of graph.nodes) {
    const layer = layerOf(node, node.kind === 'maxPool' ? null : outputGrid(node.name), weights, start, ranges);
    const from = inputsOf(node).map((name) => lookUp(tensors, name, 'layer'));
    tensors.set(node.name, layer.apply(from.length === 1 ? from[0] : from) as tf.SymbolicTensor);
    layers.set(node.name, layer);
  }
  const model = tf.model({
    inputs: input,
    outputs: lookUp(tensors, graph.nodes[graph.nodes.length - 1].name, 'layer'),
    name: `${graph.name}_qat`,
  });
  const variables = new Map(
    [...layers].flatMap(([node, layer]) =>
      [...variablesIn(layer)].map(([part, variable]) => [`${node}.${part}`, variable] as const),
    ),
  );
  const network = { model, graph, scheme: start.scheme, normalization, classes, layers, variables };
  writeVariables(network, weights);
  return network;
}

/** Puts arrays into the variables of these names; variables that `arrays` lacks are left alone. */
export function writeVariables({ variables, graph }: Pick<QatNetwork, 'variables' | 'graph'>, arrays: Weights): void {
  for (const [name, { data }] of arrays) {
    const variable = variables.get(name);
    if (!variable) throw new Error(`${graph.name}: ${name} is no variable of the network in training.`);
    const tensor = tf.tensor(data, variable.read().shape);
    variable.write(tensor);
    tensor.dispose();
  }
}

/** All variables as plain data. */
export async function readVariables({ variables }: Pick<QatNetwork, 'variables'>): Promise<Map<string, NamedArray>> {
  const arrays = new Map<string, NamedArray>();
  for (const [name, variable] of variables) {
    const tensor = variable.read();
    arrays.set(name, { shape: tensor.shape, data: (await tensor.data()).slice() as Float32Array });
  }
  return arrays;
}

export const convLayers = ({ layers }: QatNetwork): QuantConv2D[] =>
  [...layers.values()].filter((layer): layer is QuantConv2D => layer instanceof QuantConv2D);

/**
 * Sets every grid to the bits that the scheme would give it at `bits`, keeping the real ranges.
 * @param rescale false: the steps are made for these bits already (a checkpoint's)
 */
export function setNetworkBits(
  { graph, layers, scheme }: QatNetwork,
  bits: { weights: Bits; activations: Bits },
  rescale = true,
): void {
  const present: QuantScheme = { ...scheme, weightBits: bits.weights, activationBits: bits.activations };
  const change = rescale ? 'setBits' : 'assumeBits';
  for (const [name, layer] of layers) {
    const node = graph.nodes.find((candidate) => candidate.name === name);
    if (layer instanceof QuantLayer && node && (node.kind === 'conv' || node.kind === 'linear')) {
      layer.weightQuantizer[change](weightBitsOf(present, graph, node));
    }
    const quantizer =
      layer instanceof QuantLayer ? layer.outputQuantizer : layer instanceof FakeQuantize ? layer.quantizer : null;
    quantizer?.[change](activationBitsOf(present, graph, name));
  }
}
