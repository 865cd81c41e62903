/** A worker that is killed while it runs a network leaves nothing behind: its helper goes with it, and the next one starts afresh. */
import { expect, test } from 'vitest';
import { runInteger } from '../reference/run.ts';
import { randomImages, randomModel } from '../testing/randomModel.ts';
import { HELPER_LOCK, isHeld, lockFreed, RUNNER_LOCK } from './testing/locks.ts';

const model = randomModel(7);
const expected = runInteger(model, randomImages(model, 3, 1), 3);

/** The worker in the midst of its runs, and what its first run gave. */
async function running(): Promise<{ readonly worker: Worker; readonly logits: Float32Array }> {
  const worker = new Worker(new URL('./testing/runningWorker.ts', import.meta.url), { type: 'module' });
  const logits = await new Promise<Float32Array>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Float32Array>) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
  return { worker, logits };
}

/** A browser gives a worker that computes two seconds to end by itself, and then its helper. */
test('killed in mid-run, twice over: no thread of it lives on, and the next run is right', async () => {
  for (let time = 0; time < 2; time++) {
    const { worker, logits } = await running();
    expect(logits, `run ${time}`).toEqual(expected);
    expect([await isHeld(RUNNER_LOCK), await isHeld(HELPER_LOCK)]).toEqual([true, true]);
    worker.terminate();
    await lockFreed(RUNNER_LOCK);
    await lockFreed(HELPER_LOCK);
  }
}, 60_000);
