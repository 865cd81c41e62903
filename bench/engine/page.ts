/** The engine bench's page: passes races to a worker, where the product computes, too. */
import type { KernelSamples, RaceSamples } from './samples.ts';
import type { Job } from './worker.ts';

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });

function ask(job: Job): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<{ readonly result?: unknown; readonly problem?: string }>) =>
      data.problem === undefined ? resolve(data.result) : reject(new Error(data.problem));
    worker.onerror = ({ message }) => reject(new Error(`The bench's worker stopped: ${message}`));
    worker.postMessage(job);
  });
}

export const bench = {
  race: (job: Omit<Extract<Job, { kind: 'race' }>, 'kind'>) => ask({ kind: 'race', ...job }) as Promise<RaceSamples>,
  kernels: (side: number, seconds: number) => ask({ kind: 'kernels', side, seconds }) as Promise<KernelSamples>,
};

Object.assign(globalThis, { bench });
