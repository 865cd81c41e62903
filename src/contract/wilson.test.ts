import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wilson95 } from './wilson.ts';

test('known values', () => {
  // Agresti and Coull 1998 and Brown, Cai and DasGupta 2001 print these to three digits.
  expect(wilson95(0, 10).low).toBe(0);
  expect(wilson95(0, 10).high).toBeCloseTo(0.2775, 4);
  expect(wilson95(0.5, 100).low).toBeCloseTo(0.4038, 4);
  expect(wilson95(0.5, 100).high).toBeCloseTo(0.5962, 4);
});

test('holds the share, stays in 0 .. 1, mirrors, and narrows with more trials', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }), (total, share) => {
      const { low, high } = wilson95(share, total);
      const mirrored = wilson95(1 - share, total);
      expect(low).toBeLessThanOrEqual(share + 1e-12);
      expect(high).toBeGreaterThanOrEqual(share - 1e-12);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(mirrored.low).toBeCloseTo(1 - high, 10);
      const more = wilson95(share, total * 4);
      expect(more.high - more.low).toBeLessThanOrEqual(high - low);
    }),
  );
});

test('refuses what is no share', () => {
  expect(() => wilson95(1.2, 10)).toThrow(RangeError);
  expect(() => wilson95(Number.NaN, 10)).toThrow(RangeError);
  expect(() => wilson95(0.5, 0)).toThrow(RangeError);
});
