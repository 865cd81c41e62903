import { describe, expect, test } from 'vitest';
import { createLab } from './client.ts';
import { fakeWorkers } from './testing/fakeWorkers.ts';
import type { Calls } from '../../contract/calls/calls.ts';
import type { Opened } from '../../contract/calls/opened.ts';

/** Lets the promises that are ready run. */
const settle = () => new Promise((resolve) => setTimeout(resolve));
const crash = { message: 'out of memory' } as ErrorEvent;
const opened = { labels: new Int32Array([3]) } as Opened;
const strip = { count: 1, height: 1, width: 1, pixels: new Uint8Array(3), labels: new Int32Array(1) };
const window = { first: 0, count: 1 };

describe('the lab', () => {
  test('starts its worker with the first call, and only one', async () => {
    const { start, made, worker } = fakeWorkers<Calls>();
    const lab = createLab(start);
    expect(made).toHaveLength(0);
    const calls = [lab.call('open', { backend: 'auto' }), lab.call('open', { backend: 'wasm' })];
    expect(made).toHaveLength(1);
    expect(worker(0).got).toEqual([
      { id: 1, kind: 'open', args: { backend: 'auto' } },
      { id: 2, kind: 'open', args: { backend: 'wasm' } },
    ]);
    worker(0).answer({ id: 2, kind: 'result', result: opened });
    worker(0).answer({ id: 1, kind: 'error', message: 'There is no such backend.' });
    await expect(calls[1]).resolves.toBe(opened);
    await expect(calls[0]).rejects.toThrow('There is no such backend.');
  });

  test('passes progress to the call it belongs to', async () => {
    const { start, worker } = fakeWorkers<Calls>();
    const lab = createLab(start);
    const seen: string[] = [];
    const first = lab.call('images', window, { onProgress: ({ stage, done }) => seen.push(`first ${stage} ${done}`) });
    const second = lab.call('images', window, {
      onProgress: ({ stage, done }) => seen.push(`second ${stage} ${done}`),
    });
    await settle();
    const progress = { stage: 'Reading', done: 1, total: 2, unit: 'images' };
    worker(0).answer({ id: 2, kind: 'progress', progress });
    worker(0).answer({ id: 1, kind: 'progress', progress: { ...progress, done: 2 } });
    worker(0).answer({ id: 1, kind: 'result', result: strip });
    worker(0).answer({ id: 2, kind: 'result', result: strip });
    await Promise.all([first, second]);
    worker(0).answer({ id: 1, kind: 'progress', progress });
    expect(seen).toEqual(['second Reading 1', 'first Reading 2']);
  });

  test('cancels through the worker, and rejects only when it confirms', async () => {
    const { start, worker } = fakeWorkers<Calls>();
    const lab = createLab(start);
    const controller = new AbortController();
    let settled = false;
    const call = lab.call('images', window, { signal: controller.signal }).finally(() => (settled = true));
    await settle();
    controller.abort();
    expect(worker(0).got.at(-1)).toEqual({ id: 1, kind: 'cancel' });
    await settle();
    expect(settled).toBe(false);
    worker(0).answer({ id: 1, kind: 'cancelled' });
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    expect(worker(0).terminated).toBe(false);
  });

  test('sends nothing for a call that is aborted already, or done', async () => {
    const { start, made, worker } = fakeWorkers<Calls>();
    const lab = createLab(start);
    await expect(lab.call('images', window, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(made).toHaveLength(0);
    const controller = new AbortController();
    const call = lab.call('images', window, { signal: controller.signal });
    await settle();
    worker(0).answer({ id: 1, kind: 'result', result: strip });
    await call;
    controller.abort();
    expect(worker(0).got.map(({ kind }) => kind)).toEqual(['images']);
  });

  test('a crash rejects every call with a sentence; the next call has a fresh worker, opened as before', async () => {
    const { start, made, worker } = fakeWorkers<Calls>();
    const lab = createLab(start);
    const open = lab.call('open', { backend: 'wasm' });
    worker(0).answer({ id: 1, kind: 'result', result: opened });
    await open;
    const calls = [lab.call('images', window), lab.call('images', window)];
    await settle();
    worker(0).onerror?.(crash);
    for (const call of calls)
      await expect(call).rejects.toThrow("The lab's worker stopped (out of memory). Try again: it starts afresh.");
    expect(worker(0).terminated).toBe(true);

    const again = lab.call('images', window);
    await settle();
    expect(made).toHaveLength(2);
    expect(worker(1).got).toEqual([{ id: 4, kind: 'open', args: { backend: 'wasm' } }]);
    worker(1).answer({ id: 4, kind: 'result', result: opened });
    await settle();
    expect(worker(1).got.at(-1)).toEqual({ id: 5, kind: 'images', args: window });
    worker(1).answer({ id: 5, kind: 'result', result: strip });
    await expect(again).resolves.toBe(strip);
  });

  test('a fatal failure has a code, and ends the worker; another failure does not', async () => {
    const { start, made, worker } = fakeWorkers<Calls>();
    const lab = createLab(start);
    const open = lab.call('open', { backend: 'webgpu' });
    worker(0).answer({ id: 1, kind: 'result', result: opened });
    await open;
    const first = lab.call('images', window);
    await settle();
    worker(0).answer({ id: 2, kind: 'error', message: 'Training diverged.', code: 'diverged' });
    await expect(first).rejects.toMatchObject({ code: 'diverged', message: 'Training diverged.' });
    expect(worker(0).terminated).toBe(false);
    const [second, waiting] = [lab.call('images', window), lab.call('images', window)];
    await settle();
    worker(0).answer({ id: 3, kind: 'error', message: 'The GPU was lost.', code: 'deviceLost' });
    await expect(second).rejects.toMatchObject({ code: 'deviceLost' });
    await expect(waiting).rejects.toThrow('The GPU was lost.');
    expect(worker(0).terminated).toBe(true);
    void lab.call('images', window).catch(() => undefined);
    await settle();
    expect(made).toHaveLength(2);
    expect(worker(1).got).toEqual([{ id: 5, kind: 'open', args: { backend: 'webgpu' } }]);
  });

  test('when the fresh worker cannot open, the call says why, and the one after tries again', async () => {
    const { start, made, worker } = fakeWorkers<Calls>();
    const lab = createLab(start);
    const open = lab.call('open', { backend: 'auto' });
    worker(0).answer({ id: 1, kind: 'result', result: opened });
    await open;
    worker(0).onerror?.(crash);
    const second = lab.call('images', window);
    await settle();
    worker(1).onerror?.(crash);
    await expect(second).rejects.toThrow(/stopped/);
    const third = lab.call('images', window);
    await settle();
    expect(made).toHaveLength(3);
    worker(2).answer({ id: 3, kind: 'error', message: 'The weights are damaged.' });
    await expect(third).rejects.toThrow('The weights are damaged.');
    void lab.call('images', window).catch(() => undefined);
    await settle();
    expect(worker(3).got.map(({ kind }) => kind)).toEqual(['open']);
  });

  test('a call that is aborted already does not open a fresh worker after a crash', async () => {
    const { start, made, worker } = fakeWorkers<Calls>();
    const lab = createLab(start);
    const open = lab.call('open', { backend: 'wasm' });
    worker(0).answer({ id: 1, kind: 'result', result: opened });
    await open;
    worker(0).onerror?.(crash);
    const signal = AbortSignal.abort();
    await expect(lab.call('images', window, { signal })).rejects.toMatchObject({ name: 'AbortError' });
    expect(made).toHaveLength(1);
  });

  test('once it is opened by hand, calls do not hear of an opening that failed before', async () => {
    const { start, worker } = fakeWorkers<Calls>();
    const lab = createLab(start);
    const open = lab.call('open', { backend: 'webgpu' });
    worker(0).answer({ id: 1, kind: 'result', result: opened });
    await open;
    worker(0).onerror?.(crash);
    const failed = lab.call('images', window);
    await settle();
    worker(1).answer({ id: 2, kind: 'error', message: 'There is no GPU.' });
    await expect(failed).rejects.toThrow('There is no GPU.');
    const again = lab.call('open', { backend: 'wasm' });
    worker(2).answer({ id: 3, kind: 'result', result: opened });
    await again;
    const call = lab.call('images', window);
    await settle();
    worker(2).answer({ id: 4, kind: 'result', result: strip });
    await expect(call).resolves.toBe(strip);
  });

  test('closing ends the worker and the calls under way', async () => {
    const { start, worker } = fakeWorkers<Calls>();
    const lab = createLab(start);
    const call = lab.call('open', { backend: 'auto' });
    lab.close();
    await expect(call).rejects.toThrow('The lab was closed.');
    expect(worker(0).terminated).toBe(true);
  });
});
