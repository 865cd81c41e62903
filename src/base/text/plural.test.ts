import { expect, test } from 'vitest';
import { plural, pluralOf, spelled } from './plural.ts';

test('one is one, and nothing else is', () => {
  expect([0, 1, 2, 21].map((n) => plural(n, 'picture'))).toEqual([
    '0 pictures',
    '1 picture',
    '2 pictures',
    '21 pictures',
  ]);
  expect(['1', '1,000'].map((n) => plural(n, 'class', 'classes'))).toEqual(['1 class', '1,000 classes']);
  expect([1, 2].map((n) => pluralOf(n, 'is', 'are'))).toEqual(['is', 'are']);
  expect([1, 2].map((n) => spelled(n, 'thread'))).toEqual(['one thread', '2 threads']);
});
