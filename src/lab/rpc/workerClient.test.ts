/** What both clients do alike, whichever worker they speak to. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLab } from './client.ts';
import { createDatasets } from './datasetsClient.ts';
import { fakeWorkers } from './testing/fakeWorkers.ts';
import type { CallOptions } from './workerClient.ts';
import type { Calls } from '../../contract/calls/calls.ts';
import type { DatasetCalls } from '../../contract/calls/data.ts';
import { LabError } from '../../contract/errors.ts';

type Options = CallOptions<unknown>;

function labClient() {
  const { start, made, worker } = fakeWorkers<Calls>();
  const lab = createLab(start);
  return { made, worker, ask: (options?: Options) => lab.call('images', { first: 0, count: 1 }, options) };
}

function datasetsClient() {
  const { start, made, worker } = fakeWorkers<DatasetCalls>();
  const datasets = createDatasets(start);
  return { made, worker, ask: (options?: Options) => datasets.call('check', { name: 'cifar10' }, options) };
}

/** Lets the promises that are ready run. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

describe.each([
  { name: 'the lab', client: labClient, kind: 'images' },
  { name: 'the datasets', client: datasetsClient, kind: 'check' },
])('the client of $name', ({ client, kind }) => {
  test('hears a signal that was aborted before the call: the worker is not asked, nor even started', async () => {
    const { made, ask } = client();
    await expect(ask({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
    expect(made).toHaveLength(0);
  });

  test('hears it beside a worker that runs, too', async () => {
    const { worker, ask } = client();
    const first = ask();
    await settle();
    await expect(ask({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
    worker(0).answer({ id: 1, kind: 'error', message: 'It is damaged.' });
    await expect(first).rejects.toThrow('It is damaged.');
    expect(worker(0).got.map((request) => request.kind)).toEqual([kind]);
  });

  test('asks the worker to cancel, and rejects when it has stopped', async () => {
    const { worker, ask } = client();
    const controller = new AbortController();
    let isSettled = false;
    const call = ask({ signal: controller.signal }).finally(() => (isSettled = true));
    await settle();
    controller.abort();
    await settle();
    expect(worker(0).got.at(-1)).toEqual({ id: 1, kind: 'cancel' });
    expect(isSettled).toBe(false);
    worker(0).answer({ id: 1, kind: 'cancelled' });
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('gives an error its code', async () => {
    const { worker, ask } = client();
    const call = ask();
    await settle();
    worker(0).answer({ id: 1, kind: 'error', message: 'It has not been brought yet.', code: 'absent' });
    await expect(call).rejects.toEqual(new LabError('absent', 'It has not been brought yet.'));
    await expect(call).rejects.toMatchObject({ code: 'absent' });
  });

  test.each(['crashes', 'sends what cannot be read'])(
    'when the worker %s, the next call has another one',
    async (how) => {
      const { made, worker, ask } = client();
      const call = ask();
      await settle();
      if (how === 'crashes') worker(0).onerror?.({ message: 'out of memory' } as ErrorEvent);
      else worker(0).onmessageerror?.({} as MessageEvent);
      await expect(call).rejects.toThrow(how === 'crashes' ? /stopped \(out of memory\)\./ : /could not be read\./);
      expect(worker(0).terminated).toBe(true);
      void ask().catch(() => undefined);
      await settle();
      expect(made).toHaveLength(2);
      expect(worker(1).got.map((request) => request.kind)).toEqual([kind]);
    },
  );

  test('a request that cannot be sent rejects, and is not cancelled later', async () => {
    const { worker, ask } = client();
    void ask().catch(() => undefined);
    await settle();
    worker(0).postMessage = () => {
      throw new DOMException('it could not be cloned', 'DataCloneError');
    };
    const controller = new AbortController();
    await expect(ask({ signal: controller.signal })).rejects.toMatchObject({ name: 'DataCloneError' });
    controller.abort();
    expect(worker(0).got.map((request) => request.kind)).toEqual([kind]);
  });
});

test('full memory ends the lab’s worker, whose network is no longer right; the datasets’ worker goes on', async () => {
  const [lab, datasets] = [labClient(), datasetsClient()];
  const full = { id: 1, kind: 'error', message: 'Out of memory.', code: 'outOfMemory' } as const;
  const calls = [lab.ask(), datasets.ask()];
  await settle();
  lab.worker(0).answer(full);
  datasets.worker(0).answer(full);
  for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'outOfMemory' });
  expect([lab.worker(0).terminated, datasets.worker(0).terminated]).toEqual([true, false]);
});

describe('a worker that does not answer', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const LIMITS = { silence: 100, hurried: 40, every: 10 };
  function watched() {
    const { start, made, worker } = fakeWorkers<DatasetCalls>();
    const datasets = createDatasets(start, LIMITS);
    return { made, worker, ask: (options?: Options) => datasets.call('check', { name: 'cifar10' }, options) };
  }
  const hear = (worker: ReturnType<typeof watched>['worker'], index: number): void =>
    worker(index).answer({ id: 0, kind: 'pong' });

  test('is asked, ended and said; the next call has another one', async () => {
    const { made, worker, ask } = watched();
    const ended = expect(ask()).rejects.toMatchObject({
      code: 'silent',
      message: expect.stringContaining('did not answer for') as string,
    });
    hear(worker, 0);
    await vi.advanceTimersByTimeAsync(100);
    expect(worker(0).terminated).toBe(false);
    expect(worker(0).got.map(({ kind }) => kind)).toContain('ping');
    await vi.advanceTimersByTimeAsync(10);
    await ended;
    expect(worker(0).terminated).toBe(true);
    void ask().catch(() => undefined);
    await vi.advanceTimersByTimeAsync(0);
    expect(made).toHaveLength(2);
  });

  test('but answers between two steps may work as long as it likes, and an idle one is not asked', async () => {
    const { worker, ask } = watched();
    const call = ask();
    for (let i = 0; i < 100; i++) {
      hear(worker, 0);
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(worker(0).terminated).toBe(false);
    worker(0).answer({ id: 1, kind: 'error', message: 'It is damaged.' });
    await expect(call).rejects.toThrow('It is damaged.');
    const asked = worker(0).got.length;
    await vi.advanceTimersByTimeAsync(1000);
    expect(worker(0).got).toHaveLength(asked);
    expect(worker(0).terminated).toBe(false);
  });

  test('ends sooner once a stop was asked for, and the stop is what its caller hears', async () => {
    const { worker, ask } = watched();
    const controller = new AbortController();
    const [stopped, other] = [ask({ signal: controller.signal }), ask()];
    const both = Promise.all([
      expect(stopped).rejects.toMatchObject({ name: 'AbortError' }),
      expect(other).rejects.toMatchObject({ code: 'silent' }),
    ]);
    hear(worker, 0);
    controller.abort();
    await vi.advanceTimersByTimeAsync(50);
    await both;
    expect(worker(0).terminated).toBe(true);
  });
});
