import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { affineParams, dequantizeValue, quantizeValue, symmetricParams, type Range } from '../affine.ts';
import { createObserver, statisticsOf, type Statistics } from './observer.ts';
import { rangeOf } from './ranges.ts';
import { qRange } from '../schemes.ts';
import { CANDIDATES, errorPower, gridError, searchRange } from './search.ts';
import type { Grid } from './grid.ts';
import { BITS, type Bits } from '../types.ts';

/** Seeded, so that the figures below hold on every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

function normals(count: number, seed: number): Float32Array {
  const next = random(seed);
  return Float32Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next()));
}

const gridOf = (bits: Bits, symmetric: boolean): Grid => ({ ...qRange(bits, symmetric), symmetric });

/** The definition, without tables, histograms or early stops. */
function bruteError(values: Float32Array, { lo, hi }: Range, grid: Grid, exponent: number): number {
  const params = (grid.symmetric ? symmetricParams : affineParams)(lo, hi, grid.qmin, grid.qmax);
  let sum = 0;
  for (const x of values) sum += Math.abs(x - dequantizeValue(quantizeValue(x, params), params)) ** exponent;
  return sum;
}

function bruteBest(values: Float32Array, { min, max }: Statistics, grid: Grid): number {
  const errors = Array.from({ length: CANDIDATES }, (_, i) => {
    const fraction = (i + 1) / CANDIDATES;
    return bruteError(values, { lo: Math.min(min, 0) * fraction, hi: Math.max(max, 0) * fraction }, grid, 2.4);
  });
  return Math.min(...errors);
}

function observe(values: Float32Array): Statistics {
  const observer = createObserver('t');
  observer.observe(values);
  return observer.statistics();
}

const relu = (values: Float32Array) => values.map((x) => Math.max(x, 0));
/** Normal in the bulk with the tails of a trained layer. */
const heavy = (values: Float32Array) => values.map((x) => x * Math.abs(x));

describe('gridError', () => {
  test('is the sum of |error|^p', () => {
    const cases = fc.tuple(
      fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 1, maxLength: 50 }),
      fc.float({ min: 0.5, max: 10, noNaN: true }),
    );
    fc.assert(
      fc.property(
        cases,
        fc.constantFrom(...BITS),
        fc.boolean(),
        fc.constantFrom(2, 2.4),
        ([list, top], bits, symmetric, exponent) => {
          const values = Float32Array.from(list);
          const range = { lo: -top / 2, hi: top };
          const grid = gridOf(bits, symmetric);
          const { points } = statisticsOf(values, 't');
          const exact = bruteError(values, range, grid, exponent);
          // The table's error, and a float32 rounding of each value's error.
          const slack = values.length * 1e-5 * (top / (grid.qmax - grid.qmin)) ** exponent + exact * 1e-4 + 1e-12;
          expect(Math.abs(gridError(points, range, grid, errorPower(exponent)) - exact)).toBeLessThanOrEqual(slack);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('stops with Infinity past the limit', () => {
    const { points } = statisticsOf(Float32Array.of(1, 2, 3, 100), 't');
    const grid = gridOf(4, true);
    expect(gridError(points, { lo: -1, hi: 1 }, grid, errorPower(2), 10)).toBe(Infinity);
    expect(gridError(points, { lo: -1, hi: 1 }, grid, errorPower(2))).toBeGreaterThan(9000);
  });
});

describe('the searched range', () => {
  test('is never worse than min/max on the values themselves', () => {
    const values = fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, fc.constantFrom(...BITS), fc.boolean(), (list, bits, symmetric) => {
        const tensor = Float32Array.from(list);
        const statistics = statisticsOf(tensor, 't');
        const grid = gridOf(bits, symmetric);
        const searched = bruteError(tensor, rangeOf('mse', statistics, grid), grid, 2.4);
        const minmax = bruteError(tensor, rangeOf('minmax', statistics, grid), grid, 2.4);
        const slack = tensor.length * 1e-5 * Math.max(...tensor.map(Math.abs)) ** 2.4;
        expect(searched).toBeLessThanOrEqual(minmax * (1 + 1e-4) + slack);
      }),
      { numRuns: 500 },
    );
  });

  test.each(BITS)('%d bits: within a hundredth of trying all 100 thresholds on every weight', (bits) => {
    const grid = gridOf(bits, true);
    let searched = 0;
    let brute = 0;
    for (const [seed, size] of [
      [1, 27],
      [2, 144],
      [3, 576],
      [4, 1152],
      [5, 2304],
    ]) {
      const values = normals(size, seed);
      const statistics = statisticsOf(values, 't');
      searched += bruteError(values, rangeOf('mse', statistics, grid), grid, 2.4) / size;
      brute += bruteBest(values, statistics, grid) / size;
    }
    expect(searched / brute).toBeLessThan(1.01);
  });

  test.each(BITS)("%d bits: an activation's histogram is as good as its values, to two hundredths", (bits) => {
    const grid = gridOf(bits, false);
    for (const values of [relu(heavy(normals(4000, 7))), heavy(normals(4000, 8)), normals(4000, 9)]) {
      const statistics = observe(values);
      const searched = bruteError(values, rangeOf('mse', statistics, grid), grid, 2.4);
      expect(searched).toBeLessThan(bruteBest(values, statistics, grid) * 1.02);
    }
  });

  test('a lopsided tensor gets a lopsided range', () => {
    const values = Float32Array.from([...normals(5000, 3).map(Math.abs), -40]);
    const statistics = observe(values);
    const grid = gridOf(2, false);
    const { lo, hi } = rangeOf('mse', statistics, grid);
    const together = bruteBest(values, statistics, grid);
    expect(bruteError(values, { lo, hi }, grid, 2.4)).toBeLessThan(together);
    expect(hi).toBeGreaterThan(0);
  });

  test('after ReLU the low end stays 0', () => {
    const statistics = observe(relu(normals(5000, 11)));
    const range = rangeOf('mse', statistics, gridOf(3, false));
    expect(range.lo).toBe(0);
    expect(range.hi).toBeLessThan(statistics.max);
    expect(affineParams(range.lo, range.hi, 0, 7).zeroPoint).toBe(0);
  });

  test('the exponent weighs the outliers: 4 keeps more of the range than 2', () => {
    const { points, min, max } = statisticsOf(heavy(normals(1000, 5)), 't');
    const end = (exponent: number) =>
      searchRange(points, { lo: min, hi: max }, gridOf(4, true), errorPower(exponent)).hi;
    expect(end(4)).toBeGreaterThan(end(2));
  });
});

describe('pathological tensors', () => {
  test.each(['minmax', 'mse'] as const)('%s: all zero is a degenerate range', (method) => {
    for (const statistics of [observe(new Float32Array(100)), statisticsOf(new Float32Array(100), 't')]) {
      const { lo, hi } = rangeOf(method, statistics, gridOf(4, false));
      expect(affineParams(lo, hi, 0, 15)).toMatchObject({ scale: 1, zeroPoint: 0 });
    }
  });

  test.each([3.7, -3.7])('one value, %d, is reproduced exactly', (value) => {
    const values = new Float32Array(100).fill(value);
    for (const [statistics, symmetric] of [
      [observe(values), false],
      [statisticsOf(values, 't'), true],
    ] as const) {
      const grid = gridOf(4, symmetric);
      expect(bruteError(values, rangeOf('mse', statistics, grid), grid, 2.4)).toBeLessThan(1e-9);
    }
  });

  test('one outlier of 1e6: the range is finite, contains zero and is no worse than min/max', () => {
    const values = normals(5000, 13);
    values[77] = 1e6;
    for (const bits of BITS) {
      const statistics = observe(values);
      const grid = gridOf(bits, false);
      const { lo, hi } = rangeOf('mse', statistics, grid);
      expect(lo).toBeLessThanOrEqual(0);
      expect(hi).toBeGreaterThan(0);
      const minmax = bruteError(values, rangeOf('minmax', statistics, grid), grid, 2.4);
      expect(bruteError(values, { lo, hi }, grid, 2.4)).toBeLessThanOrEqual(minmax * (1 + 1e-6));
    }
  });
});
