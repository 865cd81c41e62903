/** Runs a network in two threads without end, and tells of each run: what a test kills in its midst. */
import { randomImages, randomModel } from '../../testing/randomModel.ts';
import type { Helper } from '../host/helpers.ts';
import { openIntegerNetwork } from '../network.ts';
import { holdLock, RUNNER_LOCK } from './locks.ts';

async function startLockedHelper(): Promise<Helper> {
  const worker = new Worker(new URL('./lockedHelper.ts', import.meta.url), { type: 'module' });
  await new Promise((locked) => (worker.onmessage = locked));
  return {
    take: (task) =>
      new Promise((resolve) => {
        worker.onmessage = () => resolve();
        worker.postMessage(task);
      }),
  };
}

await holdLock(RUNNER_LOCK);
const model = randomModel(7);
const images = randomImages(model, 3, 1);
const network = await openIntegerNetwork(model, { choose: 'fixed', threads: 2, startHelper: startLockedHelper });
for (;;) postMessage(network.run(images, 3));
