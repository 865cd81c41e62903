/** A float network of the operators that ResNets and MobileNets are exported with, to a FloatModel. */
import { activationOf } from '../../../graph/activations.ts';
import { elementCount, requireUsable } from '../../../graph/arrays.ts';
import { lookUp } from '../../../base/lookUp.ts';
import { inferShapes, isWeighted, nodeArrays, weightShapes } from '../../../graph/shapes.ts';
import { INPUT } from '../../../graph/types.ts';
import type { ConvNode, FloatModel, Graph, Kind, NamedArray, Normalization, TensorName } from '../../../graph/types.ts';
import { constantsOf } from '../constants.ts';
import { withKnownNames } from './knownNames.ts';
import type { FormerNames } from './knownNames.ts';
import { ACTIVATIONS, joinable } from './joined.ts';
import { MATRIX } from '../../layout.ts';
import { kernelLayout, kindOf, onnxOperator } from '../../operators.ts';
import type { OnnxFile, OnnxNode } from '../parse.ts';
import { neededFor } from './needed.ts';
import { classesIn, describeNode, inputShapeOf, isChannelsLast, normalizationIn } from '../readers.ts';
import { isScaling, normalizationOf, normalizedInput, scaled } from './scaled.ts';
import { selection, SHORTCUTS } from './shortcuts.ts';
import {
  addNode,
  floats,
  freshName,
  isChannelsLastImage,
  isImage,
  isPlainImage,
  onnxShape,
  valueOf,
} from './values.ts';
import type { Codes, Reading, Value } from './values.ts';
import { averaged, pooled, VIEWS } from './views.ts';
import { averageRefusal, convolvedMean, withPads } from './windows.ts';
import { noteCodes, QUANTIZERS } from './quantizers.ts';
import { whoHas } from './otherNetworks.ts';

export type FloatFileOptions = {
  /** For a file that does not say how its input is normalized: those of other tools never do. */
  readonly normalization?: Normalization;
  /** Side of the square input, in pixels, where the file leaves it open. */
  readonly inputSize?: number;
};

/** A float network, and what is to be said of how it was read. */
export type ReadNetwork = {
  readonly model: FloatModel;
  /** Where its normalization is from: the metadata, the graph's first operators, or whoever opened the file. */
  readonly normalizationFrom: 'file' | 'graph' | 'options';
  /** What the file calls each node. */
  readonly names: FormerNames;
  readonly notes: readonly string[];
};

const SUPPORTED =
  'Conv, BatchNormalization, Relu, Clip, MaxPool, Add, GlobalAveragePool, Flatten and Gemm, as ResNets and MobileNets are exported';

/** @throws Error naming the operator or tensor that a float ResNet does not have, or what the file does not say */
export const readFloat = (file: OnnxFile, options: FloatFileOptions): FloatModel =>
  readFloatNetwork(file, options).model;

/**
 * As readFloat, with what is to be said. Of several outputs the first that a classifier gives is read.
 * @throws Error as readFloat
 */
export function readFloatNetwork(file: OnnxFile, options: FloatFileOptions, codes: Codes | null = null): ReadNetwork {
  let first: unknown;
  for (const output of file.outputs) {
    try {
      return readOutput(file, output, options, codes);
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}

function readOutput(file: OnnxFile, output: string, options: FloatFileOptions, codes: Codes | null): ReadNetwork {
  const inputShape = inputShapeOf(file, options.inputSize);
  const nodes = neededFor(file, output);
  const reading = newReading(file, nodes, inputShape, codes);
  for (const node of nodes) readNode(reading, node);
  const found: Graph = {
    name: file.graphName.replace(/[^-\w./]/g, '_') || 'imported',
    inputShape,
    nodes: [...reading.nodes.values()],
  };
  inferShapes(found);
  const last = found.nodes.at(-1);
  const given = reading.values.get(output);
  if (last?.kind !== 'linear' || given?.tensor !== last.name || given.under !== undefined)
    throw new Error(`its output ${output} is not what a Gemm at its end gives.`);
  const others = file.outputs.filter((name) => name !== output);
  if (others.length > 0 && file.producer !== 'fewbit')
    reading.notes.add(`Of its outputs ${output} is read; ${others.slice(0, 3).join(', ')} left aside.`);
  const said = normalizationIn(file, inputShape[2]);
  const offered = options.normalization;
  if (!reading.input && !said && offered && offered.mean.length !== inputShape[2])
    throw new Error(channelsSentence(inputShape[2]));
  const normalization = reading.input ? normalizationOf(reading.input, said) : (said ?? offered);
  if (!normalization) throw new Error('it does not say how its input is normalized (mean and std).');
  const { graph, weights, names } = withKnownNames(found, reading.arrays);
  for (const [name, shape] of weightShapes(graph)) requireArray(name, shape, weights.get(name));
  const classes =
    classesIn(file, last.outFeatures) ?? Array.from({ length: last.outFeatures }, (_, index) => `class ${index}`);
  return {
    model: { graph, weights, normalization, classes },
    normalizationFrom: reading.input ? 'graph' : said ? 'file' : 'options',
    names,
    notes: [...reading.notes],
  };
}

/** Why a network for other images than colour ones cannot be measured on pictures. */
export const channelsSentence = (channels: number): string =>
  channels === 1
    ? 'it takes images of one channel (grey), and pictures here have three (red, green, blue). Export it with a first convolution that reads three: conv1.weight.repeat(1, 3, 1, 1) / 3.'
    : `it takes images of ${channels} channels, and pictures here have three (red, green, blue).`;

function newReading(
  file: OnnxFile,
  nodes: readonly OnnxNode[],
  inputShape: Graph['inputShape'],
  codes: Codes | null,
): Reading {
  const readers = new Map<string, number>();
  for (const { inputs } of nodes) for (const name of inputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  const batch = file.input.dims[0] ?? 1;
  const shape = isChannelsLast(file) ? [batch, ...inputShape] : onnxShape(batch, inputShape);
  return {
    constants: constantsOf({ ...file, nodes }),
    batch,
    isOwn: file.producer === 'fewbit',
    nodes: new Map(),
    shapes: new Map([[INPUT, inputShape]]),
    arrays: new Map(),
    readers,
    values: new Map([[file.input.name, { tensor: INPUT, shape }]]),
    taken: new Map(),
    input: null,
    codes,
    notes: new Set(),
  };
}

function readNode(reading: Reading, node: OnnxNode): void {
  const { constants, values } = reading;
  if (node.inputs.every((name) => name === '' || constants.has(name))) {
    noteCodes(reading, node);
    return constants.compute(node);
  }
  const padded = withPads(reading, node);
  values.set(node.outputs[0], ruleOf(reading, padded)(reading, padded));
}

type Rule = (reading: Reading, node: OnnxNode) => Value;

/** What reads a node: first what is no node of the graph by itself. */
function ruleOf(reading: Reading, node: OnnxNode): Rule {
  const { opType } = node;
  if (isScaling(reading, node)) return scaled;
  const tables = [OPERATORS, ACTIVATIONS, VIEWS, SHORTCUTS, ...(reading.codes ? [QUANTIZERS] : [])];
  for (const table of tables) if (Object.hasOwn(table, opType)) return table[opType];
  const kind = kindOf(opType);
  if (kind) return (_, each) => readLayer(reading, each, kind);
  if (opType.includes('.'))
    throw new Error(
      `the operator ${opType}${node.name && ` (${node.name})`} is none of ONNX's own and cannot be imported.`,
    );
  const others = whoHas(opType);
  throw new Error(
    `the operator ${describeNode(node)} cannot be imported: a float network may have ${SUPPORTED}.${others && ` Networks such as ${others} have it.`}`,
  );
}

/** An operator that is a node of the graph by itself; a batch norm or a ReLU may join it later. */
function readLayer(reading: Reading, whole: OnnxNode, kind: Kind): Value {
  const { kernel, reads, read } = onnxOperator(kind);
  const { node, mean, weights: own } = withMean(reading, whole, kind);
  const operands = kernel ? node.inputs.slice(0, 1) : node.inputs;
  if (kind === 'conv' && !isImage(reading, valueOf(reading, node))) return pointwise(reading, node);
  const pads = operands.length === 1 ? valueOf(reading, node).pads : undefined;
  const inputs = mean ? [mean] : operands.map((_, index) => READS[reads](reading, node, index, kind));
  const weights = own ?? (kernel && (kernel === MATRIX ? matrix : floats)(reading, node, 1));
  const name = freshName(reading, node);
  const bias = Boolean(node.inputs[2]);
  const layer = read(node, { name, inputs, weights: weights?.shape ?? [], bias, activation: null });
  const value = addNode(
    reading,
    pads && 'padding' in layer ? { ...layer, padding: added(layer.padding, pads) } : layer,
  );
  if (!weights || !isWeighted(layer)) return value;
  const arrays = nodeArrays(layer);
  const data = kernelLayout(layer).fromOnnx(weights.data, weights.shape);
  reading.arrays.set(`${name}.kernel`, { shape: lookUp(arrays, 'kernel', 'shape'), data });
  reading.codes?.kernels.set(name, node.inputs[1]);
  const shape = arrays.get('bias');
  if (shape) reading.arrays.set(`${name}.bias`, biasOf(reading, node, shape));
  return value;
}

/** A 1x1 convolution that reads averages takes them in; of any other layer its node alone. */
function withMean(
  reading: Reading,
  node: OnnxNode,
  kind: Kind,
): { readonly node: OnnxNode; readonly mean: TensorName | null; readonly weights: NamedArray | null } {
  const value = node.inputs[0] === undefined ? null : reading.values.get(node.inputs[0]);
  if (!value?.mean || value.averaged) return { node, mean: null, weights: null };
  const found =
    kind === 'conv' && !value.pads && !value.step ? convolvedMean(node, value, floats(reading, node, 1)) : null;
  if (!found && (value.pads || kind === 'linear')) throw averageRefusal(node, reading, value, value.mean.kernel);
  if (!found) return { node, mean: null, weights: null };
  return { node: found.node, mean: value.tensor, weights: found.weights };
}

/** A 1x1 convolution of what is pooled: a classifier. */
function pointwise(reading: Reading, node: OnnxNode): Value {
  const { shape } = floats(reading, node, 1);
  const [outChannels, inChannels, ...rest] = shape;
  if (elementCount(rest) !== 1 || Number(node.attributes.get('group') ?? 1) !== 1)
    throw new Error(`${describeNode(node)} reads what is pooled already, where only a 1x1 convolution may.`);
  const value = linear(reading, node, outChannels, inChannels);
  return { ...value, shape: [...value.shape, 1, 1] };
}

function linear(reading: Reading, node: OnnxNode, outFeatures: number, inFeatures: number): Value {
  const { data } = floats(reading, node, 1);
  const name = freshName(reading, node);
  const { tensor } = valueOf(reading, node);
  const kernel = transposed(data, outFeatures, inFeatures);
  reading.arrays.set(`${name}.kernel`, { shape: [inFeatures, outFeatures], data: kernel });
  reading.codes?.kernels.set(name, node.inputs[1]);
  reading.arrays.set(`${name}.bias`, biasOf(reading, node, [outFeatures]));
  return addNode(reading, {
    kind: 'linear',
    name,
    input: tensor,
    inFeatures,
    outFeatures,
    bias: true,
    activation: null,
  });
}

/** Zeros where the operator has none; a number or a row is one for each channel. */
function biasOf(reading: Reading, node: OnnxNode, shape: readonly number[]): NamedArray {
  const count = elementCount(shape);
  if (!node.inputs[2]) return { shape, data: new Float32Array(count) };
  const found = floats(reading, node, 2);
  const beta = Number(node.attributes.get('beta') ?? 1);
  if (found.data.length !== count && found.data.length !== 1) return found;
  return { shape, data: Float32Array.from({ length: count }, (_, i) => beta * (found.data[i] ?? found.data[0])) };
}

/** Each joins a node of the graph, or ends it. */
const OPERATORS: Readonly<Record<string, Rule>> = {
  BatchNormalization(reading, node) {
    const trains = node.attributes.get('training_mode') === 1 || node.outputs.filter((name) => name !== '').length > 1;
    if (trains)
      reading.notes.add(
        'It was exported in training mode: its batch norms are taken with their running statistics, as after model.eval().',
      );
    const value = valueOf(reading, node);
    if (value.tensor === INPUT && reading.readers.get(node.inputs[0]) === 1) return normalizedInput(reading, node);
    if (isChannelsLastImage(reading, value))
      throw new Error(`${describeNode(node)} reads an image whose channels are last, [${value.shape}].`);
    const conv = joinable(reading, node, ['conv']) as ConvNode;
    if (conv.batchNorm) throw new Error(`${describeNode(node)} follows another batch norm.`);
    ['gamma', 'beta', 'mean', 'variance'].forEach((part, index) =>
      reading.arrays.set(`${conv.name}.${part}`, floats(reading, node, index + 1)),
    );
    reading.nodes.set(conv.name, { ...conv, batchNorm: { eps: Number(node.attributes.get('epsilon') ?? 1e-5) } });
    return value;
  },

  /** Of logits it changes neither their order nor which is the greatest: it is left away. */
  Softmax: leftAway,
  LogSoftmax: leftAway,

  /** A Gemm without a bias, which an Add may bring. */
  MatMul: (reading, node) => readLayer(reading, { ...node, inputs: node.inputs.slice(0, 2) }, 'linear'),

  /** Of two terms it is an Add. */
  Sum(reading, node) {
    if (node.inputs.length === 2) return readLayer(reading, node, 'add');
    throw new Error(`${describeNode(node)} adds ${node.inputs.length} tensors: only two may be added.`);
  },
};

function leftAway(reading: Reading, node: OnnxNode): Value {
  const value = valueOf(reading, node);
  if (reading.nodes.get(value.tensor)?.kind !== 'linear')
    throw new Error(`${describeNode(node)} must follow the classifier.`);
  reading.notes.add(`The ${node.opType} at its end is left away: what is measured are the logits that it reads.`);
  return value;
}

/** The tensor that an operator reads, in the form that it must have. */
const READS = {
  image(reading: Reading, node: OnnxNode, index: number, kind: Kind): TensorName {
    const value = valueOf(reading, node, index);
    if (!isImage(reading, value))
      throw new Error(
        `${describeNode(node)} reads what comes after the global average pool, where only Flatten and Gemm may.`,
      );
    if (value.step && !value.averaged) return selection(reading, node, value).tensor;
    const { mean } = value;
    if (mean && !value.averaged && !value.pads && !reading.codes) {
      const averages = averaged(reading, mean.node, value.tensor);
      reading.values.set(node.inputs[index], averages);
      return averages.tensor;
    }
    if (!isPlainImage(reading, value))
      throw new Error(`${describeNode(node)} reads [${value.shape}], which is no image.`);
    if (value.pads && kind !== 'conv' && !(kind === 'maxPool' && isPositive(reading, value)))
      throw new Error(`${describeNode(node)} reads an image padded with zeros, which only a Conv may.`);
    return value.tensor;
  },

  flat(reading: Reading, node: OnnxNode, index: number): TensorName {
    const value = valueOf(reading, node, index);
    const image = reading.shapes.get(value.tensor) ?? [];
    if (value.shape.length !== 2) throw new Error(`${describeNode(node)} must read what a Flatten gives.`);
    if (image.length === 1) return value.tensor;
    // An image of one pixel is its own average.
    if (image[0] * image[1] === 1) return pooled(reading, node, value, value.shape).tensor;
    throw new Error(
      `${describeNode(node)} reads all ${image[0]} x ${image[1]} pixels of ${image[2]} channels: only their average (a global average pool) can be imported.`,
    );
  },
};

function isPositive({ nodes }: Reading, { tensor }: Value): boolean {
  const layer = nodes.get(tensor);
  return layer !== undefined && activationOf(layer) !== null;
}

/** A Gemm's weights, [in, out]. */
function matrix(reading: Reading, node: OnnxNode, index: number): NamedArray {
  const { attributes } = node;
  if (attributes.get('transA')) throw new Error(`${describeNode(node)} has a transposed input.`);
  const alpha = Number(attributes.get('alpha') ?? 1);
  const { shape, data } = floats(reading, node, index);
  if (shape.length !== 2) throw new Error(`${describeNode(node)} has weights [${shape}]: it must be a matrix.`);
  const found = { shape, data: alpha === 1 ? data : data.map((each) => alpha * each) };
  if (!attributes.get('transB')) return found;
  const [rows, columns] = shape;
  return { shape: [columns, rows], data: transposed(found.data, rows, columns) };
}

/** Padding with what was padded before. */
function added(padding: ConvNode['padding'], pads: readonly [number, number, number, number]): ConvNode['padding'] {
  const sides = pads.map((pad, side) => pad + (typeof padding === 'number' ? padding : padding[side]));
  return sides.every((side) => side === sides[0]) ? sides[0] : (sides as unknown as ConvNode['padding']);
}

function transposed(data: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(data.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) result[column * rows + row] = data[row * columns + column];
  return result;
}

function requireArray(name: string, shape: readonly number[], array: NamedArray | undefined): void {
  if (array?.shape.join() !== shape.join() || array.data.length !== elementCount(shape)) {
    throw new Error(`${name} has the shape [${array?.shape ?? ''}], but should have [${shape}].`);
  }
  requireUsable(name, array.data, /\.variance$/.test(name));
}
