import { describe, expect, test } from 'vitest';
import { BITS } from '../../../quant/types.ts';
import { boundaries, gridOf, rounded, stairRows, straightThrough } from './stairs.ts';
import { crossings, extended, TRAIL_STEPS, windowOf, type Trail } from '../../training/trail.ts';

describe('the staircase of the lesson', () => {
  test.each(BITS)('has a stair for each of the integers of %i bits, each as wide as it is high', (bits) => {
    const grid = gridOf(bits);
    expect(boundaries(grid)).toHaveLength(grid.qmax - grid.qmin);
    const levels = [...new Set(stairRows(grid).map(({ after }) => after))];
    expect(levels).toEqual(Array.from({ length: grid.qmax - grid.qmin + 1 }, (_, i) => (grid.qmin + i) * grid.scale));
    for (const { w, after } of stairRows(grid).slice(1, -1))
      expect(Math.abs(w - after)).toBeLessThanOrEqual(grid.scale / 2);
  });

  test('rounds halves to even', () => {
    const grid = { scale: 1, qmin: -8, qmax: 7 };
    expect([0.5, 1.5, 2.5, -0.5, -1.5, 9, -9].map((w) => rounded(w, grid) + 0)).toEqual([0, 2, 2, 0, -2, 7, -8]);
    expect([-8, -8.1, 7, 7.1].map((w) => straightThrough(w, grid))).toEqual([1, 0, 1, 0]);
  });
});

describe('the trail of the weights', () => {
  const sample = (positions: number[], layer = 'conv1') => ({
    layer,
    qmin: -8,
    qmax: 7,
    positions: Float32Array.from(positions),
    codes: Int16Array.from(positions, Math.round),
  });

  test('finds where a weight crossed a boundary', () => {
    let trail: Trail | null = null;
    [
      [0.2, 1.4],
      [0.4, 1.6],
      [0.6, 1.4],
    ].forEach((positions, i) => (trail = extended(trail, i + 1, sample(positions))));
    expect(crossings(trail as unknown as Trail).map(({ weight, step, from, to }) => [weight, step, from, to])).toEqual([
      [1, 2, 1, 2],
      [0, 3, 0, 1],
      [1, 3, 2, 1],
    ]);
  });

  test('keeps the last steps, and begins anew for another layer', () => {
    let trail: Trail | null = null;
    for (let step = 1; step <= 100; step++) trail = extended(trail, step, sample([0]));
    expect(trail?.moments).toHaveLength(TRAIL_STEPS);
    expect(trail?.moments.at(-1)?.step).toBe(100);
    expect(extended(trail, 101, sample([0], 'fc')).moments).toHaveLength(1);
  });

  test('looks at a fine grid through a window', () => {
    expect(windowOf(extended(null, 1, sample([3])))).toEqual([-8.5, 7.5]);
    const fine = { ...sample([100, 90, 95]), qmin: -127, qmax: 127 };
    expect(windowOf(extended(null, 1, fine))).toEqual([86.5, 102.5]);
    expect(windowOf(extended(null, 1, { ...fine, positions: Float32Array.of(127) }))).toEqual([111.5, 127.5]);
  });
});
