/** Windows as Keras configures them: sizes, strides, and "same" or "valid" padding made numbers at the image's size. */
import { elementCount } from '../../graph/arrays.ts';
import type { Padding, Window } from '../../graph/types.ts';
import { describeLayer, pairOf, requireChannelsLast, shown, type Layer } from './config.ts';
import type { Sides, Value } from './values.ts';

/** Pixels along a side, at the most. */
export const MAX_SIDE = 1024;

/** "same": as many windows as size / stride, rounded up; an odd pixel goes behind the image (as in TensorFlow). */
function sameSides(size: number, kernel: number, stride: number): readonly [before: number, after: number] {
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + kernel - size, 0);
  const before = Math.floor(total / 2);
  return [before, total - before];
}

/** One number where all sides have it. */
export const paddingOf = (sides: Sides): Padding => (sides.every((side) => side === sides[0]) ? sides[0] : sides);

/**
 * The window of a layer over an image of [H, W, C], the zeros that wait around it counted in.
 * @param key the configuration's name for the window's size: kernel_size or pool_size
 * @throws Error naming the layer and what the graph cannot express
 */
export function windowOf(
  layer: Layer,
  key: 'kernel_size' | 'pool_size',
  { shape, pads }: Pick<Value, 'shape' | 'pads'>,
): Window {
  requireChannelsLast(layer);
  const kernel = pairOf(layer, key, key === 'pool_size' ? 2 : undefined);
  const strides = pairOf(layer, 'strides', key === 'pool_size' ? kernel : 1);
  const counts = [0, 1].map((axis) => Math.floor((shape[axis] - kernel[axis]) / strides[axis]) + 1);
  // A stride that takes no step may be any.
  const [stride] = counts[0] > 1 ? strides : [strides[1]];
  if (strides[0] !== strides[1] && counts.every((count) => count > 1))
    throw new Error(`${describeLayer(layer)} has strides [${strides}]: they must be equal.`);
  requirePlainWindow(layer);
  const { padding = 'valid' } = layer.config;
  if (padding !== 'same' && padding !== 'valid')
    throw new Error(`${describeLayer(layer)} pads by "${shown(padding)}": only "same" and "valid" can be imported.`);
  const [rows, columns] =
    padding === 'same'
      ? [sameSides(shape[0], kernel[0], strides[0]), sameSides(shape[1], kernel[1], strides[1])]
      : ([
          [0, 0],
          [0, 0],
        ] as const);
  const [top, left, bottom, right] = pads ?? [0, 0, 0, 0];
  return {
    kernel,
    stride,
    padding: paddingOf([top + rows[0], left + columns[0], bottom + rows[1], right + columns[1]]),
  };
}

function requirePlainWindow(layer: Layer): void {
  const dilation = layer.config.dilation_rate;
  const rates = dilation === undefined ? [1] : [dilation].flat();
  if (rates.some((rate) => rate !== 1))
    throw new Error(
      `${describeLayer(layer)} is dilated (${shown(dilation)}), which cannot be imported. Bring a network without dilation.`,
    );
}

/** The zeros that a ZeroPadding2D puts around its image. @throws Error naming the layer */
export function zerosOf(layer: Layer): Sides {
  requireChannelsLast(layer);
  const { padding = 1 } = layer.config;
  const sides = (Array.isArray(padding) ? padding : [padding, padding]).map((side: unknown) =>
    Array.isArray(side) ? (side as unknown[]) : [side, side],
  );
  const flat = sides.flat();
  const isPad = (each: unknown): each is number =>
    Number.isInteger(each) && (each as number) >= 0 && (each as number) <= MAX_SIDE;
  if (sides.length !== 2 || flat.length !== 4 || !flat.every(isPad))
    throw new Error(
      `${describeLayer(layer)} has the padding ${shown(padding)}, which must be whole numbers of pixels.`,
    );
  const [top, bottom, left, right] = flat;
  return [top, left, bottom, right];
}

/** Whether a window without padding is the whole image. */
export const isWhole = ({ kernel, padding }: Window, [height, width]: readonly number[]): boolean =>
  padding === 0 && kernel[0] === height && kernel[1] === width;

/** The sizes of a Reshape, -1 or null worked out. @throws Error naming the layer */
export function targetOf(layer: Layer, count: number): readonly number[] {
  const { target_shape: target } = layer.config;
  const isSize = (each: unknown): each is number | null =>
    each === null || (Number.isSafeInteger(each) && ((each as number) > 0 || each === -1));
  if (!Array.isArray(target) || target.length > 8 || !target.every(isSize))
    throw new Error(`${describeLayer(layer)} has the target_shape ${shown(target)}, which is no shape.`);
  const known = elementCount(target.filter((size): size is number => size !== null && size !== -1));
  return target.map((size) => (size === null || size === -1 ? count / known : size));
}
