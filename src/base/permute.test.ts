import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inverse, permute, type Shaped } from './permute.ts';

/** An array whose values are 0, 1, 2, ... */
const counting = (shape: readonly number[]): Shaped<Float32Array> => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => index),
});

describe('permute', () => {
  test('transposes a matrix', () => {
    expect(permute(counting([2, 3]), [1, 0])).toEqual({ shape: [3, 2], data: Float32Array.of(0, 3, 1, 4, 2, 5) });
  });

  test('turns OIHW into HWIO', () => {
    const [O, I, H, W] = [3, 2, 4, 5];
    const { shape, data } = permute(counting([O, I, H, W]), [2, 3, 1, 0]);
    expect(shape).toEqual([H, W, I, O]);
    for (let o = 0; o < O; o++)
      for (let i = 0; i < I; i++)
        for (let h = 0; h < H; h++)
          for (let w = 0; w < W; w++) expect(data[((h * W + w) * I + i) * O + o]).toBe(((o * I + i) * H + h) * W + w);
  });

  test('a permutation and its inverse change nothing', () => {
    const permutations = (shape: number[]) => fc.shuffledSubarray([...shape.keys()], { minLength: shape.length });
    const cases = fc
      .array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 })
      .chain((shape) => fc.tuple(fc.constant(shape), permutations(shape)));
    fc.assert(
      fc.property(cases, ([shape, axes]) => {
        expect(permute(permute(counting(shape), axes), inverse(axes))).toEqual(counting(shape));
      }),
      { seed: 7 },
    );
  });
});
