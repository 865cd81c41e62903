import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { affineParams, dequantize, quantize, symmetricParams } from '../affine.ts';
import { splitError } from './clip.ts';
import { meanSquaredError } from '../error.ts';

const pointsOf = (values: Float32Array) => ({ values, counts: new Float64Array(values.length).fill(1) });

describe('the two halves of a grid’s error', () => {
  test('by hand: codes -2 .. 1 at scale 1 clip 2.5 by 1.5 and -3 by 1, and round 0.25 by 0.25', () => {
    const grid = { scale: 1, zeroPoint: 0, qmin: -2, qmax: 1 };
    const { clipping, rounding } = splitError(pointsOf(Float32Array.of(2.5, -3, 0.25, 1)), grid);
    expect(clipping).toBeCloseTo((1.5 ** 2 + 1) / 4, 12);
    expect(rounding).toBeCloseTo(0.25 ** 2 / 4, 12);
  });

  test('add up to the mean squared error, for any values on any grid', () => {
    const numbers = fc.float32Array({ minLength: 1, maxLength: 50, min: -8, max: 8, noNaN: true });
    fc.assert(
      fc.property(numbers, fc.double({ min: 0.1, max: 8, noNaN: true }), fc.boolean(), (values, end, symmetric) => {
        const grid = symmetric ? symmetricParams(-end, end, -8, 7) : affineParams(-end / 3, end, 0, 15);
        const { clipping, rounding } = splitError(pointsOf(values), grid);
        expect(clipping + rounding).toBeCloseTo(meanSquaredError(values, dequantize(quantize(values, grid), grid)), 9);
      }),
    );
  });

  test('counts weigh', () => {
    const grid = affineParams(0, 3, 0, 3);
    const one = splitError({ values: Float32Array.of(0.25, 5), counts: Float64Array.of(3, 1) }, grid);
    expect(one).toEqual(splitError(pointsOf(Float32Array.of(0.25, 0.25, 0.25, 5)), grid));
  });
});
