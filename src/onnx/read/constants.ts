/** Constants of a file: its initializers, and what nodes of constants compute, as a session folds them. */
import { TensorProto_DataType as DataType } from 'onnx-buf';
import type { TensorProto } from 'onnx-buf';
import { elementCount } from '../../graph/arrays.ts';
import type { Attribute, OnnxFile, OnnxNode } from './parse.ts';
import { readTensor } from './tensors.ts';
import type { Constant, ConstantData } from './tensors.ts';

export type Constants = {
  readonly has: (name: string) => boolean;
  /** @throws Error naming a constant that is absent or damaged */
  readonly get: (name: string) => Constant;
  /** Computes a node all of whose inputs are constants. @throws Error naming the operator and what it cannot do */
  readonly compute: (node: OnnxNode) => void;
};

/** Elements that folding may make for each byte of the file: unpacking 2-bit weights makes about 20. */
const ELEMENTS_PER_BYTE = 64;

export function constantsOf({ initializers, nodes, bytes }: OnnxFile): Constants {
  const values = new Map<string, Constant>();
  const readers = new Map<string, number>();
  for (const { inputs } of nodes) for (const name of inputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  let budget = ELEMENTS_PER_BYTE * bytes;

  const get = (name: string): Constant => {
    const known = values.get(name);
    if (known) return known;
    const initializer = initializers.get(name);
    if (!initializer) throw new Error(`${name} is no constant of this file.`);
    const read = readTensor(initializer);
    values.set(name, read);
    return read;
  };

  const compute = (node: OnnxNode): void => {
    const operator = OPERATORS[node.opType];
    if (!Object.hasOwn(OPERATORS, node.opType)) throw new Error(`${node.opType} of constants cannot be computed.`);
    const reserve = (shape: readonly number[]): number => {
      const count = elementCount(shape);
      if (!(count <= budget)) throw new Error(`${node.opType} would make [${shape}] of a file of ${bytes} bytes.`);
      budget -= count;
      return count;
    };
    const results = operator(node, node.inputs.map(get), reserve);
    if (results.length < node.outputs.length)
      throw new Error(`${node.opType} makes ${results.length} tensors, not ${node.outputs.length}.`);
    node.outputs.forEach((name, index) => values.set(name, results[index]));
    for (const name of node.inputs) forget(name);
  };

  /** What nothing will read again need not stay in memory. */
  const forget = (name: string): void => {
    const left = (readers.get(name) ?? 1) - 1;
    readers.set(name, left);
    if (left <= 0) values.delete(name);
  };

  return { has: (name) => values.has(name) || initializers.has(name), get, compute };
}

/** `reserve` answers how many elements a shape has, and refuses where they are too many. */
type Operator = (
  node: OnnxNode,
  inputs: readonly Constant[],
  reserve: (shape: readonly number[]) => number,
) => readonly Constant[];

const OPERATORS: Readonly<Record<string, Operator>> = {
  Constant: ({ attributes }) => {
    const value = attributes.get('value');
    if (!isTensor(value)) throw new Error('Constant: its value is no tensor.');
    return [readTensor(value)];
  },

  Identity: (_node, [input]) => [input],

  Cast: ({ attributes }, [input], reserve) => {
    const count = reserve(input.shape);
    const to = attributes.get('to');
    const result =
      to === DataType.INT32
        ? new Int32Array(count)
        : to === DataType.INT8
          ? new Int8Array(count)
          : to === DataType.UINT8
            ? new Uint8Array(count)
            : null;
    if (!result || input.data instanceof BigInt64Array)
      throw new Error(`Cast to data type ${String(to)} cannot be computed.`);
    result.set(input.data);
    return [{ shape: input.shape, data: result }];
  },

  /** Rows of a table, by their numbers. */
  Gather: ({ attributes }, [table, indices], reserve) => {
    if ((attributes.get('axis') ?? 0) !== 0) throw new Error('Gather: only along the first axis.');
    const [rows, ...rest] = table.shape;
    const width = elementCount(rest);
    const shape = [...indices.shape, ...rest];
    const result = emptyLike(table.data, reserve(shape));
    indices.data.forEach((value: number | bigint, at: number) => {
      const row = Number(value);
      if (row < 0 || row >= rows) throw new Error(`Gather: there is no row ${row} of ${rows}.`);
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

  Reshape: (_node, [input, target]) => {
    const wanted = Array.from(target.data, Number);
    const known = elementCount(wanted.filter((size) => size !== -1));
    const shape = wanted.map((size) => (size === -1 ? input.data.length / known : size));
    if (elementCount(shape) !== input.data.length || shape.some((size) => !(size >= 0))) {
      throw new Error(`Reshape of [${input.shape}] to [${wanted}].`);
    }
    return [{ shape, data: input.data }];
  },

  Split: ({ attributes }, [input, sizes]) => {
    if ((attributes.get('axis') ?? 0) !== 0 || input.shape.length !== 1) throw new Error('Split: only of vectors.');
    const lengths = Array.from(sizes?.data ?? [], Number);
    const ends = lengths.map((_, index) => lengths.slice(0, index + 1).reduce((sum, length) => sum + length, 0));
    if (ends.at(-1) !== input.data.length || lengths.some((length) => length < 0)) {
      throw new Error(`Split of ${input.data.length} values into [${lengths.slice(0, 8)}].`);
    }
    return lengths.map((length, index) => ({
      shape: [length],
      data: input.data.subarray(ends[index] - length, ends[index]),
    }));
  },

  /** Of float32, where one factor is a single number. */
  Mul: (_node, [factor, values], reserve) => {
    if (!(factor.data instanceof Float32Array) || !(values.data instanceof Float32Array) || factor.data.length !== 1) {
      throw new Error('Mul: only a number of float32 times others.');
    }
    reserve(values.shape);
    const [by] = factor.data;
    return [{ shape: values.shape, data: values.data.map((value) => by * value) }];
  },
};

const isTensor = (value: Attribute | undefined): value is TensorProto =>
  typeof value === 'object' && '$typeName' in value;

function emptyLike<T extends ConstantData>(data: T, length: number): T {
  return new (data.constructor as new (length: number) => T)(length);
}

function byteData({ data }: Constant): Int8Array | Uint8Array {
  if (data instanceof Int8Array || data instanceof Uint8Array) return data;
  throw new Error('BitwiseOr: only of 8-bit integers.');
}
