/** Operators that look at a tensor otherwise, and average it: every spelling of pool, flatten and squeeze. */
import { TensorProto_DataType as DataType } from 'onnx-buf';
import { elementCount } from '../../../graph/arrays.ts';
import { lookUp } from '../../../base/lookUp.ts';
import { axesOf, flattened, squeezed, unsqueezed, viewed } from '../axes.ts';
import type { TensorName } from '../../../graph/types.ts';
import { vectorOf } from '../constantOperators.ts';
import { onnxOperator } from '../../operators.ts';
import type { OnnxNode } from '../parse.ts';
import { describeNode, windowOf } from '../readers.ts';
import type { Constant } from '../tensors.ts';
import { windowCounts } from '../../../graph/window.ts';
import { addNode, freshName, isChannelsLastImage, isImage, isPlainImage, valueOf } from './values.ts';
import type { Reading, Value } from './values.ts';
import { averageRefusal, tiles } from './windows.ts';

type Rule = (reading: Reading, node: OnnxNode) => Value;

/** A constant input that a node may lack. */
export function optional({ constants }: Reading, node: OnnxNode, index: number): Constant | undefined {
  const name = node.inputs[index];
  if (!name) return undefined;
  if (!constants.has(name)) throw new Error(`${describeNode(node)}: ${name} is computed from the image.`);
  return constants.get(name);
}

/** The average over all pixels that are left; its ONNX shape is the one given. */
export function pooled(reading: Reading, node: OnnxNode, { tensor }: Value, shape: readonly number[]): Value {
  const { tensor: name } = addNode(reading, { kind: 'globalAvgPool', name: freshName(reading, node), input: tensor });
  return { tensor: name, shape };
}

/** The same elements in the same order, in another shape. */
function view(reading: Reading, node: OnnxNode, shape: readonly number[]): Value {
  const value = valueOf(reading, node);
  if (shape[0] !== reading.batch || value.pads || value.step || value.mean || value.zeros)
    throw new Error(`${describeNode(node)} makes [${shape}] of [${value.shape}]: the images must stay the first axis.`);
  if (isChannelsLastImage(reading, value) && shape.join() !== value.shape.join())
    throw new Error(`${describeNode(node)} makes [${shape}] of an image whose channels are last, [${value.shape}].`);
  return { ...value, shape };
}

/** The averages over windows as a node of the graph. @throws Error naming it, where it counts its padding's zeros */
export const averaged = (reading: Reading, node: OnnxNode, input: TensorName): Value =>
  addNode(
    reading,
    onnxOperator('avgPool').read(node, {
      name: freshName(reading, node),
      inputs: [input],
      weights: [],
      bias: false,
      activation: null,
    }),
  );

export const VIEWS: Readonly<Record<string, Rule>> = {
  Identity: (reading, node) => valueOf(reading, node),
  Dropout: (reading, node) => valueOf(reading, node),

  /** Between float32 and float16, as a network in half precision has at both ends. */
  Cast(reading, node) {
    const to = node.attributes.get('to');
    if (to !== DataType.FLOAT && to !== DataType.FLOAT16 && to !== DataType.DOUBLE)
      throw new Error(`${describeNode(node)} makes something else than floats.`);
    return valueOf(reading, node);
  },

  Flatten: (reading, node) => view(reading, node, flattened(node, valueOf(reading, node).shape)),
  Reshape: (reading, node) =>
    view(reading, node, viewed(node, valueOf(reading, node).shape, optional(reading, node, 1))),

  Squeeze(reading, node) {
    const { shape } = valueOf(reading, node);
    const axes = axesOf(node, optional(reading, node, 1), shape.length);
    // Where no axes are named a batch of one would go, too: the images stay.
    const kept = axes ?? [...shape.keys()].filter((axis) => axis > 0 && shape[axis] === 1);
    return view(reading, node, squeezed(shape, kept));
  },

  Unsqueeze: (reading, node) =>
    view(reading, node, unsqueezed(node, valueOf(reading, node).shape, optional(reading, node, 1))),

  /** Axes of size 1 may go anywhere; and between TensorFlow's channels last and ONNX's channels first an image may turn. */
  Transpose(reading, node) {
    const value = valueOf(reading, node);
    const perm = (node.attributes.get('perm') as readonly number[] | undefined) ?? [...value.shape.keys()].reverse();
    const shape = perm.map((axis) => value.shape[axis]);
    const order = perm.filter((axis) => value.shape[axis] !== 1 || axis === 0);
    const keepsOrder = order.every((axis, at) => at === 0 || axis > order[at - 1]);
    if (keepsOrder && perm[0] === 0) return { ...value, shape };
    const image = reading.shapes.get(value.tensor);
    const channelsLast = image?.length === 3 && value.shape.join() === [reading.batch, ...image].join();
    if (channelsLast && perm.join() === '0,3,1,2') return { ...value, shape };
    // Of a cube nobody could tell afterwards which axis is which.
    const isCube = shape.join() === value.shape.join();
    if (perm.join() === '0,2,3,1' && isPlainImage(reading, value) && !value.pads && !isCube) return { ...value, shape };
    throw new Error(`${describeNode(node)} reorders [${value.shape}] by [${perm}], which cannot be imported.`);
  },

  /** The one entry of an axis of size 1, as `x[:, :, 0, 0]` is exported. */
  Gather(reading, node) {
    const { shape } = valueOf(reading, node);
    const index = optional(reading, node, 1);
    const given = Number(node.attributes.get('axis') ?? 0);
    const axis = given < 0 ? given + shape.length : given;
    if (shape[axis] !== 1 || axis === 0 || index?.data.length !== 1 || index.shape.length > 0)
      throw new Error(`${describeNode(node)} takes a part of [${shape}], which cannot be imported.`);
    return view(reading, node, shape.toSpliced(axis, 1));
  },

  ReduceMean(reading, node) {
    const value = valueOf(reading, node);
    const { shape } = value;
    const axes = axesOf(node, optional(reading, node, 1), shape.length) ?? [];
    if (!isImage(reading, value) && axes.every((axis) => shape[axis] === 1)) return view(reading, node, reduced());
    const channels = reading.shapes.get(value.tensor)?.[2];
    if (
      isChannelsLastImage(reading, value) &&
      axes.length === 2 &&
      axes.every((axis) => axis === 1 || axis === 2) &&
      !value.pads
    )
      return pooled(reading, node, value, reduced());
    if (
      value.pads ||
      value.step ||
      !tiles(reading, value) ||
      axes.length === 0 ||
      axes.some((axis) => axis < 2) ||
      shape[1] !== channels
    )
      throw new Error(`${describeNode(node)} averages axes [${axes}] of [${shape}]: only pixels may be averaged.`);
    return elementCount(reduced()) === shape[0] * shape[1]
      ? pooled(reading, node, value, reduced())
      : { ...value, shape: reduced(), averaged: true };

    function reduced(): readonly number[] {
      return (node.attributes.get('keepdims') ?? 1)
        ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
        : squeezed(shape, axes);
    }
  },

  /** A second pool of what is pooled already changes nothing. */
  GlobalAveragePool(reading, node) {
    const value = valueOf(reading, node);
    if (!isImage(reading, value)) return value;
    if (value.mean && !value.averaged && !value.pads) {
      if (!tiles(reading, value)) throw averageRefusal(node, reading, value, value.mean.kernel);
    } else if (!isPlainImage(reading, value) || value.pads)
      throw new Error(`${describeNode(node)} reads [${value.shape}], which is no image.`);
    return pooled(reading, node, value, [value.shape[0], value.shape[1], 1, 1]);
  },

  /** Over the whole image it is a global pool; over single pixels it leaves some out; over windows the next layer takes it in. */
  AveragePool(reading, node) {
    const value = valueOf(reading, node);
    const [rows, columns] = lookUp(reading.shapes, value.tensor, 'shape');
    if (!isPlainImage(reading, value))
      throw new Error(`${describeNode(node)} reads [${value.shape}], which is no image.`);
    const { kernel, stride, padding } = windowOf(node, []);
    if (reading.isOwn) return averaged(reading, node, value.tensor);
    const bare = padding === 0 && !value.pads;
    if (bare && kernel.join() === [rows, columns].join())
      return pooled(reading, node, value, [value.shape[0], value.shape[1], 1, 1]);
    if (bare && kernel.join() === '1,1') return stepped(value, [stride, stride]);
    if (reading.codes || value.pads) throw averageRefusal(node, reading, value, kernel);
    if (padding !== 0) return averaged(reading, node, value.tensor);
    const [high, wide] = windowCounts({ kernel, stride, padding: 0 }, [rows, columns]);
    if (high < 1 || wide < 1) throw averageRefusal(node, reading, value, kernel);
    return { ...value, mean: { kernel, stride, node }, shape: [value.shape[0], value.shape[1], high, wide] };
  },

  Shape(reading, node) {
    const value = valueOf(reading, node);
    reading.constants.set(node.outputs[0], vectorOf(value.shape));
    return value;
  },
};

/** Every so many rows and columns of an image. */
export function stepped(value: Value, [rows, columns]: readonly [number, number]): Value {
  const [n, c, height, width] = value.shape;
  const [before, beside] = value.step ?? [1, 1];
  return {
    ...value,
    step: [before * rows, beside * columns],
    shape: [n, c, Math.ceil(height / rows), Math.ceil(width / columns)],
  };
}
