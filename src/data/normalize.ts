/** Pixels to the network's float32 input. */
import { checkIndices, imageBytes } from './imageSet.ts';
import type { ChannelNormalization, ImageSet } from './types.ts';

/**
 * x for each channel and pixel value, at [channel * 256 + pixel]. Division, subtraction and division are each rounded
 * to float32, as torchvision's ToTensor and Normalize do, so the input is the same to the last bit everywhere.
 */
export function normalizationTable({ mean, std }: ChannelNormalization): Float32Array {
  if (mean.length !== 3 || std.length !== 3 || ![...mean, ...std].every(Number.isFinite) || std.some((s) => s <= 0)) {
    throw new Error('A normalization needs three means and three positive deviations, for red, green and blue.');
  }
  const table = new Float32Array(3 * 256);
  for (let channel = 0; channel < 3; channel++) {
    for (let pixel = 0; pixel < 256; pixel++) {
      const centred = Math.fround(Math.fround(pixel / 255) - Math.fround(mean[channel]));
      table[channel * 256 + pixel] = centred / Math.fround(std[channel]);
    }
  }
  return table;
}

/** As `normalize`, with the table made once and the indices known to be good. */
export function normalizeWith(
  table: Float32Array,
  set: ImageSet,
  indices: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  const size = imageBytes(set);
  const images = new Float32Array(indices.length * size);
  let out = 0;
  for (let i = 0; i < indices.length; i++) {
    const start = indices[i] * size;
    for (let at = start; at < start + size; at += 3) {
      images[out++] = table[set.pixels[at]];
      images[out++] = table[256 + set.pixels[at + 1]];
      images[out++] = table[512 + set.pixels[at + 2]];
    }
  }
  return images;
}

/**
 * x = (pixel / 255 - mean[c]) / std[c], each step rounded to float32.
 *
 * @returns [indices.length, H, W, 3]
 * @throws RangeError when an index is not one of the set's images; Error when the normalization is not for RGB
 */
export function normalize(
  set: ImageSet,
  indices: ArrayLike<number>,
  normalization: ChannelNormalization,
): Float32Array<ArrayBuffer> {
  checkIndices(set, indices);
  return normalizeWith(normalizationTable(normalization), set, indices);
}
