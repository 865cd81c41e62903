/** Permutations of axes, written out. */
import { expect, test } from 'vitest';
import { channelsFirst, channelsLast, hwioToOihw, oihwToHwio } from './layout.ts';

test('a kernel [kh, kw, in, out] becomes [out, in, kh, kw]', () => {
  const shape = [2, 3, 4, 5];
  const kernel = Float32Array.from({ length: 120 }, (_, i) => i);
  const permuted = hwioToOihw(kernel, shape);
  for (let y = 0; y < 2; y++)
    for (let x = 0; x < 3; x++)
      for (let i = 0; i < 4; i++)
        for (let o = 0; o < 5; o++)
          expect(permuted[((o * 4 + i) * 2 + y) * 3 + x]).toBe(kernel[((y * 3 + x) * 4 + i) * 5 + o]);
  expect(oihwToHwio(permuted, [5, 4, 2, 3])).toEqual(kernel);
});

test('images go channels first and back', () => {
  const images = Uint8Array.from([1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60]);
  const planes = channelsFirst(images, 2, 2);
  expect([...planes]).toEqual([1, 2, 3, 10, 20, 30, 4, 5, 6, 40, 50, 60]);
  expect(channelsLast(planes, 2, 2)).toEqual(images);
});

test('the array that went in stays as it was', () => {
  const images = Int8Array.of(1, 2, 3, 4);
  channelsFirst(images, 1, 2);
  expect([...images]).toEqual([1, 2, 3, 4]);
});
