import { expect, test } from 'vitest';
import { BITS } from '../../../quant/types.ts';
import { roundedPixels, shadeOf } from './shades.ts';

test('b bits leave 2^b shades, from black to white, each byte its nearest', () => {
  for (const bits of BITS) {
    const shades = [...new Set(Array.from({ length: 256 }, (_, byte) => shadeOf(byte, bits)))];
    expect(shades).toHaveLength(2 ** bits);
    expect([shades[0], shades.at(-1)]).toEqual([0, 255]);
    for (let byte = 0; byte < 256; byte++) {
      const nearest = Math.min(...shades.map((shade) => Math.abs(shade - byte)));
      expect(Math.abs(shadeOf(byte, bits) - byte), `${byte} at ${bits}`).toBeLessThanOrEqual(nearest + 1);
    }
  }
});

test('one image of a strip becomes opaque, in its own colours', () => {
  const pixels = Uint8Array.from([1, 2, 3, 4, 5, 6, 250, 130, 10, 84, 86, 255]);
  expect([...roundedPixels(pixels, 2, 0, 8)]).toEqual([1, 2, 3, 255, 4, 5, 6, 255]);
  expect([...roundedPixels(pixels, 2, 1, 2)]).toEqual([255, 170, 0, 255, 85, 85, 255, 255]);
});
