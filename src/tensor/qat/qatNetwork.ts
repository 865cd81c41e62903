/** A float network with its batch norms, and a quantized model of it to start from, as one network of quantized layers. */
import * as tf from '@tensorflow/tfjs';
import { lookUp } from '../../base/lookUp.ts';
import { hasOwnGrid } from '../../graph/grids.ts';
import { inputsOf, isWeighted } from '../../graph/shapes.ts';
import { INPUT } from '../../graph/types.ts';
import type { FloatModel, Graph, NamedArray, TensorName, Weights } from '../../graph/types.ts';
import { activationBitsOf, weightBitsOf } from '../../quant/schemes.ts';
import type { Bits, QuantizedModel, QuantScheme } from '../../quant/types.ts';
import { FakeQuantize, type GridConfig } from '../layers/fakeQuantize.ts';
import type { Quantizer } from '../layers/quantizer.ts';
import { QuantConv2D, QuantLayer } from '../layers/quantLayers.ts';
import { qatLayer, type QatRanges } from './qatLayers.ts';

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
    const layer = qatLayer(node, {
      outputs: hasOwnGrid(graph, node) ? outputGrid(node.name) : null,
      weights,
      start,
      ranges,
    });
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

const outputQuantizerOf = (layer: tf.layers.Layer): Quantizer | null =>
  layer instanceof QuantLayer
    ? layer.outputQuantizer
    : layer instanceof FakeQuantize
      ? (layer.quantizer ?? null)
      : null;

/** Every grid of the network: weights and outputs. */
export const quantizersOf = ({ layers }: QatNetwork): Quantizer[] =>
  [...layers.values()]
    .flatMap((layer) => [layer instanceof QuantLayer ? layer.weightQuantizer : null, outputQuantizerOf(layer)])
    .filter((quantizer) => quantizer !== null);

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
    if (layer instanceof QuantLayer && node && isWeighted(node)) {
      layer.weightQuantizer[change](weightBitsOf(present, graph, node));
    }
    outputQuantizerOf(layer)?.[change](activationBitsOf(present, graph, name));
  }
}
