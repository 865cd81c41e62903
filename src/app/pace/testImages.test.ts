import { expect, test } from 'vitest';
import { float32Settings, ptqSettings } from '../../contract/settings.ts';
import type { Job } from '../state/job.ts';
import { offeredImages, startingPace, watch, type Pace } from './testImages.ts';

const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: 1000, seed: 1 };
const baseline: Job = { kind: 'evaluate', settings: float32Settings(workload) };

function watched(
  reports: readonly (readonly [at: number, done: number])[],
  job = baseline,
  start = startingPace(1000),
) {
  let seen: { readonly pace: Pace; readonly images?: number } = { pace: start };
  for (const [at, done] of reports)
    seen = watch(seen.pace, { job, progress: { stage: 'Classifying', done, total: 1000, unit: 'images' }, at });
  return seen;
}

test('a fast machine measures a thousand images', () => {
  expect(watched([[300, 32]])).toEqual({ pace: { kind: 'watched', at: 300, done: 32 } });
  const later = [300, 500, 700, 820].map((at, i) => [at, 32 + 100 * i] as const);
  expect(watched(later)).toEqual({ pace: { kind: 'known' } });
});

test.each([
  [16, 200],
  [30, 500],
  [3, 100],
])('one that answers %i images a half second measures %i, and its first batch does not count', (done, images) => {
  expect(watched([[4000, 4], [4500, 4 + done]])).toEqual({ pace: { kind: 'known' }, images }); // prettier-ignore
});

test('what somebody chose, and what another network takes, decides nothing', () => {
  expect(watched([[0, 1], [900, 2]], baseline, startingPace(300))).toEqual({ pace: { kind: 'known' } }); // prettier-ignore
  const quantized: Job = { kind: 'evaluate', settings: ptqSettings(workload, 'modern', 4) };
  expect(watched([[0, 1], [900, 2]], quantized).images).toBeUndefined(); // prettier-ignore
});

test('the time for which other work goes first does not count', () => {
  const progress = { stage: '', done: 0, total: 1, unit: '', behind: { kind: 'classify', secondsLeft: null } };
  const first = watched([[0, 4]]);
  const { pace } = watch(first.pace, { job: baseline, progress, at: 1000 });
  expect(watched([[3000, 8]], baseline, pace)).toEqual({ pace: { kind: 'watched', at: 3000, done: 8 } });
});

test('the control offers what there is', () => {
  expect(offeredImages(1000, 1000)).toEqual([100, 200, 500, 1000]);
  expect(offeredImages(3925, 50)).toEqual([50, 100, 200, 500, 1000, 3925]);
});
