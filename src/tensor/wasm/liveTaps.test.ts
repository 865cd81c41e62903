import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { liveTaps } from './liveTaps.ts';

test.each([
  [
    { size: 1, kernel: 3, stride: 1, before: 1, outputs: 1 },
    { first: 1, last: 1 },
  ],
  [
    { size: 2, kernel: 3, stride: 2, before: 1, outputs: 1 },
    { first: 1, last: 2 },
  ],
  [
    { size: 2, kernel: 3, stride: 1, before: 1, outputs: 2 },
    { first: 0, last: 2 },
  ],
  [
    { size: 1, kernel: 7, stride: 2, before: 3, outputs: 1 },
    { first: 3, last: 3 },
  ],
])('%j has the live taps %j', ({ size, kernel, stride, before, outputs }, live) => {
  expect(liveTaps(size, kernel, stride, before, outputs)).toEqual(live);
});

test('no tap outside the live ones reads the image, and the first and the last do', () => {
  const shape = fc.record({
    size: fc.integer({ min: 1, max: 6 }),
    half: fc.integer({ min: 0, max: 3 }),
    stride: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(
    fc.property(shape, ({ size, half, stride }) => {
      const kernel = 2 * half + 1;
      const outputs = Math.floor((size + 2 * half - kernel) / stride) + 1;
      const { first, last } = liveTaps(size, kernel, stride, half, outputs);
      const reads = (tap: number): boolean =>
        Array.from({ length: outputs }, (_, o) => o * stride + tap - half).some((place) => place >= 0 && place < size);
      for (let tap = 0; tap < kernel; tap++) if (tap < first || tap > last) expect(reads(tap)).toBe(false);
      expect(reads(first) && reads(last)).toBe(true);
    }),
  );
});
