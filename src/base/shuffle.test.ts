import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { balancedIndices, permutation, randomBelow, randomFor } from './shuffle.ts';

const take = (random: () => number, n: number): number[] => Array.from({ length: n }, random);

describe('randomFor', () => {
  test('gives the same stream for the same key, another for any other', () => {
    expect(take(randomFor(1, 2), 8)).toEqual(take(randomFor(1, 2), 8));
    const keys = [[], [0], [1], [0, 0], [0, 1], [1, 0], [1, 0, 0], [2 ** 31]];
    expect(new Set(keys.map((key) => take(randomFor(...key), 2).join())).size).toBe(keys.length);
  });

  test('is uniform over the first draws of consecutive keys, which is how augmentation uses it', () => {
    const keys = 90_000;
    const counts = new Int32Array(9);
    for (let image = 0; image < keys; image++) counts[randomBelow(randomFor(2, 1, 0, image), 9)]++;
    const expected = keys / 9;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // The 99.9th percentile of chi-square with 8 degrees of freedom.
    expect(chiSquare).toBeLessThan(26.1);
  });
});

test('a permutation holds every index once', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.nat(), (count, seed) => {
      const order = permutation(count, randomFor(seed));
      expect(Array.from(order).sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
    }),
    { seed: 1 },
  );
});

test('every permutation is equally likely', () => {
  const counts = new Map<string, number>();
  for (let seed = 0; seed < 6000; seed++) {
    const order = permutation(3, randomFor(seed)).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  // 1,000 expected, deviation 29: five deviations.
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(145);
});

test('balanced indices: no index twice, and any first n differ by at most one between classes that are not used up', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(3), { maxLength: 60 }),
      fc.integer({ min: 1, max: 12 }),
      fc.nat(),
      (labels, perClass, seed) => {
        const chosen = balancedIndices(Int32Array.from(labels), 4, perClass, randomFor(seed));
        const sizes = [0, 1, 2, 3].map((label) => labels.filter((other) => other === label).length);
        expect(new Set(chosen).size).toBe(chosen.length);
        expect(chosen.length).toBe(sizes.reduce((sum, size) => sum + Math.min(size, perClass), 0));
        const counts = [0, 0, 0, 0];
        for (const index of chosen) {
          counts[labels[index]]++;
          const open = counts.filter((count, label) => count < sizes[label]);
          if (open.length > 0) expect(Math.max(...counts) - Math.min(...open)).toBeLessThanOrEqual(1);
        }
      },
    ),
    { seed: 1 },
  );
});
