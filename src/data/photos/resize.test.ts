import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../bytes/fingerprint.ts';
import { noisePicture } from '../testing/noise.ts';
import { resize, resizeShorterSide } from './resize.ts';

describe('resize', () => {
  // Image.frombytes('RGB', (w, h), noise).resize((tw, th), Image.BILINEAR) in Pillow 12.3.0, SHA-256 of tobytes().
  test.each([
    [7, 5, 3, 4, 1, 'c07de5f5da424aa6de78afcbf27384093b39e68249b3018c8c03f588769585ba'],
    [5, 7, 9, 16, 2, 'd5976bb6437f42bd352cb5a65bfeddbb4ec55535bc894ed4ef386b7c308bdd6a'],
    [64, 48, 32, 32, 3, '4e0c8c6680159851b1a658e5690795e89a8d0ff8b689fb1a84517201d3f4eb1b'],
    [37, 101, 20, 55, 4, '0bc71096e7a4468d4e2a0df86b2ef8f4f1920f1d2255270d7886de91db045ddf'],
    [160, 213, 160, 160, 5, 'fe37152eb59972e6e89cec6bd1e6318ac8ab1aafce9605749e571946a3a60401'],
    [213, 160, 128, 96, 6, 'af4b7d901f86625ea4c5a67aa364977a3a075ab331f0bfbd40b0a9072ff7ab0f'],
    [1, 9, 4, 3, 7, '7e9d4a2ad8ef4e243c7a4f28dc10d23de6415eb41d53b37b7defe82c1d78cfa7'],
    [300, 400, 160, 213, 8, '58c4765177c8713189f5fed3ce45c0eb4a2427f4ba1380a2820f97574c09a156'],
  ])("%i x %i to %i x %i is Pillow's to the last bit", async (height, width, toHeight, toWidth, seed, expected) => {
    const { pixels } = resize(noisePicture(height, width, seed), toHeight, toWidth);
    expect(await sha256(pixels)).toBe(expected);
  });

  test('leaves one colour as it is, at any size', () => {
    const side = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(side, side, side, side, fc.nat(255), (height, width, toHeight, toWidth, level) => {
        const flat = { height, width, pixels: new Uint8Array(height * width * 3).fill(level) };
        expect(resize(flat, toHeight, toWidth).pixels.every((pixel) => pixel === level)).toBe(true);
      }),
      { seed: 1 },
    );
  });
});

test.each([
  [300, 400, 160, 160, 213],
  [400, 300, 160, 213, 160],
  [160, 160, 160, 160, 160],
  [500, 333, 224, 336, 224],
])('%i x %i with the shorter side %i becomes %i x %i', (height, width, side, toHeight, toWidth) => {
  const resized = resizeShorterSide(noisePicture(height, width, 1), side);
  expect([resized.height, resized.width]).toEqual([toHeight, toWidth]);
});
