/** The datasets' worker: imports run beside the lab's, so that neither waits for the other. */
import { contactSheet, importSet, listSets, removeSet } from './datasets.ts';
import { browserDatasets } from './datasetsBrowser.ts';
import type { DatasetCallKind, DatasetCalls, DatasetRequest, DatasetResponse, ImportReport } from './datasetsProtocol.ts';

type Control = { readonly signal: AbortSignal; readonly onProgress: (progress: ImportReport) => void };
type Answers = { readonly [K in DatasetCallKind]: (args: DatasetCalls[K]['args'], control: Control) => Promise<DatasetCalls[K]['result']> };

/** Progress is told so often, at the most. */
const REPORT_MS = 100;

const running = new Map<number, AbortController>();
const post = (response: DatasetResponse): void => self.postMessage(response);

const answers: Answers = {
  list: async () => {
    const { usage = null, quota = null } = await navigator.storage.estimate().catch((): StorageEstimate => ({}));
    return { datasets: await listSets(await browserDatasets()), usage, quota };
  },
  import: async ({ name, from }, control) => importSet(await browserDatasets(), name, from, control),
  remove: async ({ name }) => {
    await removeSet(await browserDatasets(), name);
    return null;
  },
  sheet: async ({ name, perClass, side }) => contactSheet(await browserDatasets(), name, perClass, side),
};

const reporter = (id: number): ((progress: ImportReport) => void) => {
  let last = 0;
  return (progress) => {
    const now = performance.now();
    if (now - last < REPORT_MS) return;
    last = now;
    post({ id, kind: 'progress', progress });
  };
};

const answer = async (request: DatasetRequest): Promise<void> => {
  if (request.kind === 'cancel') return running.get(request.id)?.abort();
  const { id, kind, args } = request;
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const respond = answers[kind] as (args: unknown, control: Control) => Promise<DatasetCalls[DatasetCallKind]['result']>;
    post({ id, kind: 'result', result: await respond(args, { signal: controller.signal, onProgress: reporter(id) }) });
  } catch (error) {
    if (controller.signal.aborted) post({ id, kind: 'cancelled' });
    else post({ id, kind: 'error', message: error instanceof Error ? error.message : String(error) });
  } finally {
    running.delete(id);
  }
};

self.addEventListener('message', ({ data }: MessageEvent<DatasetRequest>) => void answer(data));
