import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { nodeDecode } from './decode.ts';
import { jpegOrientation, upright } from '../photos/orientation.ts';
import { noisePicture } from '../testing/noise.ts';
import type { Bytes } from '../types.ts';

/** Left half black, right half white, the top row grey: turned or mirrored, it is another. */
const WIDTH = 16;
const HEIGHT = 8;

function encoded(): Bytes {
  const data = new Uint8Array(WIDTH * HEIGHT * 4);
  for (let i = 0; i < WIDTH * HEIGHT; i++) data.fill(i % WIDTH < WIDTH / 2 ? 0 : 255, i * 4, i * 4 + 3);
  return new Uint8Array(jpeg.encode({ data, width: WIDTH, height: HEIGHT }, 100).data);
}

/** An APP1 segment with one directory entry, after SOI. */
function withOrientation(file: Bytes, value: number, little: boolean): Bytes {
  const tiff = new DataView(new ArrayBuffer(26));
  tiff.setUint16(0, little ? 0x4949 : 0x4d4d);
  tiff.setUint16(2, 42, little);
  tiff.setUint32(4, 8, little);
  tiff.setUint16(8, 1, little);
  tiff.setUint16(10, 0x0112, little);
  tiff.setUint16(12, 3, little);
  tiff.setUint32(14, 1, little);
  tiff.setUint16(18, value, little);
  const segment = [0xff, 0xe1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, ...new Uint8Array(tiff.buffer)];
  return Uint8Array.from([...file.subarray(0, 2), ...segment, ...file.subarray(2)]);
}

describe('nodeDecode', () => {
  test("gives a PNG's pixels, clear ones as white", async () => {
    const { pixels } = noisePicture(9, 7, 1);
    const image = new PNG({ height: 9, width: 7 });
    for (let i = 0; i < 63; i++) image.data.set([...pixels.subarray(i * 3, i * 3 + 3), i === 0 ? 0 : 255], i * 4);
    const decoded = await nodeDecode(new Uint8Array(PNG.sync.write(image)), 'a.png');
    expect([decoded.height, decoded.width]).toEqual([9, 7]);
    expect([...decoded.pixels]).toEqual([255, 255, 255, ...pixels.subarray(3)]);
  });

  test('turns a JPEG upright', async () => {
    for (const little of [true, false]) {
      const picture = await nodeDecode(withOrientation(encoded(), 6, little), 'a.jpg');
      expect([picture.height, picture.width]).toEqual([WIDTH, HEIGHT]);
      // 6: the camera's left is the picture's top.
      expect(picture.pixels[0]).toBeLessThan(30);
      expect(picture.pixels[picture.pixels.length - 1]).toBeGreaterThan(225);
    }
  });

  test('names a damaged image', async () => {
    await expect(nodeDecode(encoded().slice(0, 300), 'pets/cat/1.jpg')).rejects.toThrow('pets/cat/1.jpg is damaged');
  });
});

describe('orientation', () => {
  test('is 1 where there is none, or nonsense', () => {
    expect(jpegOrientation(encoded())).toBe(1);
    expect(jpegOrientation(withOrientation(encoded(), 77, true))).toBe(1);
    expect(jpegOrientation(Uint8Array.of(0xff, 0xd8, 0xff, 0xe1))).toBe(1);
    for (let value = 1; value <= 8; value++)
      expect(jpegOrientation(withOrientation(encoded(), value, false))).toBe(value);
  });

  // A picture of two rows, 1 2 3 over 4 5 6, as each orientation stores it (EXIF 2.32, figure 4).
  test.each([
    [1, 2, 3, [1, 2, 3, 4, 5, 6]],
    [2, 2, 3, [3, 2, 1, 6, 5, 4]],
    [3, 2, 3, [6, 5, 4, 3, 2, 1]],
    [4, 2, 3, [4, 5, 6, 1, 2, 3]],
    [5, 3, 2, [1, 4, 2, 5, 3, 6]],
    [6, 3, 2, [3, 6, 2, 5, 1, 4]],
    [7, 3, 2, [6, 3, 5, 2, 4, 1]],
    [8, 3, 2, [4, 1, 5, 2, 6, 3]],
  ])('%i is made upright', (orientation, height, width, stored) => {
    const picture = upright(
      { height, width, pixels: Uint8Array.from(stored.flatMap((value) => [value, value, value])) },
      orientation,
    );
    expect([picture.height, picture.width]).toEqual([2, 3]);
    expect([...picture.pixels].filter((_, i) => i % 3 === 0)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
