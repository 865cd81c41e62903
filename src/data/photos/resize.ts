/**
 * Resizing as Pillow does it (src/libImaging/Resample.c, BILINEAR on 8 bits; torchvision's antialias=True): a triangle
 * as wide as a target pixel, weights in fixed point, each pass rounded to bytes. Integers only, so the pixels are the
 * same in every browser and in Node.
 */
import type { Bytes } from '../types.ts';
import type { Picture } from './picture.ts';

/** Weights are multiples of 2^-22: their sum times 255 and the rounding half stay below 2^31. */
const PRECISION = 22;
const HALF = 1 << (PRECISION - 1);

type Weights = {
  /** For each target pixel, the first source pixel it reads. */
  readonly first: Int32Array;
  /** For each target pixel, how many it reads. */
  readonly count: Int32Array;
  /** [target, most], fixed point. */
  readonly weights: Int32Array;
  readonly most: number;
};

function triangleWeights(from: number, to: number): Weights {
  const scale = from / to;
  const support = Math.max(scale, 1);
  const most = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  const weights = new Int32Array(to * most);
  const row = new Float64Array(most);
  for (let target = 0; target < to; target++) {
    const centre = (target + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(from, Math.trunc(centre + support + 0.5));
    let sum = 0;
    for (let i = 0; i < end - start; i++) {
      row[i] = Math.max(0, 1 - Math.abs((i + start - centre + 0.5) / support));
      sum += row[i];
    }
    for (let i = 0; i < end - start; i++)
      weights[target * most + i] = Math.trunc(0.5 + (row[i] / sum) * 2 ** PRECISION);
    first[target] = start;
    count[target] = end - start;
  }
  return { first, count, weights, most };
}

function resizeRows(pixels: Bytes, height: number, width: number, to: number): Bytes {
  const { first, count, weights, most } = triangleWeights(width, to);
  const out = new Uint8Array(height * to * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < to; x++) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let source = (y * width + first[x]) * 3;
      const end = x * most + count[x];
      for (let i = x * most; i < end; i++, source += 3) {
        const weight = weights[i];
        red += pixels[source] * weight;
        green += pixels[source + 1] * weight;
        blue += pixels[source + 2] * weight;
      }
      out[at++] = Math.min(255, red >> PRECISION);
      out[at++] = Math.min(255, green >> PRECISION);
      out[at++] = Math.min(255, blue >> PRECISION);
    }
  }
  return out;
}

function resizeColumns(pixels: Bytes, height: number, width: number, to: number): Bytes {
  const { first, count, weights, most } = triangleWeights(height, to);
  const stride = width * 3;
  const out = new Uint8Array(to * stride);
  const sums = new Int32Array(stride);
  for (let y = 0; y < to; y++) {
    sums.fill(HALF);
    for (let i = 0; i < count[y]; i++) {
      const weight = weights[y * most + i];
      const source = (first[y] + i) * stride;
      for (let x = 0; x < stride; x++) sums[x] += pixels[source + x] * weight;
    }
    for (let x = 0; x < stride; x++) out[y * stride + x] = Math.min(255, sums[x] >> PRECISION);
  }
  return out;
}

/** @returns [height, width, 3]; the picture itself where it has that size */
export function resize(picture: Picture, height: number, width: number): Picture {
  const wide =
    picture.width === width ? picture.pixels : resizeRows(picture.pixels, picture.height, picture.width, width);
  const pixels = picture.height === height ? wide : resizeColumns(wide, picture.height, width, height);
  return { height, width, pixels };
}

/** The size at which the shorter side is `side` and the longer one is rounded down, as torchvision's Resize has it. */
export const shorterSideSize = (
  { height, width }: Pick<Picture, 'height' | 'width'>,
  side: number,
): { height: number; width: number } =>
  height <= width
    ? { height: side, width: Math.trunc((side * width) / height) }
    : { height: Math.trunc((side * height) / width), width: side };

/** Resizes so that the shorter side is `side`. */
export function resizeShorterSide(picture: Picture, side: number): Picture {
  const { height, width } = shorterSideSize(picture, side);
  return resize(picture, height, width);
}
