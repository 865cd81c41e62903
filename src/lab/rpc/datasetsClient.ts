/** The page's side of the datasets' worker. */
import type { DatasetCalls, ImportReport } from '../../contract/calls/data.ts';
import { createWorkerClient, type Call, type CallOptions, type WorkerLike } from './workerClient.ts';
import type { WatchdogLimits } from '../../base/work/watchdog.ts';

/** Aborting pauses an import. */
export type DatasetCallOptions = CallOptions<ImportReport>;

export type Datasets = { readonly call: Call<DatasetCalls> };

const startWorker = (): WorkerLike<DatasetCalls> =>
  new Worker(new URL('../hosts/datasetsWorker.ts', import.meta.url), { type: 'module', name: 'fewbit-datasets' });

/** Imports work in small pieces: silence says more than in the lab. Milliseconds. */
const LIMITS: WatchdogLimits = { silence: 10_000, hurried: 5000 };

/**
 * A crash loses nothing that is stored: the next call starts afresh, and an import goes on.
 * @param start makes the worker, when the first call needs it
 */
export function createDatasets(
  start: () => WorkerLike<DatasetCalls> = startWorker,
  limits: WatchdogLimits = LIMITS,
): Datasets {
  const { call } = createWorkerClient<DatasetCalls>({
    start,
    crashed: (reason) => `The import stopped${reason}. Start it again: it goes on where it was.`,
    unreadable: "An answer of the datasets' worker could not be read. Try again: nothing that is stored is lost.",
    silent: (seconds) =>
      `The import did not answer for ${seconds} seconds and was ended: the file is damaged in a way that keeps it busy for ever, or this machine is. What came before is kept; other files can be brought.`,
    limits,
    cancelled: 'The import was paused.',
  });
  return { call };
}
