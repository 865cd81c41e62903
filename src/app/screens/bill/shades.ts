/** A picture with few shades: what a bitwidth leaves of a colour's 256. */
import type { Bits } from '../../../quant/types.ts';

/** The nearest of 2^bits shades, evenly spread from 0 to 255. @param byte 0 to 255 */
export function shadeOf(byte: number, bits: Bits): number {
  const last = 2 ** bits - 1;
  return Math.round((Math.round((byte / 255) * last) / last) * 255);
}

/**
 * One image of a strip as opaque RGBA, each colour rounded to 2^bits shades.
 * @param pixels RGB bytes, [count, height, width, 3]
 * @param size width · height
 */
export function roundedPixels(pixels: Uint8Array, size: number, index: number, bits: Bits): Uint8ClampedArray {
  const table = Uint8Array.from({ length: 256 }, (_, byte) => shadeOf(byte, bits));
  const rgba = new Uint8ClampedArray(4 * size).fill(255);
  const first = index * size * 3;
  for (let i = 0; i < 3 * size; i++) rgba[4 * Math.floor(i / 3) + (i % 3)] = table[pixels[first + i]];
  return rgba;
}
