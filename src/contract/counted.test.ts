import { expect, test } from 'vitest';
import { counted } from './counted.ts';

const labels = Int32Array.of(0, 1, 2, 3, 4);
const result = { top1: 0.5, predictions: Int32Array.of(0, 1, 0, 0), name: 'x' };

test('a top-1 that follows from its predictions stays', () => {
  expect(counted(result, labels)).toBe(result);
});

test('one that does not is counted again, and marked', () => {
  expect(counted({ ...result, top1: 1 }, labels)).toEqual({ ...result, altered: true });
});

test('on more images than are here nothing is known', () => {
  const more = { ...result, predictions: new Int32Array(6) };
  expect(counted(more, labels)).toBe(more);
});
