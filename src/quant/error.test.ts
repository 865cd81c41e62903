import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { affineParams, dequantize, quantize } from './affine.ts';
import { clippedFraction, maxError, meanSquaredError, sqnr } from './error.ts';

describe('error measures', () => {
  test('by hand', () => {
    const x = Float32Array.of(3, -4, 0);
    const y = Float32Array.of(3, -3, 2);
    expect(meanSquaredError(x, y)).toBeCloseTo(5 / 3, 12);
    expect(maxError(x, y)).toBe(2);
    expect(sqnr(x, y)).toBeCloseTo(10 * Math.log10(25 / 5), 12);
  });

  test('sqnr of an exact copy is Infinity, of noise on silence -Infinity', () => {
    expect(sqnr(Float32Array.of(1), Float32Array.of(1))).toBe(Infinity);
    expect(sqnr(Float32Array.of(0), Float32Array.of(0))).toBe(Infinity);
    expect(sqnr(Float32Array.of(0), Float32Array.of(1))).toBe(-Infinity);
  });

  test('a bit more is worth 6 dB on a uniform tensor', () => {
    const x = Float32Array.from({ length: 10001 }, (_, i) => i / 10000);
    const at = (levels: number) => {
      const params = affineParams(0, 1, 0, levels - 1);
      return sqnr(x, dequantize(quantize(x, params), params));
    };
    expect(at(256) - at(128)).toBeCloseTo(6.02, 0);
  });

  test('refuses tensors of different sizes', () => {
    expect(() => meanSquaredError(new Float32Array(2), new Float32Array(3))).toThrow('Cannot compare 2 values with 3');
    expect(() => sqnr(new Float32Array(0), new Float32Array(0))).toThrow('at least one');
  });

  test('the clipped are those whose error passes half a step', () => {
    const params = affineParams(-1, 2, 0, 15);
    fc.assert(
      fc.property(fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: 1, maxLength: 50 }), (list) => {
        const x = Float32Array.from(list);
        const back = dequantize(quantize(x, params), params);
        const far = x.filter((value, i) => Math.abs(value - back[i]) > params.scale * (0.5 + 1e-6));
        expect(clippedFraction(x, params)).toBeCloseTo(far.length / x.length, 9);
      }),
    );
    expect(clippedFraction(new Float32Array(0), params)).toBe(0);
  });
});
