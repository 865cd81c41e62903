/** The page's side of the datasets' worker: typed calls, progress, pause. */
import type {
  DatasetCallKind,
  DatasetCalls,
  DatasetRequest,
  DatasetResponse,
  ImportReport,
} from '../../contract/calls/data.ts';

export type DatasetCallOptions = {
  /** Aborting pauses an import; the call then rejects with an AbortError. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ImportReport) => void;
};

export type Datasets = {
  /** The worker starts with the first call. @throws an Error with the worker's own sentence */
  readonly call: <K extends DatasetCallKind>(
    kind: K,
    args: DatasetCalls[K]['args'],
    options?: DatasetCallOptions,
  ) => Promise<DatasetCalls[K]['result']>;
};

type DatasetsWorker = Pick<Worker, 'postMessage' | 'terminate'> & {
  onmessage: ((event: MessageEvent<DatasetResponse>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
};

type Pending = DatasetCallOptions & {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
};

const startWorker = (): DatasetsWorker =>
  new Worker(new URL('../hosts/datasetsWorker.ts', import.meta.url), { type: 'module', name: 'fewbit-datasets' });

/** @param start makes the worker, when the first call needs it */
export function createDatasets(start: () => DatasetsWorker = startWorker): Datasets {
  const pending = new Map<number, Pending>();
  let worker: DatasetsWorker | null = null;
  let lastId = 0;

  function receive({ data }: MessageEvent<DatasetResponse>): void {
    const call = pending.get(data.id);
    if (!call) return;
    if (data.kind === 'progress') return call.onProgress?.(data.progress);
    pending.delete(data.id);
    if (data.kind === 'result') call.resolve(data.result as never);
    else if (data.kind === 'error') call.reject(new Error(data.message));
    else call.reject(new DOMException('The import was paused.', 'AbortError'));
  }

  /** A crash loses nothing that is stored: the next call starts afresh, and an import goes on. */
  function crashed({ message }: ErrorEvent): void {
    worker?.terminate();
    worker = null;
    for (const { reject } of pending.values())
      reject(
        new Error(`The import stopped${message ? ` (${message})` : ''}. Start it again: it goes on where it was.`),
      );
    pending.clear();
  }

  function spawn(): DatasetsWorker {
    const fresh = start();
    fresh.onmessage = receive;
    fresh.onerror = crashed;
    return fresh;
  }

  return {
    call: (kind, args, options = {}) => {
      const target = (worker ??= spawn());
      const id = ++lastId;
      const send = (request: DatasetRequest): void => target.postMessage(request);
      const cancel = (): void => send({ id, kind: 'cancel' });
      options.signal?.addEventListener('abort', cancel, { once: true });
      return new Promise<never>((resolve, reject) => {
        pending.set(id, { ...options, resolve, reject });
        send({ id, kind, args } as DatasetRequest);
      }).finally(() => options.signal?.removeEventListener('abort', cancel));
    },
  };
}
