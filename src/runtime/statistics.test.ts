/** Quantiles against values worked out by hand, and their order. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { latencyStatistics, medianInterval, quantile } from './statistics.ts';

describe('quantile', () => {
  test('interpolates between neighbours, whatever the order', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([10, 20, 30], 0.25)).toBe(15);
    expect(quantile([7], 0.95)).toBe(7);
    expect(quantile([1, 2, 3], 0)).toBe(1);
    expect(quantile([1, 2, 3], 1)).toBe(3);
  });

  test('sorts numbers as numbers', () => {
    expect(quantile([10, 9, 100], 0.5)).toBe(10);
  });

  test('refuses no values and no fraction', () => {
    expect(() => quantile([], 0.5)).toThrow('at least one value');
    expect(() => quantile([1], 1.5)).toThrow('between 0 and 1, not 1.5');
    expect(() => quantile([1], NaN)).toThrow('between 0 and 1');
  });
});

test('the three numbers of a latency are ordered and lie among the measurements', () => {
  const times = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(times, (measured) => {
      const { p5Ms, medianMs, p95Ms } = latencyStatistics(measured);
      const slack = 1e-9 * Math.max(...measured);
      expect(p5Ms).toBeGreaterThanOrEqual(Math.min(...measured) - slack);
      expect(medianMs).toBeGreaterThanOrEqual(p5Ms - slack);
      expect(p95Ms).toBeGreaterThanOrEqual(medianMs - slack);
      expect(p95Ms).toBeLessThanOrEqual(Math.max(...measured) + slack);
    }),
  );
});

describe('the interval of a median', () => {
  /** Ranks from tables of the binomial distribution: for n = 10 the 2nd and 9th value (97.9%), for 50 the 18th and 33rd. */
  test.each([
    [6, 1, 6],
    [10, 2, 9],
    [20, 6, 15],
    [50, 18, 33],
    [5, 1, 5],
    [1, 1, 1],
  ])('of %i values lies between the values of rank %i and %i', (n, low, high) => {
    const values = Array.from({ length: n }, (_, i) => ((i * 7) % n) + 1);
    const distinct = new Set(values).size === n ? values : values.map((_, i) => i + 1);
    expect(medianInterval(distinct)).toEqual([low, high]);
  });

  test('refuses no values', () => {
    expect(() => medianInterval([])).toThrow('at least one value');
  });
});
