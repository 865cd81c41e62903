/** One job at a time, the latest that is wanted; a preview does not wait on the page's side for what it cancels. */
import { expect, test, vi } from 'vitest';
import type { Lab } from '../../lab/rpc/client.ts';
import { ptqSettings } from '../../contract/settings.ts';
import type { Action } from './reducer.ts';
import type { Job } from './job.ts';
import { createRunner } from './runner.ts';

const settings = (bits: 8 | 4 | 2) =>
  ptqSettings({ model: 'resnet20', dataset: 'cifar10-sample', images: 64, seed: 1 }, 'modern', bits);
const job = (kind: 'preview' | 'evaluate' | 'score', bits: 8 | 4 | 2 = 8): Job => ({ kind, settings: settings(bits) });
const images: Job = { kind: 'images', count: 10 };

/** A lab whose calls end when they are told to; one that is cancelled ends then, too, and not before. */
function heldLab() {
  const log: string[] = [];
  const open: { readonly kind: string; readonly end: () => void }[] = [];
  const call = (kind: string, _args: unknown, { signal }: { readonly signal?: AbortSignal } = {}) =>
    new Promise((resolve, reject) => {
      log.push(`asked ${kind}`);
      signal?.addEventListener('abort', () => log.push(`cancelled ${kind}`));
      const end = (): void => (signal?.aborted ? reject(signal.reason as Error) : resolve({ of: kind }));
      open.push({ kind, end });
    });
  async function end(): Promise<void> {
    const first = open.shift();
    log.push(`ended ${first?.kind}`);
    first?.end();
    await new Promise((done) => setTimeout(done));
  }
  const lab: Lab = { call: call as unknown as Lab['call'], close: () => undefined };
  const told: string[] = [];
  const waits: (string | undefined)[] = [];
  const runner = createRunner(lab, (action: Action) => {
    told.push(action.kind);
    if (action.kind === 'progress') waits.push(action.progress.behind?.kind);
  });
  return { runner, log, told, waits, end };
}

test('a job that is not wanted any more is cancelled, and the next begins when it has ended', async () => {
  const { runner, log, told, end } = heldLab();
  runner.want(job('evaluate'));
  runner.want(job('evaluate', 4));
  expect(log).toEqual(['asked evaluate', 'cancelled evaluate']);
  await end();
  expect(log.slice(2)).toEqual(['ended evaluate', 'asked evaluate']);
  await end();
  expect(told).toEqual(['run']);
});

test('the same job, said again, goes on', async () => {
  const { runner, log, told, end } = heldLab();
  runner.want(job('score'));
  runner.want(job('score'));
  await end();
  expect(log).toEqual(['asked score', 'ended score']);
  expect(told).toEqual(['score']);
});

test('a preview is asked for at once, behind what it cancels; what comes then waits for all that were cancelled', async () => {
  const { runner, log, told, end } = heldLab();
  runner.want(job('evaluate'));
  runner.want(job('preview', 4));
  expect(log).toEqual(['asked evaluate', 'cancelled evaluate', 'asked preview']);
  runner.want(job('preview', 2));
  expect(log.slice(3)).toEqual(['cancelled preview', 'asked preview']);
  runner.want(images);
  expect(log.slice(5)).toEqual(['cancelled preview']);
  await end();
  await end();
  expect(log.slice(6)).toEqual(['ended evaluate', 'ended preview']);
  await end();
  expect(log.slice(8)).toEqual(['ended preview', 'asked images']);
  expect(told).toEqual([]);
  await end();
  expect(told).toEqual(['images']);
});

test('a preview does not overtake what does not wait in the lab', async () => {
  const { runner, log, end } = heldLab();
  runner.want(images);
  runner.want(job('preview'));
  expect(log).toEqual(['asked images', 'cancelled images']);
  await end();
  expect(log.slice(2)).toEqual(['ended images', 'asked preview']);
});

test('where nothing is wanted any more, nothing begins', async () => {
  const { runner, log, told, end } = heldLab();
  runner.want(job('evaluate'));
  runner.want(job('preview', 4));
  runner.want(null);
  await end();
  await end();
  expect(log.at(-1)).toBe('ended preview');
  expect(told).toEqual([]);
});

test('a job that waits for a cancelled one says so every second, said again or not, until it begins', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const { runner, log, told, waits, end } = heldLab();
  runner.want(job('score'));
  runner.want(job('evaluate', 4));
  vi.advanceTimersByTime(1000);
  runner.want(job('evaluate', 4));
  vi.advanceTimersByTime(2000);
  expect([waits, log]).toEqual([
    ['score', 'score', 'score'],
    ['asked score', 'cancelled score'],
  ]);
  await end();
  expect(log.at(-1)).toBe('asked evaluate');
  vi.advanceTimersByTime(5000);
  expect(told).toEqual(['progress', 'progress', 'progress']);
  runner.want(images);
  runner.want(null);
  vi.advanceTimersByTime(5000);
  vi.useRealTimers();
  expect(told).toHaveLength(3);
});
