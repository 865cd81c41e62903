/** A float network of the operators that ResNets are exported with, to a FloatModel. */
import { TensorProto_DataType as DataType } from 'onnx-buf';
import { elementCount } from '../../graph/arrays.ts';
import { lookUp } from '../../base/lookUp.ts';
import { inferShapes, isWeighted, nodeArrays, weightShapes } from '../../graph/shapes.ts';
import { INPUT } from '../../graph/types.ts';
import type {
  AddNode,
  ConvNode,
  FloatModel,
  Graph,
  GraphNode,
  Kind,
  NamedArray,
  Normalization,
  TensorName,
} from '../../graph/types.ts';
import { constantsOf } from './constants.ts';
import type { Constants } from './constants.ts';
import { withKnownNames } from './knownNames.ts';
import { MATRIX } from '../layout.ts';
import { kernelLayout, kindOf, onnxOperator } from '../operators.ts';
import type { Form } from '../operators.ts';
import type { OnnxFile, OnnxNode } from './parse.ts';
import { classesIn, describeNode, inputShapeOf, normalizationIn, writtenBefore } from './readers.ts';

export type FloatFileOptions = {
  /** For a file that does not say how its input is normalized: those of other tools never do. */
  readonly normalization?: Normalization;
  /** Side of the square input, in pixels, where the file leaves it open. */
  readonly inputSize?: number;
};

/** What an ONNX tensor holds: which of the graph's tensors, and whether it is [N, C, 1, 1] or flat behind a global pool. */
type Value = { readonly tensor: TensorName; readonly form: Form };

type Reading = {
  readonly constants: Constants;
  readonly nodes: Map<TensorName, GraphNode>;
  readonly arrays: Map<string, NamedArray>;
  readonly values: Map<string, Value>;
  /** How many operators read each ONNX tensor: a ReLU or batch norm may join its layer only where nothing else does. */
  readonly readers: ReadonlyMap<string, number>;
};

const SUPPORTED =
  'Conv, BatchNormalization, Relu, MaxPool, Add, GlobalAveragePool, Flatten and Gemm, as ResNets are exported';

/** @throws Error naming the operator or tensor that a float ResNet does not have, or what the file does not say */
export function readFloat(file: OnnxFile, options: FloatFileOptions): FloatModel {
  const readers = new Map<string, number>();
  for (const { inputs } of file.nodes) for (const name of inputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  const reading: Reading = {
    constants: constantsOf(file),
    nodes: new Map(),
    arrays: new Map(),
    readers,
    values: new Map([[file.input.name, { tensor: INPUT, form: 'image' }]]),
  };
  const inputShape = inputShapeOf(file, options.inputSize);
  for (const node of file.nodes) readNode(reading, node);
  const found: Graph = { name: file.graphName || 'imported', inputShape, nodes: [...reading.nodes.values()] };
  inferShapes(found);
  const last = found.nodes.at(-1);
  if (last?.kind !== 'linear' || reading.values.get(file.output)?.tensor !== last.name)
    throw new Error(`its output ${file.output} is not what a Gemm at its end gives.`);
  const normalization = normalizationIn(file, inputShape[2]) ?? options.normalization;
  if (!normalization) throw new Error('it does not say how its input is normalized (mean and std).');
  const { graph, weights } = withKnownNames(found, reading.arrays);
  for (const [name, shape] of weightShapes(graph)) requireArray(name, shape, weights.get(name));
  const classes =
    classesIn(file, last.outFeatures) ?? Array.from({ length: last.outFeatures }, (_, index) => `class ${index}`);
  return { graph, weights, normalization, classes };
}

function readNode(reading: Reading, node: OnnxNode): void {
  const { constants, values } = reading;
  if (node.inputs.every((name) => name === '' || constants.has(name))) return constants.compute(node);
  const kind = kindOf(node.opType);
  if (kind) return void values.set(node.outputs[0], readLayer(reading, node, kind));
  if (!Object.hasOwn(OPERATORS, node.opType))
    throw new Error(`the operator ${describeNode(node)} cannot be imported: a float network may have ${SUPPORTED}.`);
  values.set(node.outputs[0], OPERATORS[node.opType](reading, node));
}

/** An operator that is a node of the graph by itself; a batch norm or a ReLU may join it later. */
function readLayer(reading: Reading, node: OnnxNode, kind: Kind): Value {
  const { reads, gives, kernel, read } = onnxOperator(kind);
  const operands = kernel ? node.inputs.slice(0, 1) : node.inputs;
  const inputs = operands.map((_, index) => READS[reads](reading, node, index));
  const weights = kernel && (kernel === MATRIX ? matrix : floats)(reading, node, 1);
  const name = freshName(reading, node);
  const bias = Boolean(node.inputs[2]);
  const layer = read(node, { name, inputs, weights: weights?.shape ?? [], bias, relu: false });
  reading.nodes.set(name, layer);
  if (!weights || !isWeighted(layer)) return { tensor: name, form: gives };
  const arrays = nodeArrays(layer);
  const data = kernelLayout(layer).fromOnnx(weights.data, weights.shape);
  reading.arrays.set(`${name}.kernel`, { shape: lookUp(arrays, 'kernel', 'shape'), data });
  if (arrays.has('bias')) reading.arrays.set(`${name}.bias`, floats(reading, node, 2));
  return { tensor: name, form: gives };
}

/** What is no node of the graph: each answers what its output holds. */
const OPERATORS: Readonly<Record<string, (reading: Reading, node: OnnxNode) => Value>> = {
  BatchNormalization(reading, node) {
    const conv = joinable(reading, node, ['conv']) as ConvNode;
    if (conv.batchNorm) throw new Error(`${describeNode(node)} follows another batch norm.`);
    ['gamma', 'beta', 'mean', 'variance'].forEach((part, index) =>
      reading.arrays.set(`${conv.name}.${part}`, floats(reading, node, index + 1)),
    );
    reading.nodes.set(conv.name, { ...conv, batchNorm: { eps: Number(node.attributes.get('epsilon') ?? 1e-5) } });
    return { tensor: conv.name, form: 'image' };
  },

  Relu(reading, node) {
    const layer = joinable(reading, node, ['conv', 'add']) as ConvNode | AddNode;
    reading.nodes.set(layer.name, { ...layer, relu: true });
    return { tensor: layer.name, form: 'image' };
  },

  Flatten({ values }, node) {
    const { tensor, form } = writtenBefore(values, node.inputs[0], node);
    if (form !== 'pooled' || (node.attributes.get('axis') ?? 1) !== 1)
      throw new Error(`${describeNode(node)} must flatten what a GlobalAveragePool gives, from axis 1.`);
    return { tensor, form: 'flat' };
  },

  /** Between float32 and float16, as a network in half precision has at both ends. */
  Cast({ values }, node) {
    const to = node.attributes.get('to');
    if (to !== DataType.FLOAT && to !== DataType.FLOAT16)
      throw new Error(`${describeNode(node)} makes something else than floats.`);
    return writtenBefore(values, node.inputs[0], node);
  },

  Identity: ({ values }, node) => writtenBefore(values, node.inputs[0], node),
};

/** The tensor that an operator reads, in the form that it must have. */
const READS: {
  readonly [F in Exclude<Form, 'pooled'>]: (reading: Reading, node: OnnxNode, index: number) => TensorName;
} = {
  image({ values }, node, index) {
    const { tensor, form } = writtenBefore(values, node.inputs[index] ?? '', node);
    if (form === 'image') return tensor;
    throw new Error(
      `${describeNode(node)} reads what comes after the global average pool, where only Flatten and Gemm may.`,
    );
  },
  flat({ values }, node, index) {
    const { tensor, form } = writtenBefore(values, node.inputs[index] ?? '', node);
    if (form === 'flat') return tensor;
    throw new Error(`${describeNode(node)} must read what a Flatten gives.`);
  },
};

/** The layer that a batch norm or a ReLU joins. */
function joinable({ values, nodes, readers }: Reading, node: OnnxNode, kinds: readonly GraphNode['kind'][]): GraphNode {
  const layer = nodes.get(writtenBefore(values, node.inputs[0], node).tensor);
  if (!layer || !kinds.includes(layer.kind) || ('relu' in layer && layer.relu) || readers.get(node.inputs[0]) !== 1) {
    throw new Error(
      `${describeNode(node)} must follow ${kinds.join(' or ')} directly, and be the only one to read it.`,
    );
  }
  return layer;
}

function floats({ constants }: Reading, node: OnnxNode, index: number): NamedArray {
  const { shape, data } = constants.get(node.inputs[index] ?? '');
  if (!(data instanceof Float32Array))
    throw new Error(`${describeNode(node)}: ${node.inputs[index]} is not in float32 or float16.`);
  return { shape, data };
}

/** A Gemm's weights, [in, out]. */
function matrix(reading: Reading, node: OnnxNode, index: number): NamedArray {
  const { attributes } = node;
  if (['alpha', 'beta'].some((factor) => (attributes.get(factor) ?? 1) !== 1) || attributes.get('transA'))
    throw new Error(`${describeNode(node)} has factors or a transposed input.`);
  const found = floats(reading, node, index);
  if (!attributes.get('transB')) return found;
  const [rows, columns] = found.shape;
  return { shape: [columns, rows], data: transposed(found.data, rows, columns) };
}

/**
 * A name that no other node has. PyTorch calls an operator by the modules around it ("/layer1/layer1.0/conv1/Conv"),
 * each of which may repeat the one before it.
 */
function freshName({ nodes }: Reading, { name, outputs, opType }: OnnxNode): TensorName {
  const modules = name.split('/').filter((part) => part !== '' && part !== opType);
  const path =
    modules.reduce((whole, part) => (whole === '' || part.startsWith(`${whole}.`) ? part : `${whole}.${part}`), '') ||
    outputs[0];
  let fresh = path === INPUT ? `${path}.0` : path;
  for (let copy = 1; nodes.has(fresh); copy++) fresh = `${path}_${copy}`;
  return fresh;
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
  const broken = array.data.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0) throw new Error(`${name} holds ${array.data[broken]}, which is no weight.`);
}
