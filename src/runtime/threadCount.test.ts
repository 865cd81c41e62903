/** Threads by cores, and one where memory cannot be shared. */
import { expect, test } from 'vitest';
import { threadCount } from './threadCount.ts';

test.each([
  [1, true, 1],
  [2, true, 1],
  [3, true, 2],
  [8, true, 4],
  [64, true, 4],
  [8, false, 1],
])('%i cores, isolated %s: %i threads', (cores, isolated, threads) => {
  expect(threadCount(cores, isolated)).toBe(threads);
});
