/** Putting image sets together and picking from them. */
import type { ImageSet } from './types.ts';

/** Bytes of one image, height * width * 3. */
export const imageBytes = (set: ImageSet): number => set.height * set.width * 3;

/**
 * The sets end to end.
 * @throws when there is none, or their sizes differ
 */
export function concatenate(sets: readonly ImageSet[]): ImageSet {
  if (sets.length === 0) throw new Error('No image set to put together: give at least one.');
  const [{ height, width, classes }] = sets;
  const odd = sets.find((set) => set.height !== height || set.width !== width);
  if (odd) throw new Error(`Image sets of ${height}x${width} and ${odd.height}x${odd.width} cannot be put together.`);
  const count = sets.reduce((sum, set) => sum + set.count, 0);
  const pixels = new Uint8Array(count * height * width * 3);
  const labels = new Int32Array(count);
  let first = 0;
  for (const set of sets) {
    pixels.set(set.pixels, first * imageBytes(set));
    labels.set(set.labels, first);
    first += set.count;
  }
  return { height, width, count, pixels, labels, classes };
}

/** @throws RangeError when an index is not one of the set's images */
export function checkIndices(set: Pick<ImageSet, 'count'>, indices: ArrayLike<number>): void {
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i];
    if (!Number.isInteger(index) || index < 0 || index >= set.count) {
      throw new RangeError(`Image ${index} was asked for, but the set holds images 0 to ${set.count - 1}.`);
    }
  }
}

/**
 * The images at `indices`, in that order, copied.
 * @throws RangeError when an index is not one of the set's images
 */
export function subset(set: ImageSet, indices: ArrayLike<number>): ImageSet {
  checkIndices(set, indices);
  const size = imageBytes(set);
  const pixels = new Uint8Array(indices.length * size);
  const labels = new Int32Array(indices.length);
  for (let i = 0; i < indices.length; i++) {
    pixels.set(set.pixels.subarray(indices[i] * size, (indices[i] + 1) * size), i * size);
    labels[i] = set.labels[indices[i]];
  }
  return { height: set.height, width: set.width, count: indices.length, pixels, labels, classes: set.classes };
}
