import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { affineParams, dequantizeValue, quantizeValue, symmetricParams, type Range } from '../affine.ts';
import { divergence, divergenceRange, rebinned } from './entropy.ts';
import { createObserver, statisticsOf, type Statistics } from './observer.ts';
import { modelledError, octavRange } from './octav.ts';
import { rangeOf } from './ranges.ts';
import { qRange } from '../schemes.ts';
import type { Grid } from './grid.ts';
import { BITS, RANGE_METHODS, type Bits } from '../types.ts';

const gridOf = (bits: Bits, symmetric: boolean): Grid => ({ ...qRange(bits, symmetric), symmetric });

function observe(...batches: Float32Array[]): Statistics {
  const observer = createObserver('t');
  batches.forEach(observer.observe);
  return observer.statistics();
}

function normals(count: number, seed: number): Float32Array {
  let state = seed;
  const next = () => (state = (state * 48271) % 2147483647) / 2147483647;
  return Float32Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next()));
}

const TENSORS: Record<string, Float32Array> = {
  normal: normals(4000, 3),
  'heavy-tailed': normals(4000, 5).map((x) => x * Math.abs(x)),
  'after ReLU': normals(4000, 7).map((x) => Math.max(x, 0)),
  lopsided: normals(4000, 9).map((x) => (x > 0 ? 3 * x : x / 4)),
};
const cases = Object.entries(TENSORS).flatMap(([name, values]) =>
  ([2, 4, 8] as const).flatMap((bits) => [true, false].map((symmetric) => ({ name, values, bits, symmetric }))),
);
const values = fc
  .array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 60 })
  .map((list) => Float32Array.from(list));
const anyGrid = fc.tuple(fc.constantFrom(...BITS), fc.boolean()).map(([bits, symmetric]) => gridOf(bits, symmetric));

describe('ema', () => {
  test('of one batch it is min/max; an outlier in the second batch moves it by a hundredth', () => {
    expect(rangeOf('ema', observe(Float32Array.of(-1, 2)), gridOf(8, false))).toEqual({ lo: -1, hi: 2 });
    const { lo, hi } = rangeOf('ema', observe(Float32Array.of(-1, 2), Float32Array.of(-1, 102)), gridOf(8, false));
    expect(lo).toBe(-1);
    expect(hi).toBeCloseTo(3, 10);
  });
});

describe('percentile', () => {
  const share = { 'percentile99.9': 0.999, 'percentile99.99': 0.9999, 'percentile99.999': 0.99999 } as const;
  const methods = Object.keys(share) as (keyof typeof share)[];
  /** The smallest value at or below which lies the share, by sorting. */
  const nearestRank = (list: Float32Array, part: number) =>
    list.toSorted()[Math.max(Math.ceil(part * list.length) - 1, 0)];

  test.each(methods)('%s of values at hand is the one at its rank', (method) => {
    fc.assert(
      fc.property(values, fc.boolean(), (list, symmetric) => {
        const { lo, hi } = rangeOf(method, statisticsOf(list, 't'), gridOf(8, symmetric));
        const top = symmetric
          ? nearestRank(list.map(Math.abs), share[method])
          : Math.max(nearestRank(list, share[method]), 0);
        const bottom = symmetric
          ? -top
          : Math.min(
              -nearestRank(
                list.map((x) => -x),
                share[method],
              ),
              0,
            );
        if (top === bottom) expect({ lo, hi }).toEqual({ lo: Math.min(...list) + 0, hi: Math.max(...list) + 0 });
        else expect({ lo: lo + 0, hi }).toEqual({ lo: bottom + 0, hi: top });
      }),
    );
  });

  test.each(methods)('%s of a histogram is that to within one bin', (method) => {
    for (const list of Object.values(TENSORS)) {
      const statistics = observe(list);
      const { lo, hi } = rangeOf(method, statistics, gridOf(8, false));
      const bin = (statistics.max - statistics.min) / 1000;
      expect(Math.abs(hi - nearestRank(list, share[method]))).toBeLessThanOrEqual(bin);
      expect(
        Math.abs(
          lo -
            Math.min(
              -nearestRank(
                list.map((x) => -x),
                share[method],
              ),
              0,
            ),
        ),
      ).toBeLessThanOrEqual(bin);
    }
  });

  test('a wider share never gives a narrower range', () => {
    fc.assert(
      fc.property(values, anyGrid, (list, grid) => {
        const ends = methods
          .map((method) => rangeOf(method, statisticsOf(list, 't'), grid))
          .filter(({ lo, hi }) => lo <= 0 && hi >= 0);
        ends.slice(1).forEach(({ lo, hi }, i) => expect([lo <= ends[i].lo, hi >= ends[i].hi]).toEqual([true, true]));
      }),
    );
  });
});

describe('mse2', () => {
  const squared = (list: Float32Array, { lo, hi }: Range, grid: Grid) => {
    const params = (grid.symmetric ? symmetricParams : affineParams)(lo, hi, grid.qmin, grid.qmax);
    return list.reduce((sum, x) => sum + (x - dequantizeValue(quantizeValue(x, params), params)) ** 2, 0);
  };

  test.each(cases)(
    '$name, $bits bits, symmetric $symmetric: within 2% of the best of 100 thresholds',
    ({ values: list, bits, symmetric }) => {
      const grid = gridOf(bits, symmetric);
      const { min, max } = observe(list);
      const brute = Array.from({ length: 100 }, (_, i) =>
        squared(list, { lo: (Math.min(min, 0) * (i + 1)) / 100, hi: (max * (i + 1)) / 100 }, grid),
      );
      expect(squared(list, rangeOf('mse2', observe(list), grid), grid)).toBeLessThanOrEqual(Math.min(...brute) * 1.02);
    },
  );
});

describe('octav', () => {
  /** J of the definition, over the values themselves. */
  const model = (list: Float32Array, { lo, hi }: Range, steps: number) =>
    list.reduce(
      (sum, x) => sum + (x > hi ? (x - hi) ** 2 : x < lo ? (x - lo) ** 2 : x === 0 ? 0 : ((hi - lo) / steps) ** 2 / 12),
      0,
    ) / list.length;
  const whole = ({ min, max }: Statistics, { symmetric, qmin, qmax }: Grid) => {
    const end = Math.max(-min, max);
    return symmetric
      ? { lo: -end, hi: end, steps: 2 * qmax }
      : { lo: Math.min(min, 0), hi: Math.max(max, 0), steps: qmax - qmin };
  };

  test("its error is the definition's", () => {
    fc.assert(
      fc.property(values, anyGrid, fc.double({ min: 0.01, max: 1, noNaN: true }), (list, grid, t) => {
        const statistics = statisticsOf(list, 't');
        const { lo, hi, steps } = whole(statistics, grid);
        const range = { lo: lo * t, hi: hi * t };
        expect(modelledError(statistics.points, range, steps, list.length)).toBeCloseTo(model(list, range, steps), 6);
      }),
    );
  });

  test.each(cases)(
    '$name, $bits bits, symmetric $symmetric: within 3% of the least over 2000 clips',
    ({ values: list, bits, symmetric }) => {
      const grid = gridOf(bits, symmetric);
      const statistics = observe(list);
      const { lo, hi, steps } = whole(statistics, grid);
      const brute = Array.from({ length: 2000 }, (_, i) =>
        model(list, { lo: (lo * (i + 1)) / 2000, hi: (hi * (i + 1)) / 2000 }, steps),
      );
      expect(model(list, octavRange(statistics, grid), steps)).toBeLessThanOrEqual(Math.min(...brute) * 1.03);
    },
  );
});

describe('kl', () => {
  /** The definition by maps over bins, one candidate. */
  function brute(list: Float32Array, range: Range, statistics: Statistics, grid: Grid): number {
    const lo = Math.min(statistics.min, 0);
    const width = (Math.max(statistics.max, 0) - lo) / 2048;
    const params = (grid.symmetric ? symmetricParams : affineParams)(range.lo, range.hi, grid.qmin, grid.qmax);
    const counts = new Map<number, number>();
    for (const x of list) {
      const bin = Math.min(Math.floor((x - lo) / width), 2047);
      if (x !== 0) counts.set(bin, (counts.get(bin) ?? 0) + 1);
    }
    const centre = (bin: number) => Math.fround(lo + (bin + 0.5) * width);
    const countOf = (bin: number) => counts.get(bin) ?? 0;
    const bins = [...counts.keys()].sort((a, b) => a - b);
    const inside = bins.filter((bin) => centre(bin) >= range.lo && centre(bin) <= range.hi);
    if (inside.length === 0) return Infinity;
    const [first, last] = [inside[0], inside[inside.length - 1]];
    const clipped = (bin: number) => (bin < first ? first : bin > last ? last : bin);
    const p = (at: number) => bins.reduce((sum, bin) => (clipped(bin) === at ? sum + countOf(bin) : sum), 0);
    const total = bins.reduce((sum, bin) => sum + countOf(bin), 0);
    const kept = inside.reduce((sum, bin) => sum + countOf(bin), 0);
    return inside.reduce((sum, bin) => {
      const peers = inside.filter(
        (other) => quantizeValue(centre(other), params) === quantizeValue(centre(bin), params),
      );
      const q = peers.reduce((n, peer) => n + countOf(peer), 0) / peers.length / kept;
      return sum + (p(bin) / total) * Math.log(p(bin) / total / q);
    }, 0);
  }

  test('is the definition', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(TENSORS)),
        fc.integer({ min: 50, max: 300 }),
        anyGrid,
        fc.integer({ min: 1, max: 100 }),
        (tensor, size, grid, step) => {
          const list = tensor.slice(0, size);
          const statistics = statisticsOf(list, 't');
          const [lo, hi] = [Math.min(statistics.min, 0), Math.max(statistics.max, 0)];
          const range = { lo: (lo * step) / 100, hi: (hi * step) / 100 };
          expect(divergence(rebinned(statistics.points, lo, hi), range, grid)).toBeCloseTo(
            brute(list, range, statistics, grid),
            8,
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each(cases)(
    '$name, $bits bits, symmetric $symmetric: no other threshold diverges less',
    ({ values: list, bits, symmetric }) => {
      const grid = gridOf(bits, symmetric);
      const statistics = observe(list);
      const [lo, hi] = [Math.min(statistics.min, 0), Math.max(statistics.max, 0)];
      const bins = rebinned(statistics.points, lo, hi);
      const least = divergence(bins, divergenceRange(statistics, grid), grid);
      const others = Array.from({ length: 100 }, (_, i) =>
        divergence(bins, { lo: (lo * (i + 1)) / 100, hi: (hi * (i + 1)) / 100 }, grid),
      );
      expect(Math.min(...others)).toBe(least);
    },
  );
});

describe.each(RANGE_METHODS)('%s on pathological tensors', (method) => {
  test('all zero: scale 1, zero point 0', () => {
    for (const statistics of [observe(new Float32Array(100)), statisticsOf(new Float32Array(5000), 't')]) {
      const { lo, hi } = rangeOf(method, statistics, gridOf(4, false));
      expect(affineParams(lo, hi, 0, 15)).toEqual({ scale: 1, zeroPoint: 0, qmin: 0, qmax: 15 });
    }
  });

  test.each([3.7, -3.7, 1e-30])('one value, %d: its code gives it back to within a step', (value) => {
    const list = new Float32Array(100).fill(value);
    for (const bits of BITS) {
      const { lo, hi } = rangeOf(method, observe(list), gridOf(bits, false));
      const params = affineParams(lo, hi, 0, 2 ** bits - 1);
      expect(Math.abs(dequantizeValue(quantizeValue(list[0], params), params) - list[0])).toBeLessThanOrEqual(
        params.scale * 1.001,
      );
    }
  });

  test('one outlier of 1e6: finite, contains zero, not upside down, inside min/max', () => {
    const list = normals(5000, 13);
    list[77] = 1e6;
    for (const symmetric of [true, false]) {
      for (const statistics of [observe(list), statisticsOf(list, 't')]) {
        for (const bits of [2, 5, 8] as const) {
          const { lo, hi } = rangeOf(method, statistics, gridOf(bits, symmetric));
          expect(lo).toBeLessThanOrEqual(0);
          expect(hi).toBeGreaterThan(0);
          expect([lo >= -1e6, hi <= 1e6]).toEqual([true, true]);
        }
      }
    }
  });

  test('random tensors: a usable grid whatever the magnitudes', () => {
    const any = fc.array(
      fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e37), max: Math.fround(1e37) }),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(any, anyGrid, (list, grid) => {
        const { lo, hi } = rangeOf(method, statisticsOf(Float32Array.from(list), 't'), grid);
        const params = (grid.symmetric ? symmetricParams : affineParams)(lo, hi, grid.qmin, grid.qmax, method);
        expect(Number.isFinite(params.scale) && params.scale > 0).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test.each([NaN, Infinity])("%d is refused with the tensor's name before any range is asked for", (bad) => {
    expect(() =>
      rangeOf(method, statisticsOf(Float32Array.of(1, bad), 'layer3.1.conv2.kernel'), gridOf(4, true)),
    ).toThrow(`layer3.1.conv2.kernel: value 1 is ${bad}`);
  });
});
