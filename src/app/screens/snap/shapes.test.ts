import { describe, expect, test } from 'vitest';
import { snapOf } from '../../testing/fakeLayers.ts';
import { float32Settings } from '../../../contract/settings.ts';
import {
  areaPath,
  levelsPath,
  mostAtLevel,
  mostPerStep,
  nearestWeight,
  sharedZeroPoint,
  spikesPath,
} from './shapes.ts';

const settings = float32Settings({ model: 'resnet20', dataset: 'cifar10-sample', images: 1, seed: 1 });
const { grids } = snapOf({ settings, layer: 'conv1', channel: null });
const [two] = grids;
const same = (value: number): number => value;

/** Area under a path of M, V and H, by the trapezoids of its corners. */
function areaUnder(path: string): number {
  let [x, y, area] = [0, 0, 0];
  for (const [, command, text] of path.matchAll(/([MVHhZ])([^MVHhZ]*)/g)) {
    const numbers = text.trim().split(/\s+/).map(Number);
    if (command === 'M') [x, y] = numbers;
    if (command === 'V') [y] = numbers;
    if (command === 'H') [area, x] = [area + (numbers[0] - x) * y, numbers[0]];
    if (command === 'h') [area, x] = [area + numbers[0] * y, x + numbers[0]];
  }
  return area;
}

describe('what Snap draws', () => {
  test('the float area holds as many weights as there are, in weights per step', () => {
    expect(areaUnder(areaPath(two, same, same))).toBeCloseTo(
      two.float.reduce((sum, n) => sum + n, 0),
      -1,
    );
  });

  test('one bar for each value that some weight has, as high as its weights', () => {
    const path = spikesPath(two, (step) => 100 * step, same, 10);
    expect(path.match(/Z/g)).toHaveLength(two.spikes.filter((n) => n > 0).length);
    expect(areaUnder(path)).toBeCloseTo(10 * two.spikes.reduce((sum, n) => sum + n, 0), 6);
    expect(path).toContain('M-205.0');
  });

  test('spikes and float weights have each a scale that reaches the highest', () => {
    expect(mostAtLevel(two)).toBe(40);
    expect(mostPerStep(two)).toBeCloseTo(4 * (24 / 5), 6);
    expect(mostPerStep({ ...two, float: Uint32Array.of(100, 1, 1, 1, 1) })).toBe(100);
  });

  test('at any bitwidth every level is marked, the empty ones too', () => {
    for (const grid of grids) expect(levelsPath(grid, same, 0, 5).match(/M/g)).toHaveLength(grid.qmax - grid.qmin + 1);
    expect(levelsPath(two, (step) => 100 * step, 9, 5)).toBe(
      'M-200.0 9.0v5.0M-100.0 9.0v5.0M0.0 9.0v5.0M100.0 9.0v5.0',
    );
  });

  test('the nearest weight is by w / scale', () => {
    expect([-9, -1.6, 0.2, 1.9].map((step) => nearestWeight(two, step))).toEqual([0, 0, 2, 4]);
  });

  test('a zero point is shared, or each channel has its own', () => {
    expect(sharedZeroPoint(two)).toBe(0);
    expect(sharedZeroPoint({ ...two, qmin: 0, qmax: 3, first: -2 })).toBe(2);
    expect(sharedZeroPoint({ ...two, spikes: new Uint32Array(5) })).toBeNull();
  });
});
