import { describe, expect, test } from 'vitest';
import { CIFAR_IMAGE_BYTES, parseCifarBinary } from './cifarBinary.ts';

/** `count` images whose red, green and blue planes hold values that tell the planes and rows apart. */
function makeFile(count: number): Uint8Array {
  const bytes = new Uint8Array(count * CIFAR_IMAGE_BYTES);
  for (let image = 0; image < count; image++) {
    bytes[image * CIFAR_IMAGE_BYTES] = (image + 3) % 10;
    for (let i = 0; i < 3072; i++)
      bytes[image * CIFAR_IMAGE_BYTES + 1 + i] = (image * 50 + (i >> 10) * 17 + (i % 1024)) & 255;
  }
  return bytes;
}

describe('parseCifarBinary', () => {
  test('turns planes into channels last', () => {
    const set = parseCifarBinary(makeFile(2), 'two.bin');
    expect(set).toMatchObject({ height: 32, width: 32, count: 2 });
    expect(Array.from(set.labels)).toEqual([3, 4]);
    expect(set.pixels.length).toBe(2 * 32 * 32 * 3);
    const pixel = (image: number, y: number, x: number): number[] => {
      const at = ((image * 32 + y) * 32 + x) * 3;
      return Array.from(set.pixels.subarray(at, at + 3));
    };
    expect(pixel(0, 0, 0)).toEqual([0, 17, 34]);
    expect(pixel(0, 1, 2)).toEqual([34, 51, 68]);
    expect(pixel(1, 31, 31)).toEqual([50 + 1023, 67 + 1023, 84 + 1023].map((value) => value & 255));
  });

  test('refuses an empty file', () => {
    expect(() => parseCifarBinary(new Uint8Array(), 'none.bin')).toThrow('none.bin is empty');
  });

  test.each([1, 3072, 3074, 6145])('refuses %i bytes', (length) => {
    expect(() => parseCifarBinary(new Uint8Array(length), 'cut.bin')).toThrow(
      `cut.bin is ${length} bytes long, which is no multiple of 3073`,
    );
  });

  test('refuses a label above 9 and says which image', () => {
    const bytes = makeFile(3);
    bytes[2 * CIFAR_IMAGE_BYTES] = 10;
    expect(() => parseCifarBinary(bytes, 'odd.bin')).toThrow(
      "odd.bin gives image 2 the label 10, but CIFAR-10's labels are 0 to 9",
    );
  });
});
