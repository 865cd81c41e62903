/** Windows that slide over an image: how many there are, where each begins, and what of it lies outside. */
import type { Size2, Window } from './types.ts';

/** Zeros (or whatever an operator ignores) around an image, in pixels. */
export type Pads = {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
};

/** What a window's padding puts on each side. */
export function padsOf({ padding }: Pick<Window, 'padding'>): Pads {
  if (typeof padding === 'number') return { top: padding, left: padding, bottom: padding, right: padding };
  const [top, left, bottom, right] = padding;
  return { top, left, bottom, right };
}

/** [H, W] of the padded image. */
export function paddedSize(window: Pick<Window, 'padding'>, [height, width]: ImageSize): Size2 {
  const { top, left, bottom, right } = padsOf(window);
  return [height + top + bottom, width + left + right];
}

/** [H, W], and whatever follows them. */
type ImageSize = readonly [height: number, width: number, ...rest: number[]];

/** [H, W] of the output: floor((size + pads - kernel) / stride) + 1. Less than 1 where no window fits. */
export function windowCounts(window: Window, size: ImageSize): [height: number, width: number] {
  const padded = paddedSize(window, size);
  const along = (axis: 0 | 1): number => Math.floor((padded[axis] - window.kernel[axis]) / window.stride) + 1;
  return [along(0), along(1)];
}

/**
 * The first row (or column) that the window of output row `at` reads: negative where it begins in the padding.
 * @param before the pad at the top (or left)
 */
export const windowStart = (at: number, stride: number, before: number): number => at * stride - before;

/** Whether a pixel belongs to the image, and not to its padding. */
export const isInside = (y: number, x: number, [height, width]: ImageSize): boolean =>
  y >= 0 && y < height && x >= 0 && x < width;

/** Pixels of a window, row by row, that of output (y, x): each place in the input, inside or out. */
export function windowPixels(window: Window, y: number, x: number): readonly (readonly [y: number, x: number])[] {
  const { top, left } = padsOf(window);
  const [height, width] = window.kernel;
  const [firstRow, firstColumn] = [windowStart(y, window.stride, top), windowStart(x, window.stride, left)];
  return Array.from({ length: height * width }, (_, tap) => [
    firstRow + Math.floor(tap / width),
    firstColumn + (tap % width),
  ]);
}

/**
 * What an average over this window needs beside: that each window holds a pixel of the image.
 * @throws Error naming the node whose pads reach across its window
 */
export function requireAverage(name: string, { kernel, padding }: Window): void {
  const { top, left, bottom, right } = padsOf({ padding });
  if (Math.max(top, bottom) >= kernel[0] || Math.max(left, right) >= kernel[1])
    throw new Error(
      `${name} averages ${kernel.join('x')} windows padded by ${padding}: some would hold no pixel at all.`,
    );
}

/**
 * @throws Error naming the node: a kernel or stride that is not positive, pads that are negative, a window larger than
 * its padded image
 */
export function requireWindow(name: string, window: Window, size: readonly number[]): void {
  const { kernel, stride, padding } = window;
  if (![...kernel, stride].every((each) => Number.isSafeInteger(each) && each > 0))
    throw new Error(`${name} has kernel and stride [${[...kernel, stride]}]: they must be positive integers.`);
  if (!Object.values(padsOf(window)).every((pad) => Number.isInteger(pad) && pad >= 0))
    throw new Error(`${name} has padding ${padding}: it must be zero or a positive integer.`);
  if (windowCounts(window, [size[0], size[1]]).some((count) => count < 1))
    throw new Error(`${name} has a ${kernel.join('x')} window, larger than its image [${size}] padded by ${padding}.`);
}
