import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BINS } from './histogram.ts';
import { createObserver, statisticsOf, type Statistics } from './observer.ts';

const float = fc.float({ noNaN: true, noDefaultInfinity: true });
const batch = fc.array(float, { minLength: 1, maxLength: 40 }).map((values) => Float32Array.from(values));

function observe(batches: readonly Float32Array[]): Statistics {
  const observer = createObserver('t');
  batches.forEach(observer.observe);
  return observer.statistics();
}

describe('createObserver', () => {
  test('the order and the cut of the batches make no difference but to the moving average', () => {
    const observed = (batches: readonly Float32Array[]) => ({ ...observe(batches), average: null });
    fc.assert(
      fc.property(fc.array(batch, { minLength: 1, maxLength: 6 }), (batches) => {
        const all = Float32Array.from(batches.flatMap((values) => [...values]));
        const forward = observed(batches);
        expect(observed(batches.toReversed())).toEqual(forward);
        expect(observed([all])).toEqual(forward);
      }),
    );
  });

  test('every number is counted at a centre half a bin away, whatever the magnitudes; zeros at zero', () => {
    fc.assert(
      fc.property(fc.array(batch, { minLength: 1, maxLength: 4 }), (batches) => {
        const { min, max, count, points } = observe(batches);
        const values = batches.flatMap((numbers) => [...numbers]).sort((a, b) => a - b);
        expect(min).toBe(Math.min(...values));
        expect(max).toBe(Math.max(...values));
        expect(count).toBe(values.length);
        expect(points.counts.reduce((sum, n) => sum + n, 0)).toBe(values.length);
        expect(points.values.length).toBeLessThanOrEqual(BINS);
        // A power of two under which BINS bins reach is less than twice as wide as the range needs.
        const width = (2 * (max - min)) / (BINS - 2);
        const centres = [...points.values].flatMap((centre, i) => new Array<number>(points.counts[i]).fill(centre));
        values.forEach((x, i) => {
          if (x === 0) expect(centres[i]).toBe(0);
          // A centre is a float32: rounded by its own precision, and by the smallest float where numbers are subnormal.
          expect(Math.abs(centres[i] - x)).toBeLessThanOrEqual(width / 2 + Math.abs(x) * 2 ** -23 + 2 ** -149);
        });
      }),
    );
  });

  test('the moving average of the extremes: 0.99 of what it was, the first batch starts it', () => {
    fc.assert(
      fc.property(fc.array(batch, { minLength: 1, maxLength: 6 }), (batches) => {
        const follow = (ends: number[]) => ends.reduce((average, end) => average + (end - average) * (1 - 0.99));
        const { average } = observe(batches);
        expect(average.lo).toBe(follow(batches.map((values) => Math.min(...values) + 0)));
        expect(average.hi).toBe(follow(batches.map((values) => Math.max(...values) + 0)));
      }),
    );
  });

  test('a tensor of the smallest float alone', () => {
    const { points } = observe([Float32Array.of(2 ** -149)]);
    expect(Math.abs(points.values[0] - 2 ** -149)).toBeLessThanOrEqual(2 ** -149);
    expect(points.counts).toEqual(Float64Array.of(1));
  });

  test('a tensor of one value, and a tensor of zeros', () => {
    const one = observe([Float32Array.of(0.3, 0.3)]);
    expect(one).toMatchObject({ min: Math.fround(0.3), max: Math.fround(0.3), count: 2 });
    expect(one.points).toEqual({ values: Float32Array.of(0.3), counts: Float64Array.of(2) });
    const zeros = observe([new Float32Array(5)]);
    expect(zeros).toMatchObject({ min: 0, max: 0, count: 5 });
    expect(zeros.points).toEqual({ values: Float32Array.of(0), counts: Float64Array.of(5) });
  });

  test.each([NaN, Infinity, -Infinity])(
    "refuses %d with the tensor's name and place, and does not count the batch",
    (bad) => {
      const observer = createObserver('layer2.0.add');
      observer.observe(Float32Array.of(1));
      expect(() => observer.observe(Float32Array.of(5, bad, 2))).toThrow(`layer2.0.add: value 1 is ${bad}`);
      expect(observer.statistics()).toMatchObject({ min: 1, max: 1, count: 1 });
      expect(() => statisticsOf(Float32Array.of(bad), 'fc.kernel')).toThrow(`fc.kernel: value 0 is ${bad}`);
    },
  );

  test('refuses to answer before it saw anything', () => {
    expect(() => createObserver('stem').statistics()).toThrow('stem: no values were observed');
    expect(() => statisticsOf(new Float32Array(0), 'fc.kernel')).toThrow('fc.kernel: it is empty');
  });
});
