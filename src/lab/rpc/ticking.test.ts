import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Calls } from '../../contract/calls/calls.ts';
import { LAB_RULES } from '../../contract/calls/rules.ts';
import type { Progress } from '../../contract/progress.ts';
import { createLab } from './client.ts';
import { fakeWorkers } from './testing/fakeWorkers.ts';
import { ticking } from './ticking.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const counted: Progress = { stage: 'Classifying', done: 32, total: 64, unit: 'images' };

test('a second without a report repeats the last one, with the seconds so far', () => {
  const told: Progress[] = [];
  const { hear, stop } = ticking((progress) => told.push(progress));
  vi.advanceTimersByTime(1000);
  expect(told).toEqual([{ stage: '', done: 0, total: 1, unit: '', seconds: 1 }]);
  hear(counted);
  expect(told.at(-1)).toEqual({ ...counted, seconds: 1 });
  vi.advanceTimersByTime(2000);
  expect(told.slice(2)).toEqual([
    { ...counted, seconds: 2 },
    { ...counted, seconds: 3 },
  ]);
  stop();
  vi.advanceTimersByTime(5000);
  expect(told).toHaveLength(4);
});

test('a training’s step is told once', () => {
  const told: Progress[] = [];
  const training = { step: 1 } as Progress['training'];
  const { hear, stop } = ticking((progress) => told.push(progress));
  hear({ ...counted, training });
  vi.advanceTimersByTime(1000);
  stop();
  expect(told.map((each) => each.training)).toEqual([training, undefined]);
});

// Whatever the kind: also those that a worker reports nothing of, and one that it never answers.
test.each(Object.keys(LAB_RULES) as (keyof Calls)[])('%s is never a second without a word', async (kind) => {
  const { start, worker } = fakeWorkers<Calls>();
  const lab = createLab(start);
  const seconds: (number | undefined)[] = [];
  const call = lab.call(kind, {} as never, { onProgress: (progress) => seconds.push(progress.seconds) });
  await vi.advanceTimersByTimeAsync(3000);
  expect(seconds).toEqual([1, 2, 3]);
  worker(0).answer({ id: 1, kind: 'error', message: 'That is all.' });
  await expect(call).rejects.toThrow('That is all.');
  await vi.advanceTimersByTimeAsync(3000);
  expect(seconds).toHaveLength(3);
});
