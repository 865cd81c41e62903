import { describe, expect, test } from 'vitest';
import { normal, seededRandom, uniform, xoshiro128 } from './random.ts';

const take = <T>(count: number, next: () => T): T[] => Array.from({ length: count }, next);

/** Moments 1 to 4 about zero. */
const moments = (values: readonly number[]): number[] =>
  [1, 2, 3, 4].map((power) => values.reduce((sum, value) => sum + value ** power, 0) / values.length);

describe('random', () => {
  test('is xoshiro128** 1.1', () => {
    expect(take(10, xoshiro128([1, 2, 3, 4]))).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  test('xoshiro128** gives the numbers of its authors’ implementation as numbers in [0, 1), too', () => {
    const words = take(6, uniform([1, 2, 3, 4])).map((x) => x * 2 ** 32);
    expect(words).toEqual([11520, 0, 5927040, 70819200, 2031721883, 1637235492]);
  });

  test('repeats from its seed, and differs between neighbours', () => {
    expect(take(5, seededRandom(7))).toEqual(take(5, seededRandom(7)));
    const firsts = [-1, 0, 1, 2, 3, 2 ** 31].map((seed) => seededRandom(seed)());
    expect(new Set(firsts.map((first) => first.toFixed(3))).size).toBe(firsts.length);
  });

  test('is uniform in [0, 1)', () => {
    const values = take(100_000, seededRandom(1));
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    moments(values).forEach((moment, index) => expect(moment).toBeCloseTo(1 / (index + 2), 2));
  });

  test('normal has the moments of a standard normal distribution', () => {
    const random = seededRandom(1);
    const [first, second, third, fourth] = moments(take(200_000, () => normal(random)));
    expect(first).toBeCloseTo(0, 1.7);
    expect(second).toBeCloseTo(1, 1.7);
    expect(Math.abs(third)).toBeLessThan(0.03);
    expect(Math.abs(fourth - 3)).toBeLessThan(0.1);
  });

  test('refuses a seed that is not an integer', () => {
    expect(() => seededRandom(0.5)).toThrow(/seed is 0\.5/);
    expect(() => seededRandom(NaN)).toThrow(/seed is NaN/);
  });
});
