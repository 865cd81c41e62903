import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rne } from './rounding.ts';

describe('rne', () => {
  test.each([
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [-0.5, 0],
    [-1.5, -2],
    [-2.5, -2],
    [3.49999, 3],
    [-3.50001, -4],
    [4194303.5, 4194304],
    [8388607.5, 8388608],
    [16777215, 16777215],
    [3.4028234663852886e38, 3.4028234663852886e38],
  ])('rne(%d) is %d', (x, expected) => {
    expect(rne(x)).toBe(expected);
  });

  test('NaN and infinities pass through', () => {
    expect([rne(NaN), rne(Infinity), rne(-Infinity)]).toEqual([NaN, Infinity, -Infinity]);
  });

  test('is the nearest integer for every float32, the even one at a tie', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (x) => {
        const rounded = rne(x);
        expect(Number.isInteger(rounded)).toBe(true);
        expect(Math.abs(rounded - x)).toBeLessThanOrEqual(0.5);
        if (Math.abs(rounded - x) === 0.5) expect(Math.abs(rounded % 2)).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });

  test('every tie between two small integers goes to the even one', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 22), max: 2 ** 22 }), (k) => {
        expect(rne(k + 0.5)).toBe(k % 2 === 0 ? k + 0 : k + 1);
      }),
    );
  });
});
