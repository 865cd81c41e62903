/** Node's helper threads. Never imported by the page. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Helper } from './helpers.ts';

/** As helper.ts, in plain JavaScript: Node's workers read no TypeScript. */
const SOURCE = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ module, memory, thread, threads, sync }) => {
  const { help } = new WebAssembly.Instance(module, { env: { memory } }).exports;
  parentPort.postMessage('begun');
  help(thread, threads, sync);
});
`;

export function startNodeHelper(): Promise<Helper> {
  const worker = new Worker(SOURCE, { eval: true });
  worker.unref();
  return Promise.resolve({
    take: (task) =>
      new Promise((resolve, reject) => {
        // While it is awaited the process has to live.
        worker.ref();
        const settle = (done: () => void): void => {
          worker.unref();
          worker.removeAllListeners('message').removeAllListeners('error');
          done();
        };
        worker.once('message', () => settle(resolve));
        worker.once('error', (error) => settle(() => reject(error)));
        worker.postMessage(task);
      }),
  });
}

export const usefulThreads = (): number => Math.min(4, availableParallelism());
