import { describe, expect, test } from 'vitest';
import { float32Settings } from '../../../contract/settings.ts';
import { clipOf } from '../../testing/fakeLayers.ts';
import { placeLabels } from './ClipChart.tsx';
import { bestStep, ceiling, foldedHistogram, isTwoSided, stepOf, sumAt, thresholdAt, thresholdOf } from './curve.ts';

const settings = float32Settings({ model: 'resnet20', dataset: 'cifar10-sample', images: 1, seed: 1 });
const curve = clipOf({ settings, layer: 'conv1', of: 'weights', channel: null });
const oneSided = clipOf({ settings, layer: 'conv1', of: 'activation', channel: null });
const grid = curve.grids[2];

describe('the curve of thresholds', () => {
  test('the best step has the least sum, and its neighbours have more', () => {
    const best = bestStep(grid);
    expect(best).toBe(6);
    expect(sumAt(grid, best)).toBeLessThan(Math.min(sumAt(grid, best - 1), sumAt(grid, best + 1)));
    expect(bestStep({ ...grid, clipping: new Float64Array(4), rounding: new Float64Array(4) })).toBe(3);
  });

  test('steps and thresholds are each other’s inverse; beyond the ends it is the end', () => {
    for (let step = 0; step < 10; step++) expect(stepOf(curve, grid, thresholdAt(curve, grid, step))).toBe(step);
    expect([stepOf(curve, grid, -1), stepOf(curve, grid, 7)]).toEqual([0, 9]);
    expect(grid.choices.map((choice) => thresholdOf(curve, choice))).toEqual([1, 0.6]);
  });

  test('weights have two ends, an activation after a ReLU one', () => {
    expect([isTwoSided(curve), isTwoSided(oneSided)]).toEqual([true, false]);
  });

  test('the top of the axis shows min/max and the bottom, not the cliff', () => {
    expect(ceiling(grid)).toBeGreaterThan(sumAt(grid, 9));
    expect(ceiling(grid)).toBeLessThan(sumAt(grid, 0));
  });

  test('folding the histogram over zero keeps every value', () => {
    for (const one of [curve, oneSided]) {
      expect(foldedHistogram(one).reduce((sum, n) => sum + n, 0)).toBe(one.histogram.reduce((sum, n) => sum + n, 0));
    }
    expect([...foldedHistogram(curve)]).toEqual(Array.from({ length: 8 }, () => 9));
  });
});

describe('labels of the methods', () => {
  test('cover no other and stay inside, wherever they are', () => {
    const width = 360;
    const placed = placeLabels(
      [350, 349, 348, 10, 180, 181, 182, 183].map((x) => ({ x, wide: 70 })),
      width,
    );
    for (const one of placed) {
      expect(one.label - 35).toBeGreaterThanOrEqual(0);
      expect(one.label + 35).toBeLessThanOrEqual(width);
      for (const other of placed)
        if (other !== one && other.row === one.row)
          expect(Math.abs(one.label - other.label)).toBeGreaterThanOrEqual(70);
    }
  });
});
