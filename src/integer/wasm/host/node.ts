/** Node's helper threads. Never imported by the page. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Helper } from './helpers.ts';

/** As helper.ts, in plain JavaScript: Node's workers read no TypeScript. */
const SOURCE = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ module, memory, thread, threads, sync }) =>
  new WebAssembly.Instance(module, { env: { memory } }).exports.help(thread, threads, sync));
parentPort.postMessage('running');
`;

export function startNodeHelper(): Promise<Helper> {
  const worker = new Worker(SOURCE, { eval: true });
  worker.unref();
  return new Promise((resolve, reject) => {
    worker.once('message', () => resolve({ take: (task) => worker.postMessage(task) }));
    worker.once('error', reject);
  });
}

export const usefulThreads = (): number => Math.min(4, availableParallelism());
