/** Operators whose inputs are all constants, as a session folds them when it loads. */
import { TensorProto_DataType as DataType } from 'onnx-buf';
import type { TensorProto } from 'onnx-buf';
import { permute } from '../../base/permute.ts';
import { elementCount } from '../../graph/arrays.ts';
import { axesOf, squeezed, unsqueezed, viewed } from './axes.ts';
import type { Attribute, OnnxNode } from './parse.ts';
import { requireScales } from './scales.ts';
import { readTensor } from './tensors.ts';
import type { Constant, ConstantData } from './tensors.ts';

/** `reserve` answers how many elements a shape has, and refuses where they are too many. */
type Operator = (
  node: OnnxNode,
  inputs: readonly Constant[],
  reserve: (shape: readonly number[]) => number,
) => readonly Constant[];

/** Of each: the tensors that its node makes. */
export const CONSTANT_OPERATORS: Readonly<Record<string, Operator>> = {
  Constant: ({ attributes }) => {
    for (const [name, value] of attributes) {
      if (name === 'value' && isTensor(value)) return [readTensor(value)];
      const numbers = typeof value === 'number' ? [value] : Array.isArray(value) ? (value as number[]) : null;
      if (!numbers || !/^value_(?:int|float)s?$/.test(name)) continue;
      const data = name.startsWith('value_int')
        ? BigInt64Array.from(numbers, (each) => BigInt(each))
        : Float32Array.from(numbers);
      return [{ shape: name.endsWith('s') ? [numbers.length] : [], data }];
    }
    throw new Error('Constant: its value is no tensor.');
  },

  ConstantOfShape: ({ attributes }, [shape], reserve) => {
    const sizes = Array.from(shape.data, Number);
    const value = attributes.get('value');
    const { data } = isTensor(value) ? readTensor(value) : { data: new Float32Array(1) };
    return [{ shape: sizes, data: emptyLike(data, reserve(sizes)).fill(data[0] as never) }];
  },

  Identity: (_node, [input]) => [input],

  Shape: (_node, [input]) => [vectorOf(input.shape)],

  Cast: ({ attributes }, [input], reserve) => {
    const count = reserve(input.shape);
    const to = attributes.get('to');
    const make = typeof to === 'number' ? CASTS.get(to) : undefined;
    if (!make) throw new Error(`Cast to the data type ${Number(to)} cannot be computed.`);
    const result = make(count);
    if (result instanceof BigInt64Array)
      result.set(
        input.data instanceof BigInt64Array ? input.data : Array.from(input.data, (each) => BigInt(Math.trunc(each))),
      );
    else result.set(input.data instanceof BigInt64Array ? Array.from(input.data, Number) : input.data);
    return [{ shape: input.shape, data: result }];
  },

  /** Rows of a table, by their numbers. */
  Gather: ({ attributes }, [table, indices], reserve) => {
    if ((attributes.get('axis') ?? 0) !== 0) throw new Error('Gather: only along the first axis.');
    if (table.shape.length === 0) throw new Error('Gather: a single number has no rows to take.');
    const [rows, ...rest] = table.shape;
    const width = elementCount(rest);
    const shape = [...indices.shape, ...rest];
    const result = emptyLike(table.data, reserve(shape));
    indices.data.forEach((value: number | bigint, at: number) => {
      const row = Number(value) < 0 ? Number(value) + rows : Number(value);
      if (!(row >= 0 && row < rows)) throw new Error(`Gather: there is no row ${Number(value)} of ${rows}.`);
      result.set(table.data.subarray(row * width, (row + 1) * width) as never, at * width);
    });
    return [{ shape, data: result }];
  },

  BitwiseOr: (_node, [a, b], reserve) => {
    if (a.shape.join() !== b.shape.join()) throw new Error(`BitwiseOr of [${a.shape}] and [${b.shape}].`);
    const [left, right] = [byteData(a), byteData(b)];
    const result = emptyLike(left, reserve(a.shape));
    for (let i = 0; i < result.length; i++) result[i] = left[i] | right[i];
    return [{ shape: a.shape, data: result }];
  },

  Reshape: (node, [input, target]) => [{ shape: viewed(node, input.shape, target), data: input.data }],

  Squeeze: (node, [input, axes]) => [
    { shape: squeezed(input.shape, axesOf(node, axes, input.shape.length)), data: input.data },
  ],

  Unsqueeze: (node, [input, axes]) => [{ shape: unsqueezed(node, input.shape, axes), data: input.data }],

  Concat: ({ attributes }, inputs, reserve) => {
    const [{ shape, data }] = inputs;
    if ((attributes.get('axis') ?? 0) !== 0 || shape.length === 0)
      throw new Error('Concat: only along the first axis.');
    const sizes = [inputs.reduce((sum, each) => sum + (each.shape[0] ?? 0), 0), ...shape.slice(1)];
    const result = emptyLike(data, reserve(sizes));
    let at = 0;
    for (const each of inputs) {
      if (each.data.constructor !== data.constructor || each.shape.slice(1).join() !== shape.slice(1).join())
        throw new Error(`Concat of [${shape}] and [${each.shape}].`);
      result.set(each.data as never, at);
      at += each.data.length;
    }
    return [{ shape: sizes, data: result }];
  },

  /** Along the first axis, as shapes and pads are cut. */
  Slice: (node, [input, starts, ends, axes, steps], reserve) => {
    const one = (constant: Constant | undefined, attribute: string, otherwise: number): number => {
      const given = node.attributes.get(attribute);
      const [value = otherwise, ...more] = constant
        ? Array.from(constant.data, Number)
        : Array.isArray(given)
          ? (given as number[])
          : [];
      if (more.length > 0) throw new Error('Slice: only along the first axis.');
      return value;
    };
    if (one(axes, 'axes', 0) !== 0) throw new Error('Slice: only along the first axis.');
    const [rows, ...rest] = input.shape;
    const step = one(steps, 'steps', 1);
    if (!Number.isInteger(step) || step === 0) throw new Error(`Slice: a step of ${step}.`);
    const clamp = (value: number, low: number, high: number): number =>
      Math.min(Math.max(value < 0 ? value + rows : value, low), high);
    const [low, high] = step > 0 ? [0, rows] : [-1, rows - 1];
    const [start, end] = [clamp(one(starts, 'starts', 0), low, high), clamp(one(ends, 'ends', rows), low, high)];
    const count = Math.max(0, Math.ceil((end - start) / step));
    const width = elementCount(rest);
    const result = emptyLike(input.data, reserve([count, ...rest]));
    for (let row = 0; row < count; row++) {
      const from = (start + row * step) * width;
      result.set(input.data.subarray(from, from + width) as never, row * width);
    }
    return [{ shape: [count, ...rest], data: result }];
  },

  Transpose: ({ attributes }, [input], reserve) => {
    const perm = (attributes.get('perm') as readonly number[] | undefined) ?? [...input.shape.keys()].reverse();
    if ([...perm].sort((a, b) => a - b).join() !== [...input.shape.keys()].join())
      throw new Error(`Transpose of [${input.shape}] by [${perm}].`);
    reserve(input.shape);
    return [perm.length === 0 ? input : (permute(input as Parameters<typeof permute>[0], perm) as Constant)];
  },

  Split: ({ attributes }, [input, sizes]) => {
    if ((attributes.get('axis') ?? 0) !== 0 || input.shape.length !== 1) throw new Error('Split: only of vectors.');
    const lengths = Array.from(sizes?.data ?? [], Number);
    const total = lengths.reduce((sum, length) => sum + length, 0);
    if (total !== input.data.length || lengths.some((length) => !(length >= 0)))
      throw new Error(`Split of ${input.data.length} values into [${lengths.slice(0, 8)}].`);
    let end = 0;
    return lengths.map((length) => {
      end += length;
      return { shape: [length], data: input.data.subarray(end - length, end) };
    });
  },

  Add: (node, inputs, reserve) => elementwise(node, inputs, reserve, (a, b) => a + b),
  Sub: (node, inputs, reserve) => elementwise(node, inputs, reserve, (a, b) => a - b),
  Mul: (node, inputs, reserve) => elementwise(node, inputs, reserve, (a, b) => a * b),
  Div: (node, inputs, reserve) => elementwise(node, inputs, reserve, (a, b) => a / b),

  /** (codes - zeroPoint) * scale: weights that are stored in 8 bits and used in float32. */
  DequantizeLinear: ({ attributes }, [codes, scale, zeroPoint], reserve) => {
    const count = reserve(codes.shape);
    const rank = codes.shape.length;
    const given = Number(attributes.get('axis') ?? 1);
    const inner = elementCount(codes.shape.slice((given < 0 ? given + rank : given) + 1));
    const channels = scale.data.length;
    const result = new Float32Array(count);
    requireScales('The scale of a DequantizeLinear', scale.data);
    for (let i = 0; i < count; i++) {
      const channel = channels === 1 ? 0 : Math.floor(i / inner) % channels;
      const zero = zeroPoint ? Number(zeroPoint.data[channel] ?? zeroPoint.data[0]) : 0;
      result[i] = (Number(codes.data[i]) - zero) * Number(scale.data[channel]);
    }
    return [{ shape: codes.shape, data: result }];
  },
};

const CASTS: ReadonlyMap<number, (count: number) => ConstantData> = new Map<number, (count: number) => ConstantData>([
  [DataType.FLOAT, (count) => new Float32Array(count)],
  [DataType.FLOAT16, (count) => new Float32Array(count)],
  [DataType.INT32, (count) => new Int32Array(count)],
  [DataType.INT64, (count) => new BigInt64Array(count)],
  [DataType.INT8, (count) => new Int8Array(count)],
  [DataType.UINT8, (count) => new Uint8Array(count)],
]);

/** A vector of int64, as shapes are. */
export const vectorOf = (values: readonly number[]): Constant => ({
  shape: [values.length],
  data: BigInt64Array.from(values, (value) => BigInt(value)),
});

/** Of tensors of one shape, or where one of them is a single number. */
function elementwise(
  { opType }: OnnxNode,
  [a, b]: readonly Constant[],
  reserve: (shape: readonly number[]) => number,
  apply: (a: number, b: number) => number,
): readonly Constant[] {
  const { shape } = a.data.length === 1 ? b : a;
  if (a.data.length !== 1 && b.data.length !== 1 && a.shape.join() !== b.shape.join())
    throw new Error(`${opType} of [${a.shape}] and [${b.shape}] cannot be computed.`);
  const count = reserve(shape);
  if (a.data instanceof BigInt64Array || b.data instanceof BigInt64Array) {
    const values = Array.from({ length: count }, (_, i) => Math.trunc(apply(Number(at(a, i)), Number(at(b, i)))));
    if (!values.every(Number.isSafeInteger)) throw new Error(`${opType} of integers has no result.`);
    return [{ shape, data: BigInt64Array.from(values, (value) => BigInt(value)) }];
  }
  const result = emptyLike(a.data, count);
  for (let i = 0; i < count; i++) result[i] = apply(Number(at(a, i)), Number(at(b, i)));
  return [{ shape, data: result }];
}

const at = ({ data }: Constant, index: number): number | bigint => data[data.length === 1 ? 0 : index];

const isTensor = (value: Attribute | undefined): value is TensorProto =>
  typeof value === 'object' && '$typeName' in value;

function emptyLike<T extends ConstantData>(data: T, length: number): T {
  return new (data.constructor as new (length: number) => T)(length);
}

function byteData({ data }: Constant): Int8Array | Uint8Array {
  if (data instanceof Int8Array || data instanceof Uint8Array) return data;
  throw new Error('BitwiseOr: only of 8-bit integers.');
}
