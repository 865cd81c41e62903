/** The page's side of the lab's worker: after a crash a fresh one is opened as the last one was. */
import type { Calls } from '../../contract/calls/calls.ts';
import type { KindOf } from '../../contract/calls/messages.ts';
import { isFatal, LabError } from '../../contract/errors.ts';
import { createWorkerClient, type Call, type CallOptions, type WorkerLike } from './workerClient.ts';
import { ticking } from './ticking.ts';
import type { WatchdogLimits } from '../../base/work/watchdog.ts';

export type { CallOptions } from './workerClient.ts';

/** Whether a call failed because what it needs has not been brought yet. */
export const isAbsent = (error: unknown): boolean => error instanceof LabError && error.code === 'absent';

/** Whether a call failed because the network does not know the classes of the images. */
export const isUnknownClasses = (error: unknown): boolean =>
  error instanceof LabError && error.code === 'unknownClasses';

export type Lab = {
  /**
   * As WorkerClient's `call`; the first call after a crash opens the lab again as it was opened before. Who listens to the
   * progress hears of it at least once a second.
   */
  readonly call: Call<Calls>;
  /** Ends the worker; calls under way reject. */
  readonly close: () => void;
};

const startWorker = (): WorkerLike<Calls> =>
  new Worker(new URL('../hosts/labWorker.ts', import.meta.url), { type: 'module', name: 'fewbit-lab' });

/** A lab in a worker of its own. `start` makes the worker, when the first call needs it. */
export function createLab(start: () => WorkerLike<Calls> = startWorker, limits?: WatchdogLimits): Lab {
  const client = createWorkerClient<Calls>({
    start,
    limits,
    crashed: (reason) => `The lab's worker stopped${reason}. Try again: it starts afresh.`,
    unreadable: "An answer of the lab's worker could not be read. Try again: it starts afresh.",
    silent: (seconds) =>
      `The lab's worker did not answer for ${seconds} seconds and was ended. Try again: it starts afresh, and a training goes on from what was kept.`,
    cancelled: 'The computation was cancelled.',
    endsWorker: isFatal,
  });
  let opened: Calls['open']['args'] | null = null;
  let reopening: Promise<void> | null = null;

  /** A worker that could not open the lab again is of no use: the call after this one starts another. */
  async function reopen(args: Calls['open']['args']): Promise<void> {
    try {
      await client.call('open', args);
    } catch (error) {
      reopening = null;
      client.stop(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }

  /** Waits until a worker that replaces another is open. */
  async function ready(): Promise<void> {
    if (!client.isRunning()) reopening = opened && reopen(opened);
    await reopening;
  }

  async function call<K extends KindOf<Calls>>(
    kind: K,
    args: Calls[K]['args'],
    options: CallOptions = {},
  ): Promise<Calls[K]['result']> {
    const ticks = options.onProgress && ticking(options.onProgress);
    try {
      if (kind !== 'open' && !options.signal?.aborted) await ready();
      const result = await client.call(kind, args, { ...options, onProgress: ticks?.hear });
      if (kind === 'open') opened = args as Calls['open']['args'];
      return result;
    } finally {
      ticks?.stop();
    }
  }

  return {
    call,
    close: () => {
      opened = null;
      client.stop(new Error('The lab was closed.'));
    },
  };
}
