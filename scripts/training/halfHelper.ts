/** Starts the thread of halfWorker.ts. */
import { Worker } from 'node:worker_threads';
import type { Helper, HalfResult } from '../../src/tensor/train/halves.ts';

/** A thread does not inherit tsx: it must ask for it before it can read TypeScript. */
const START = `
  import { register } from '${import.meta.resolve('tsx/esm/api')}';
  register();
  await import(${JSON.stringify(new URL('./halfWorker.ts', import.meta.url).href)});`;

/** One task at a time. The thread's death fails the task at hand, which would else wait for ever. */
export function startHelper(): Helper {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(START)}`));
  return (task) =>
    new Promise<HalfResult>((resolve, reject) => {
      worker.removeAllListeners();
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`The helping thread ended with code ${code}.`)));
      // The images are this half's own copy: moved, not copied again.
      worker.postMessage(task, [task.half.images.buffer]);
    });
}
