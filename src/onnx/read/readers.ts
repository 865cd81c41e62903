/** What the readers of float and of quantized files share: operators to graph nodes, and the file's metadata. */
import { distinctNames } from '../../base/plainText.ts';
import type { Normalization, Padding, Size2, TensorName, Window } from '../../graph/types.ts';
import { refusal } from './parse.ts';
import type { OnnxFile, OnnxNode } from './parse.ts';

/** Pixels along a side, at the most. */
const MAX_SIDE = 1024;

/** "Conv (layer1.0.conv1)", for messages. */
export const describeNode = ({ opType, name, outputs }: OnnxNode): string => `${opType} (${name || outputs[0]})`;

/** Whether the file's input is [N, H, W, C], as networks of TensorFlow's have it. */
export function isChannelsLast({ input: { dims } }: Pick<OnnxFile, 'input'>): boolean {
  const few = (size: number | null | undefined): boolean => typeof size === 'number' && size <= 4;
  return dims.length === 4 && few(dims[3]) && !few(dims[1]);
}

/**
 * [H, W, C] of the file's input [N, C, H, W] or [N, H, W, C].
 * @param side of a square input, where the file leaves height and width open
 */
export function inputShapeOf(
  file: Pick<OnnxFile, 'input' | 'fileName'>,
  side: number | undefined,
): readonly [number, number, number] {
  const { input, fileName } = file;
  const [, first, second, third] = input.dims;
  const [channels, height, width] = isChannelsLast(file) ? [third, first, second] : [first, second, third];
  const shape = [height ?? side, width ?? side, channels] as const;
  if (
    input.dims.length !== 4 ||
    shape.some((size) => typeof size !== 'number' || !Number.isInteger(size) || size < 1 || size > MAX_SIDE)
  ) {
    throw refusal(
      fileName,
      `its input is [${input.dims.map((size) => size ?? '?').join(', ')}]; it must be [N, C, H, W] with fixed C, H and W up to ${MAX_SIDE}.`,
    );
  }
  return shape as readonly [number, number, number];
}

/** The window of a Conv or MaxPool. @throws Error naming the attribute that a graph cannot express */
export function windowOf(node: OnnxNode, kernel: readonly number[]): Window {
  const ints = (name: string, otherwise: readonly number[]): readonly number[] => {
    const value = node.attributes.get(name);
    return Array.isArray(value) ? (value as number[]) : otherwise;
  };
  const only = (name: string, values: readonly number[]): number => {
    if (new Set(values).size !== 1)
      throw new Error(`${describeNode(node)} has ${name} [${values}]: they must all be equal.`);
    return values[0];
  };
  const text = node.attributes.get('auto_pad') ?? 'NOTSET';
  if (text !== 'NOTSET' && text !== 'VALID')
    throw new Error(`${describeNode(node)} pads by ${String(text)}: it must say its pads in numbers.`);
  if (ints('dilations', [1, 1]).some((each) => each !== 1)) throw new Error(`${describeNode(node)} is dilated.`);
  if ((node.attributes.get('ceil_mode') ?? 0) !== 0)
    throw new Error(`${describeNode(node)} rounds its size up (ceil_mode).`);
  const size = ints('kernel_shape', kernel);
  if (size.length !== 2) throw new Error(`${describeNode(node)} has a window of [${size}]: it must be of two sides.`);
  return {
    kernel: size as unknown as Size2,
    stride: only('strides', ints('strides', [1, 1])),
    padding: paddingOf(text === 'VALID' ? [0, 0, 0, 0] : ints('pads', [0, 0, 0, 0])),
  };
}

/** One number where all sides have it. */
function paddingOf(pads: readonly number[]): Padding {
  if (pads.length !== 4) throw new Error(`a window has the pads [${pads}]: they must be four, one for each side.`);
  return pads.every((pad) => pad === pads[0]) ? pads[0] : (pads as unknown as Padding);
}

/** The graph's tensor that an ONNX name stands for, so far. @throws Error where nothing before wrote it */
export function writtenBefore<T>(values: ReadonlyMap<string, T>, name: string, node: OnnxNode): T {
  const value = values.get(name);
  if (value === undefined) {
    throw new Error(
      `${describeNode(node)} reads ${name || 'an input it does not have'}, which no operator before it writes: the graph is cut, cyclic or out of order.`,
    );
  }
  return value;
}

/** Class names from the metadata, or null. @throws Error unless they are `count` names */
export function classesIn({ metadata, fileName }: OnnxFile, count: number): readonly string[] | null {
  const classes = json(metadata, 'classes', fileName);
  if (classes === undefined) return null;
  if (!Array.isArray(classes) || !classes.every((name) => typeof name === 'string'))
    throw refusal(fileName, 'its class names are no list of names.');
  if (classes.length !== count) throw refusal(fileName, `it has ${count} classes, but ${classes.length} class names.`);
  return distinctNames(classes, (what) => refusal(fileName, `${what}.`));
}

/** Mean and std from the metadata, or null. @throws Error unless they are as many as channels, std above zero */
export function normalizationIn({ metadata, fileName }: OnnxFile, channels: number): Normalization | null {
  const value = json(metadata, 'normalization', fileName);
  if (value === undefined) return null;
  const { mean, std } = (typeof value === 'object' && value !== null ? value : {}) as { mean?: unknown; std?: unknown };
  const isVector = (list: unknown): list is number[] =>
    Array.isArray(list) && list.length === channels && list.every(Number.isFinite);
  if (!isVector(mean) || !isVector(std) || std.some((each) => each <= 0)) {
    throw refusal(fileName, `its normalization must be a mean and a std above zero for each of ${channels} channels.`);
  }
  return { mean, std };
}

/** A list of tensor names from the metadata, or none. */
export function namesIn({ metadata, fileName }: OnnxFile, key: string): ReadonlySet<TensorName> {
  const value = json(metadata, key, fileName) ?? [];
  if (!Array.isArray(value) || !value.every((name) => typeof name === 'string'))
    throw refusal(fileName, `its metadata's ${key} is no list of names.`);
  return new Set(value);
}

/** @throws Error naming the key whose value is no JSON */
export function json(metadata: ReadonlyMap<string, string>, key: string, fileName: string): unknown {
  const text = metadata.get(key);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refusal(fileName, `its metadata's ${key} is not JSON.`, cause);
  }
}
