import { expect, test } from 'vitest';
import { flips } from './flips.ts';

test('differences, and which way they went', () => {
  const labels = Int32Array.of(0, 1, 2, 3, 4, 9);
  const before = Int32Array.of(0, 1, 0, 0, 4);
  const now = Int32Array.of(0, 5, 2, 1, 4);
  expect(flips(before, now, labels)).toEqual({ images: [1, 2, 3], lost: 1, won: 1 });
  expect(flips(before, before, labels)).toEqual({ images: [], lost: 0, won: 0 });
});
