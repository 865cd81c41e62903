/** Windows said otherwise: pads that follow from the image's size, and averages that are part of a convolution. */
import { lookUp } from '../../../base/lookUp.ts';
import type { NamedArray } from '../../../graph/types.ts';
import type { Attribute, OnnxNode } from '../parse.ts';
import { describeNode } from '../readers.ts';
import { valueOf } from './values.ts';
import type { Reading, Value } from './values.ts';

const WINDOWED = /^(?:Conv|MaxPool|AveragePool)$/;

/** Pads before and after one axis. */
type Sides = readonly [before: number, after: number];

/** ONNX's auto_pad: as many windows as size / stride, rounded up; an odd pixel goes before or after. */
function sameSides(size: number, kernel: number, stride: number, isLower: boolean): Sides {
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + kernel - size, 0);
  const less = Math.floor(total / 2);
  return isLower ? [total - less, less] : [less, total - less];
}

/** With ceil_mode the last window may begin inside and end outside: the pad that holds it. */
function ceilSides(size: number, kernel: number, stride: number, [before, after]: Sides): Sides {
  const padded = size + before + after;
  let windows = Math.ceil((padded - kernel) / stride) + 1;
  // One that would begin in the pad behind the image is left out.
  if ((windows - 1) * stride >= size + before) windows--;
  return [before, Math.max(after, (windows - 1) * stride + kernel - size - before)];
}

/**
 * The node with its pads in numbers, at the size that its input has in this file: auto_pad and ceil_mode become pads.
 * An average of windows that reach outside counts other pixels, and stays as it is.
 */
export function withPads(reading: Reading, node: OnnxNode): OnnxNode {
  const { attributes, opType } = node;
  const auto = attributes.get('auto_pad') ?? 'NOTSET';
  const isSame = auto === 'SAME_UPPER' || auto === 'SAME_LOWER';
  const isCeil = attributes.get('ceil_mode') === 1;
  if (!WINDOWED.test(opType) || !(isSame || isCeil)) return node;
  const { shape, pads: [top, left, bottom, right] = [0, 0, 0, 0] } = valueOf(reading, node);
  const list = (name: string, otherwise: readonly number[]): readonly number[] =>
    (attributes.get(name) as readonly number[] | undefined) ?? otherwise;
  const weights =
    node.inputs[1] && reading.constants.has(node.inputs[1]) ? reading.constants.get(node.inputs[1]) : null;
  const kernel = list('kernel_shape', weights?.shape.slice(2) ?? []);
  const strides = list('strides', [1, 1]);
  if (shape.length !== 4 || kernel.length !== 2 || strides.length !== 2) return node;
  const given = auto === 'VALID' ? [0, 0, 0, 0] : list('pads', [0, 0, 0, 0]);
  const sizes = [shape[2] + top + bottom, shape[3] + left + right];
  const sides = sizes.map((size, axis): Sides => {
    const own = [given[axis], given[axis + 2]] as const;
    return isSame
      ? sameSides(size, kernel[axis], strides[axis], auto === 'SAME_LOWER')
      : ceilSides(size, kernel[axis], strides[axis], own);
  });
  const pads = [sides[0][0], sides[1][0], sides[0][1], sides[1][1]];
  if (opType === 'AveragePool' && (isSame ? pads.some((pad) => pad > 0) : pads.join() !== given.join())) return node;
  return {
    ...node,
    attributes: new Map<string, Attribute>([...attributes, ['auto_pad', 'NOTSET'], ['ceil_mode', 0], ['pads', pads]]),
  };
}

/** An average over windows that lie side by side is the average over the whole image, seen in parts. */
export function tiles({ shapes }: Reading, { tensor, mean }: Value): boolean {
  if (!mean) return true;
  const [rows, columns] = lookUp(shapes, tensor, 'shape');
  const { kernel, stride } = mean;
  return kernel.every((side) => side === stride) && rows % kernel[0] === 0 && columns % kernel[1] === 0;
}

/** Why an average over some pixels has no place in the graph. */
export function averageRefusal(
  node: OnnxNode,
  { shapes }: Reading,
  { tensor }: Value,
  kernel: readonly number[],
): Error {
  const [rows, columns] = lookUp(shapes, tensor, 'shape');
  return new Error(
    `${describeNode(node)} averages ${kernel.join(' x ')} of ${rows} x ${columns} pixels: only an average over the whole image, or one that a 1x1 convolution reads, can be imported. Use nn.AdaptiveAvgPool2d(1).`,
  );
}

/** What a convolution of averages is: one of the pixels themselves. */
export type Convolved = { readonly node: OnnxNode; readonly weights: NamedArray };

/**
 * A 1x1 convolution of averages (as ResNet-D's shortcuts have it) is one convolution over their windows: each tap has
 * its weight divided by the number of taps.
 * @param weights [out, in, 1, 1]
 * @returns null, where it is no 1x1 convolution
 */
export function convolvedMean(node: OnnxNode, { mean }: Value, weights: NamedArray): Convolved | null {
  if (!mean) return null;
  const { kernel, stride } = mean;
  const [out, channels, ...size] = weights.shape;
  const all = (name: string, value: number): boolean =>
    ((node.attributes.get(name) as readonly number[] | undefined) ?? []).every((each) => each === value);
  const groups = Number(node.attributes.get('group') ?? 1);
  if (
    node.opType !== 'Conv' ||
    size.some((side) => side !== 1) ||
    groups !== 1 ||
    !all('strides', 1) ||
    !all('pads', 0)
  )
    return null;
  const taps = kernel[0] * kernel[1];
  const data = Float32Array.from(
    { length: weights.data.length * taps },
    (_, i) => weights.data[Math.floor(i / taps)] / taps,
  );
  const attributes = new Map<string, Attribute>([
    ...node.attributes,
    ['kernel_shape', kernel],
    ['strides', [stride, stride]],
  ]);
  return { node: { ...node, attributes }, weights: { shape: [out, channels, ...kernel], data } };
}
