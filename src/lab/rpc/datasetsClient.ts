/** The page's side of the datasets' worker. */
import type { DatasetCalls, ImportReport } from '../../contract/calls/data.ts';
import { createWorkerClient, type Call, type CallOptions, type WorkerLike } from './workerClient.ts';

/** Aborting pauses an import. */
export type DatasetCallOptions = CallOptions<ImportReport>;

export type Datasets = { readonly call: Call<DatasetCalls> };

const startWorker = (): WorkerLike<DatasetCalls> =>
  new Worker(new URL('../hosts/datasetsWorker.ts', import.meta.url), { type: 'module', name: 'fewbit-datasets' });

/**
 * A crash loses nothing that is stored: the next call starts afresh, and an import goes on.
 * @param start makes the worker, when the first call needs it
 */
export function createDatasets(start: () => WorkerLike<DatasetCalls> = startWorker): Datasets {
  const { call } = createWorkerClient<DatasetCalls>({
    start,
    crashed: (reason) => `The import stopped${reason}. Start it again: it goes on where it was.`,
    unreadable: "An answer of the datasets' worker could not be read. Try again: nothing that is stored is lost.",
    cancelled: 'The import was paused.',
  });
  return { call };
}
