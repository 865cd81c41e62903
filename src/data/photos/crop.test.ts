import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomFor } from '../../base/shuffle.ts';
import { noisePicture } from '../testing/noise.ts';
import { centreView, crop, mirror, randomResizedCrop } from './crop.ts';
import type { Picture } from './picture.ts';

const pixel = ({ width, pixels }: Picture, y: number, x: number): number[] => [
  ...pixels.subarray((y * width + x) * 3, (y * width + x + 1) * 3),
];

test('a crop holds the pixels of its rectangle, and refuses one outside', () => {
  const picture = noisePicture(9, 13, 1);
  const cut = crop(picture, 2, 5, 4, 7);
  expect([cut.height, cut.width]).toEqual([4, 7]);
  for (let y = 0; y < 4; y++)
    for (let x = 0; x < 7; x++) expect(pixel(cut, y, x)).toEqual(pixel(picture, y + 2, x + 5));
  expect(() => crop(picture, 6, 0, 4, 4)).toThrow('not inside a picture of 9 x 13');
  expect(() => crop(picture, 0, -1, 4, 4)).toThrow('not inside');
});

test('a mirrored picture is the other way round, and mirrored twice itself', () => {
  const picture = noisePicture(5, 8, 2);
  const mirrored = mirror(picture);
  for (let y = 0; y < 5; y++)
    for (let x = 0; x < 8; x++) expect(pixel(mirrored, y, x)).toEqual(pixel(picture, y, 7 - x));
  expect(mirror(mirrored)).toEqual(picture);
});

describe('centreView', () => {
  // int(round(gap / 2)) in Python: halves go to the even number.
  test.each([
    [161, 0],
    [163, 2],
    [165, 2],
    [167, 4],
    [170, 5],
  ])('of %i columns leaves out the first %i', (width, left) => {
    const picture = noisePicture(160, width, 3);
    expect(centreView(picture, 160)).toEqual(crop(picture, 0, left, 160, 160));
  });

  test('resizes first where asked to', () => {
    const view = centreView(noisePicture(320, 480, 4), 224, 256);
    expect([view.height, view.width]).toEqual([224, 224]);
  });
});

describe('randomResizedCrop', () => {
  test('gives the size asked for from any picture, and the same for the same key', () => {
    const side = fc.integer({ min: 1, max: 80 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 1, max: 40 }), fc.nat(), (height, width, to, seed) => {
        const picture = noisePicture(height, width, 5);
        const cut = randomResizedCrop(picture, to, randomFor(seed));
        expect([cut.height, cut.width, cut.pixels.length]).toEqual([to, to, to * to * 3]);
        expect(randomResizedCrop(picture, to, randomFor(seed))).toEqual(cut);
      }),
      { seed: 1 },
    );
  });

  test('never leaves a picture that is one colour, and moves about in one that is not', () => {
    const ramp = {
      height: 40,
      width: 60,
      pixels: Uint8Array.from({ length: 40 * 60 * 3 }, (_, i) => Math.floor(i / 3) % 60),
    };
    const means = Array.from({ length: 200 }, (_, seed) => {
      const { pixels } = randomResizedCrop(ramp, 16, randomFor(seed));
      return pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
    });
    expect(Math.min(...means)).toBeLessThan(24);
    expect(Math.max(...means)).toBeGreaterThan(35);
    // The mean over all crops is the picture's middle, 29.5; its deviation is about 0.35.
    expect(Math.abs(means.reduce((a, b) => a + b) / means.length - 29.5)).toBeLessThan(1.8);
  });
});
