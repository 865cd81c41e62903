/** Node's side of the WASM backend: where its files are, and pthreads on worker_threads. Never imported by the page. */
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import type { TransferListItem, Worker } from 'node:worker_threads';
import type { Platform } from '../backend.ts';

const require = createRequire(import.meta.url);
/** Looked for when it is needed only: in a bundle on a machine without packages WebGPU runs all the same. */
const packageFolder = (): string => join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')), '..');

/**
 * Runs `start` (which must initialize the threaded WASM backend) with worker_threads and os as Emscripten expects
 * them: its pthread workers are made from a blob: URL, which Node's Worker refuses, so they are made from the same
 * source text and load the factory from its file; os.cpus() says twice `threads` (see threads.ts for why).
 */
async function withNodeThreads<T>(threads: number, start: () => Promise<T>): Promise<T> {
  if (threads <= 1) return start();
  const threaded = join(packageFolder(), 'wasm-out', 'tfjs-backend-wasm-threaded-simd');
  const workerThreads = require('node:worker_threads') as { Worker: typeof Worker };
  const os = require('node:os') as { cpus: () => unknown[] };
  const { Worker: StockWorker } = workerThreads;
  const { cpus } = os;
  const hadWorker = Object.getOwnPropertyDescriptor(globalThis, 'Worker');
  const { wasmWorkerContents } = require(`${threaded}.worker.js`) as { wasmWorkerContents: string };
  const source = wasmWorkerContents.replaceAll('\n', '\\n').replaceAll('__filename', JSON.stringify(threaded));

  class PthreadWorker extends StockWorker {
    constructor() {
      super(source, { eval: true });
      this.unref();
    }
    override postMessage(message: { cmd?: string }, transfer?: TransferListItem[]): void {
      super.postMessage(message.cmd === 'load' ? { ...message, urlOrBlob: `${threaded}.js` } : message, transfer);
    }
  }

  workerThreads.Worker = PthreadWorker as unknown as typeof Worker;
  os.cpus = () => Array.from({ length: 2 * threads });
  try {
    return await start();
  } finally {
    workerThreads.Worker = StockWorker;
    os.cpus = cpus;
    if (hadWorker) Object.defineProperty(globalThis, 'Worker', hadWorker);
    else delete (globalThis as { Worker?: unknown }).Worker;
  }
}

export const nodePlatform: Platform = {
  get wasmPaths() {
    return join(packageFolder(), 'dist') + '/';
  },
  cores: availableParallelism(),
  isolated: true,
  withThreads: withNodeThreads,
};
