/** Output channels of a kernel: the last axis, [.., out]. */
import type { NamedArray } from '../../graph/types.ts';

/** The weights of output channel c, in the kernel's order. @throws naming the channels there are */
export function channelOf({ data, shape }: NamedArray, c: number): Float32Array {
  const out = shape[shape.length - 1];
  if (!Number.isInteger(c) || c < 0 || c >= out)
    throw new RangeError(`There is no output channel ${c}: they are 0 to ${out - 1}.`);
  return Float32Array.from({ length: data.length / out }, (_, row) => data[row * out + c]);
}

/** Of at least one number. */
export function extremesOf(values: Float32Array): [least: number, greatest: number] {
  let [least, greatest] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return [least, greatest];
}
