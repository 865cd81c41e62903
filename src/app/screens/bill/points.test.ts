import { describe, expect, test } from 'vitest';
import { FIRST_RECORDS } from '../../recorded/recorded.ts';
import { float32Settings, ptqSettings, qatSettings } from '../../../contract/settings.ts';
import { parseLink } from '../../state/link.ts';
import { initialState, type State } from '../../state/state.ts';
import { openedWith, runOfSettings } from '../../testing/fakeLab.ts';
import { arrowsOf, pointsOf, publishedBeside, publishedPoints, smallestWithin } from './points.ts';
import type { RunResult } from '../../../contract/run.ts';
import { reduce } from '../../state/reducer.ts';

const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: 100, seed: 1 };
const measured = (runs: readonly RunResult[], link = '#images=100&hide=guess'): State =>
  runs.reduce<State>(
    (state, result) => reduce(state, { kind: 'run', result }),
    reduce(initialState(parseLink(link).link, FIRST_RECORDS), { kind: 'opened', opened: openedWith(100) }),
  );

const float32 = runOfSettings(float32Settings(workload), 5);
const ptq = runOfSettings(ptqSettings(workload, 'modern', 4), 12);
const qat = runOfSettings(qatSettings(workload, 'modern', 4, 4), 7);

describe('points of the bill', () => {
  test('measured runs replace recorded ones, trained ones come besides, each with interval, share of the size and flips', () => {
    const points = pointsOf(measured([float32, ptq, qat]));
    expect(points).toHaveLength(15 + 1);
    expect(points.filter(({ run }) => run.recorded)).toHaveLength(13);
    const four = points.find(({ run }) => run === ptq);
    expect(four).toMatchObject({ bits: 4, share: 4 / 32, flipped: 7, milliseconds: null });
    expect(four?.low).toBeLessThan(0.88);
    expect(four?.high).toBeGreaterThan(0.88);
  });

  test('an arrow goes from a rounding to the training of the same preset and bits', () => {
    const points = pointsOf(measured([float32, ptq, qat]));
    expect(arrowsOf(points).map(({ from, to }) => [from.run, to.run])).toEqual([[ptq, qat]]);
    expect(arrowsOf(pointsOf(measured([float32, qat])))).toEqual([]);
  });

  test('what is to be guessed is no point', () => {
    const points = pointsOf(measured([float32, ptq, qat], '#images=100'));
    expect(points.every(({ bits }) => bits === null || bits > 4)).toBe(true);
  });

  test('the smallest that keeps the accuracy', () => {
    const eight = runOfSettings(ptqSettings(workload, 'modern', 8), 5);
    const six = runOfSettings(ptqSettings(workload, 'modern', 6), 6);
    const points = pointsOf(measured([float32, eight, six, ptq])).filter(({ run }) => !run.recorded);
    expect(smallestWithin(points, 0.01)?.run).toBe(six);
    expect(smallestWithin(points, 0)?.run).toBe(eight);
    expect(smallestWithin([], 0.01)).toBeUndefined();
  });
});

test('what was published stands beside: files of 8 to 4 bits were all a quarter of the size', () => {
  expect(publishedBeside(workload)).toEqual({ model: 'resnet18', dataset: 'cifar10' });
  const points = publishedPoints(publishedBeside({ model: 'resnet50', dataset: 'imagenette-160' }));
  expect(points).toHaveLength(10);
  expect(points.every(({ share }) => Math.abs(share - 0.25) < 0.001)).toBe(true);
  expect(points.find(({ method, bits }) => method === 'ptq' && bits === 4)?.top1).toBe(0.0721);
});
