import { expect, test } from 'vitest';
import { normal, seededRandom } from '../base/random.ts';
import { dequantize, quantize, affineParams } from '../quant/affine.ts';
import { sqnr } from '../quant/error.ts';
import { createObserver } from '../quant/ranges/observer.ts';
import { activationSqnr, kurtosis, weightSqnr } from './noise.ts';

const random = seededRandom(3);
const values = Float32Array.from({ length: 20_000 }, () => Math.max(normal(random), 0));

test.each([4, 6, 8])(
  "an activation's SQNR at %d bits by its histogram is that of its values to a tenth of a dB",
  (bits) => {
    const observer = createObserver('t');
    observer.observe(values);
    const grid = affineParams(0, 3, 0, 2 ** bits - 1);
    const exact = sqnr(values, dequantize(quantize(values, grid), grid));
    expect(Math.abs(activationSqnr(observer.statistics(), grid) - exact)).toBeLessThan(0.1);
    expect(weightSqnr(values, dequantize(quantize(values, grid), grid))).toBe(exact);
  },
);

test('kurtosis: 3 of normal weights, 9/5 of a uniform ramp, 1 of two values', () => {
  expect(kurtosis(Float32Array.from({ length: 50_000 }, () => normal(random)))).toBeCloseTo(3, 0);
  expect(kurtosis(Float32Array.from({ length: 10_001 }, (_, i) => i / 10_000))).toBeCloseTo(1.8, 3);
  expect(kurtosis(Float32Array.of(-1, 1))).toBe(1);
});
