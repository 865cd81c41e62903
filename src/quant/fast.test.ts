/** The WebAssembly kernels against what they stand for: gridError and the code of one number. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantizeValue, type Range } from './affine.ts';
import { encodeFast, gridErrorsFast } from './fast.ts';
import { statisticsOf, type Points } from './ranges/observer.ts';
import { qRange } from './schemes.ts';
import { errorPower, gridError, searchRange } from './ranges/search.ts';
import type { ErrorPower, Grid } from './ranges/grid.ts';
import { BITS } from './types.ts';

const POWERS = [errorPower(2.4), errorPower(2)];

const value = fc.oneof(
  { weight: 8, arbitrary: fc.float({ min: -2, max: 2, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1e6, -1e6, 1e-30, 0.5, -0.5) },
);
const tensor = fc.array(value, { minLength: 1, maxLength: 60 }).map((values) => Float32Array.from(values));
const setting = fc.record({
  values: tensor,
  bits: fc.constantFrom(...BITS),
  symmetric: fc.boolean(),
  power: fc.constantFrom(...POWERS),
});

const gridOf = (bits: (typeof BITS)[number], symmetric: boolean): Grid => ({ ...qRange(bits, symmetric), symmetric });

/** The search as it is described, without limits: every candidate by {@link gridError}. */
const searchPlainly = (points: Points, range: Range, grid: Grid, power: ErrorPower): Range =>
  searchRange(points, range, grid, power, (candidate) => gridError(points, candidate, grid, power));

describe('gridErrorsFast', () => {
  test('is gridError up to the rounding of sums, for every fraction of the range', () => {
    fc.assert(
      fc.property(setting, fc.integer({ min: 1, max: 100 }), ({ values, bits, symmetric, power }, percent) => {
        const { min, max, points } = statisticsOf(values, 'the tensor');
        const grid = gridOf(bits, symmetric);
        const range = { lo: (Math.min(min, 0) * percent) / 100, hi: (Math.max(max, 0) * percent) / 100 };
        const expected = gridError(points, range, grid, power);
        expect(Math.abs(gridErrorsFast(points, grid, power)(range) - expected)).toBeLessThanOrEqual(1e-12 * expected);
      }),
      { numRuns: 2000 },
    );
  });

  test('gives up past its limit and not before', () => {
    const { points } = statisticsOf(
      Float32Array.from({ length: 999 }, (_, i) => Math.sin(i)),
      'the tensor',
    );
    for (const power of POWERS) {
      const errorOf = gridErrorsFast(points, gridOf(3, true), power);
      const range = { lo: -0.5, hi: 0.5 };
      const error = errorOf(range);
      expect(errorOf(range, error)).toBe(error);
      expect(errorOf(range, error * 0.999)).toBe(Infinity);
    }
  });
});

describe('searchRange', () => {
  test('chooses the range that plain arithmetic chooses', () => {
    fc.assert(
      fc.property(setting, ({ values, bits, symmetric, power }) => {
        const { min, max, points } = statisticsOf(values, 'the tensor');
        const grid = gridOf(bits, symmetric);
        const observed = { lo: min, hi: max };
        const fast = searchRange(points, observed, grid, power);
        const plain = searchPlainly(points, observed, grid, power);
        if (fast.lo === plain.lo && fast.hi === plain.hi) return;
        // Two ranges of one error: rounding may prefer either.
        const [found, expected] = [gridError(points, fast, grid, power), gridError(points, plain, grid, power)];
        expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-12 * expected);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('encodeFast', () => {
  test('gives the code of affine.ts for every number, past chunks and with channels left over', () => {
    const grids = fc.record({
      bits: fc.constantFrom(...BITS),
      signed: fc.boolean(),
      channels: fc.constantFrom(1, 3, 16, 35, 67),
      rows: fc.integer({ min: 1, max: 60 }),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(grids, ({ bits, signed, channels, rows, seed }) => {
        const { qmin, qmax } = qRange(bits, signed);
        // Halves of a scale are frequent: ties.
        const data = Float32Array.from(
          { length: rows * channels },
          (_, i) => ((((i + seed) * 7919) % 1201) - 600) / 16,
        );
        const scale = Float32Array.from({ length: channels }, (_, c) => (c % 2 === 0 ? 0.125 : 0.1) * (1 + c));
        const zeroPoint = Int32Array.from({ length: channels }, (_, c) => (signed ? 0 : [qmin, qmax, 3][c % 3]));
        const codes = signed ? new Int8Array(data.length) : new Uint8Array(data.length);
        encodeFast(data, scale, zeroPoint, qmin, qmax, codes);
        const at = codes.findIndex(
          (code, i) =>
            code !==
            quantizeValue(data[i], { scale: scale[i % channels], zeroPoint: zeroPoint[i % channels], qmin, qmax }),
        );
        expect(at).toBe(-1);
      }),
      { numRuns: 300 },
    );
    const long = Float32Array.from({ length: 100_003 }, (_, i) => Math.sin(i));
    const codes = new Int8Array(long.length);
    encodeFast(long, Float32Array.of(0.01), Int32Array.of(0), -127, 127, codes);
    expect(
      codes.findIndex(
        (code, i) => code !== quantizeValue(long[i], { scale: Math.fround(0.01), zeroPoint: 0, qmin: -127, qmax: 127 }),
      ),
    ).toBe(-1);
  });
});
