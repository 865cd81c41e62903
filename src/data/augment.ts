/** The random crop and flip of CIFAR training. */
import { imageBytes } from './imageSet.ts';
import { randomBelow, randomFor, STREAM } from '../base/shuffle.ts';
import type { ImageSet } from './types.ts';

/** Pixels of padding on each side before the random crop, as in the CIFAR experiments of He et al. 2015 (4.2). */
const CROP_PADDING = 4;

/**
 * Random crop, then horizontal flip with probability 1/2. As torchvision's RandomCrop before Normalize does, the
 * padding is black pixels (0), not the mean. An image's crop depends on (seed, epoch, image) alone.
 */
export function augmentWith(
  table: Float32Array,
  set: ImageSet,
  indices: Int32Array,
  seed: number,
  epoch: number,
): Float32Array<ArrayBuffer> {
  const { height, width, pixels } = set;
  const images = new Float32Array(indices.length * imageBytes(set));
  let out = 0;
  for (const image of indices) {
    const random = randomFor(STREAM.augment, seed, epoch, image);
    const top = randomBelow(random, 2 * CROP_PADDING + 1) - CROP_PADDING;
    const left = randomBelow(random, 2 * CROP_PADDING + 1) - CROP_PADDING;
    const flip = random() < 0.5;
    for (let row = 0; row < height; row++) {
      const y = row + top;
      for (let column = 0; column < width; column++) {
        const x = (flip ? width - 1 - column : column) + left;
        const inside = y >= 0 && y < height && x >= 0 && x < width;
        const at = ((image * height + y) * width + x) * 3;
        images[out++] = table[inside ? pixels[at] : 0];
        images[out++] = table[256 + (inside ? pixels[at + 1] : 0)];
        images[out++] = table[512 + (inside ? pixels[at + 2] : 0)];
      }
    }
  }
  return images;
}
