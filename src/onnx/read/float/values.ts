/** What is known while a float network is read: which of the graph's tensors each ONNX tensor holds, and in what shape. */
import { operatorOf } from '../../../graph/operators.ts';
import type { Shape } from '../../../graph/operators.ts';
import { inputsOf } from '../../../graph/shapes.ts';
import type { GraphNode, NamedArray, Size2, TensorName } from '../../../graph/types.ts';
import { lookUp } from '../../../base/lookUp.ts';
import type { Constants } from '../constants.ts';
import type { OnnxNode } from '../parse.ts';
import { describeNode, writtenBefore } from '../readers.ts';

export type Value = {
  readonly tensor: TensorName;
  /** ONNX's, the batch first: [N, C, H, W] of an image, [N, C, 1, 1] or [N, C] behind a global pool. */
  readonly shape: readonly number[];
  /** Some of an image's axes were averaged: whoever averages the rest makes a global pool of it. */
  readonly averaged?: boolean;
  /** Averages over windows of the image: a 1x1 convolution of them is one of the image. `node` made them. */
  readonly mean?: { readonly kernel: Size2; readonly stride: number; readonly node: OnnxNode };
  /** It is all zeros, whatever the image is. */
  readonly zeros?: boolean;
  /** Zeros around the image, in ONNX's order: the next window takes them for its own padding. */
  readonly pads?: readonly [top: number, left: number, bottom: number, right: number];
  /** Held at this number from above, and at nothing from below: the next operator must hold it at zero. */
  readonly under?: number;
  /** Only every so many rows and columns of the image, as a shortcut without parameters takes them. */
  readonly step?: readonly [rows: number, columns: number];
};

/** What happens to the input before the first layer, by channel: scale * x + offset. */
export type InputAffine = { readonly scale: readonly number[]; readonly offset: readonly number[] };

/** A grid of a tensor's codes, as a file has it: unsigned codes, or signed ones moved up by 128. */
export type Grid = { readonly scale: number; readonly zeroPoint: number };

/** What a DequantizeLinear of constants was made of: its scales and zero points, and the codes' type. */
export type Dequantized = {
  readonly scale: Float32Array;
  readonly zeroPoint: readonly number[];
  readonly signed: boolean;
};

/** What is known of a quantized network beside its graph. */
export type Codes = {
  /** By the graph's tensor. */
  readonly grids: Map<TensorName, Grid>;
  /** By ONNX name. */
  readonly constants: Map<string, Dequantized>;
  /** The constant that each layer's kernel is, by its node. */
  readonly kernels: Map<TensorName, string>;
};

export type Reading = {
  readonly constants: Constants;
  /** Images in a batch: as the file says, or 1. */
  readonly batch: number;
  /** Written here: each of its operators is a node of the graph. */
  readonly isOwn: boolean;
  readonly nodes: Map<TensorName, GraphNode>;
  /** [H, W, C] or [C] of the graph's tensors. */
  readonly shapes: Map<TensorName, Shape>;
  readonly arrays: Map<string, NamedArray>;
  readonly values: Map<string, Value>;
  /** How many operators read each ONNX tensor: a ReLU or batch norm may join its layer only where nothing else does. */
  readonly readers: ReadonlyMap<string, number>;
  /** How often a name was wanted for a node. */
  readonly taken: Map<string, number>;
  input: InputAffine | null;
  /** null: the network is a float one. */
  readonly codes: Codes | null;
  /** Sentences for the user: what the file holds and the graph does not. */
  readonly notes: Set<string>;
};

/** Adds a node and answers its output, in the graph's own form. @throws Error naming it, where it does not fit its inputs */
export function addNode(reading: Reading, node: GraphNode): Value {
  const inputs = inputsOf(node).map((name) => lookUp(reading.shapes, name, 'shape'));
  const shape = operatorOf(node).outputShape(node, inputs);
  reading.nodes.set(node.name, node);
  reading.shapes.set(node.name, shape);
  return { tensor: node.name, shape: onnxShape(reading.batch, shape) };
}

/** [N, C, H, W] of an image, [N, C] of a vector. */
export const onnxShape = (batch: number, shape: Shape): readonly number[] =>
  shape.length === 3 ? [batch, shape[2], shape[0], shape[1]] : [batch, ...shape];

/** @throws Error naming the node, where nothing before it wrote what it reads, or it reads half a ReLU6 */
export function valueOf({ values }: Reading, node: OnnxNode, index = 0): Value {
  const value = writtenBefore(values, node.inputs[index] ?? '', node);
  if (value.under === undefined) return value;
  throw new Error(
    `${describeNode(node)} reads what is held at ${value.under} from above and at nothing from below: only a ReLU, or one with a bound as ReLU6 has it, can be imported.`,
  );
}

/** Whether the graph's tensor is an image, whatever is made of it. */
export const isImage = ({ shapes }: Reading, { tensor }: Value): boolean => shapes.get(tensor)?.length === 3;

/** Whether a value is the graph's image as it is. */
export const isPlainImage = (reading: Reading, value: Value): boolean =>
  isImage(reading, value) &&
  !value.averaged &&
  !value.step &&
  !value.mean &&
  !value.zeros &&
  value.shape.join() === onnxShape(reading.batch, lookUp(reading.shapes, value.tensor, 'shape')).join();

/** Whether a value is the graph's image as TensorFlow has it, [N, H, W, C]. */
export function isChannelsLastImage({ shapes, batch }: Reading, { tensor, averaged, shape }: Value): boolean {
  const image = shapes.get(tensor);
  if (image?.length !== 3 || averaged) return false;
  return shape.join() === [batch, ...image].join() && shape.join() !== onnxShape(batch, image).join();
}

/**
 * Whether only the node that is read now reads a tensor, under any of the names that it passes by: what joins its layer
 * then reaches nobody else.
 */
export function isAlone({ values, readers, constants }: Reading, tensor: TensorName): boolean {
  const names = [...values].filter(([name, value]) => value.tensor === tensor && !constants.has(name));
  const reads = names.reduce((sum, [name]) => sum + (readers.get(name) ?? 0), 0);
  // Each name but the first is what one of the reads wrote.
  return reads - (names.length - 1) === 1;
}

/** A constant operand in float32. @throws Error naming it where it is none */
export function floats({ constants }: Pick<Reading, 'constants'>, node: OnnxNode, index: number): NamedArray {
  const name = node.inputs[index] ?? '';
  if (!constants.has(name)) throw new Error(`${describeNode(node)}: its operand ${name || index} is no constant.`);
  const { shape, data } = constants.get(name);
  if (!(data instanceof Float32Array))
    throw new Error(`${describeNode(node)}: ${node.inputs[index]} is not in float32 or float16.`);
  return { shape, data };
}

/** What tfjs takes for a name is a letter or digit, then these; whatever else stands in a file becomes "_". */
const plainName = (name: string): string => name.replace(/[^-\w./]/g, '_').replace(/^[^A-Za-z0-9]+/, '');

/**
 * A name that no other node has. PyTorch calls an operator by the modules around it ("/layer1/layer1.0/conv1/Conv"),
 * each of which may repeat the one before it.
 */
export function freshName({ nodes, taken }: Reading, { name, outputs, opType }: OnnxNode): TensorName {
  const modules = name.split('/').filter((part) => part !== '' && part !== opType);
  const whole = modules.reduce(
    (path, part) => (path === '' || part.startsWith(`${path}.`) ? part : `${path}.${part}`),
    '',
  );
  const path = plainName(whole) || plainName(outputs[0]) || opType;
  let copy = taken.get(path) ?? (path === 'input' ? 1 : 0);
  while (nodes.has(copy === 0 ? path : `${path}_${copy}`)) copy++;
  taken.set(path, copy + 1);
  return copy === 0 ? path : `${path}_${copy}`;
}
