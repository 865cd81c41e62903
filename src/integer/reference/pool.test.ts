/** Pools against windows written out, and the average against the rounded real mean. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MaxPoolNode } from '../../graph/types.ts';
import type { ActivationParams } from '../../quant/types.ts';
import { globalAvgPoolInteger, maxPoolInteger } from './pool.ts';

const grid = (scale: number, zeroPoint: number, qmax = 255): ActivationParams => ({
  scale,
  zeroPoint,
  qmin: 0,
  qmax,
  bits: 8,
});

describe('max pool 3x3, stride 2, padding 1', () => {
  const node: MaxPoolNode = { kind: 'maxPool', name: 'pool', input: 'x', kernel: [3, 3], stride: 2, padding: 1 };

  test('takes the greatest code of what lies inside the image', () => {
    const codes = Uint8Array.from({ length: 25 }, (_, i) => i);
    expect([...maxPoolInteger(node, codes, [5, 5, 1], [3, 3], grid(1, 3))]).toEqual([6, 8, 9, 16, 18, 19, 21, 23, 24]);
  });

  test('keeps channels and images apart', () => {
    const codes = Uint8Array.of(1, 20, 3, 10, 5, 6, 7, 8);
    expect([...maxPoolInteger(node, codes, [1, 2, 2], [1, 1], grid(1, 0))]).toEqual([3, 20, 7, 8]);
  });

  test('padding may differ by side', () => {
    const codes = Uint8Array.from({ length: 25 }, (_, i) => i);
    const window = { ...node, padding: [0, 0, 1, 2] } as const;
    expect([...maxPoolInteger(window, codes, [5, 5, 1], [2, 3], grid(1, 3))]).toEqual([12, 14, 14, 22, 24, 24]);
  });

  test('an image of zeros stays zero: padding never wins', () => {
    const pooled = maxPoolInteger(node, new Uint8Array(9), [3, 3, 1], [2, 2], grid(1, 128));
    expect([...pooled]).toEqual([0, 0, 0, 0]);
  });
});

describe('global average pool', () => {
  test('is the mean, brought to the output grid', () => {
    const pooled = globalAvgPoolInteger(Uint8Array.of(10, 100, 20, 200), 2, 2, grid(0.5, 0), grid(0.25, 5));
    expect([...pooled]).toEqual([35, 255]);
  });

  test('rounds a tie to even before it adds the zero point, and clamps to the grid', () => {
    const ties = globalAvgPoolInteger(Uint8Array.of(1, 0, 2, 1), 2, 1, grid(1, 0), grid(1, 3));
    expect([...ties]).toEqual([3, 5]);
    expect([...globalAvgPoolInteger(Uint8Array.of(200), 1, 1, grid(1, 0), grid(1, 0, 15))]).toEqual([15]);
  });

  test('lies within half a code of the real mean', () => {
    const arbitrary = fc.uint8Array({ minLength: 49, maxLength: 49 });
    const scale = fc.float({ min: Math.fround(0.01), max: 1, noNaN: true });
    const zero = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(arbitrary, scale, scale, zero, zero, (codes, sx, sy, zx, zy) => {
        const [code] = globalAvgPoolInteger(codes, 49, 1, grid(sx, zx), grid(sy, zy));
        const mean = (codes.reduce((sum, q) => sum + q - zx, 0) / 49) * sx;
        expect(Math.abs(code - Math.min(255, Math.max(0, mean / sy + zy)))).toBeLessThanOrEqual(0.5 + 0.01);
      }),
      { seed: 1 },
    );
  });
});
