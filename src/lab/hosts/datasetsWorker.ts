/** The datasets' worker: imports run beside the lab's, so that neither waits for the other. */
import { shareStore } from '../../data/store/sharedStore.ts';
import { checkSet, contactSheet, importSet, listSets, removeSet } from '../data/datasets.ts';
import { browserDatasets, browserShelf } from './datasetsBrowser.ts';
import type {
  DatasetCallKind,
  DatasetCalls,
  DatasetRequest,
  DatasetResponse,
  ImportReport,
} from '../../contract/calls/data.ts';
import {
  importWeights,
  isWeights,
  listWeights,
  readWeights,
  removeWeights,
  weightsModelOf,
} from '../data/weightFiles.ts';

type Control = { readonly signal: AbortSignal; readonly onProgress: (progress: ImportReport) => void };
type Answers = {
  readonly [K in DatasetCallKind]: (
    args: DatasetCalls[K]['args'],
    control: Control,
  ) => Promise<DatasetCalls[K]['result']>;
};

/** Progress is told so often, at the most. */
const REPORT_MS = 100;

void browserDatasets().then(({ memory }) => shareStore(memory));

const running = new Map<number, AbortController>();
const post = (response: DatasetResponse): void => self.postMessage(response);

const answers: Answers = {
  list: async () => {
    const { usage = null, quota = null } = await navigator.storage.estimate().catch((): StorageEstimate => ({}));
    const persisted = await navigator.storage.persisted().catch(() => null);
    return {
      datasets: await listSets(await browserDatasets()),
      weights: await listWeights(await browserShelf()),
      persisted,
      usage,
      quota,
    };
  },
  import: async ({ name, from, normalization }, control) =>
    (await isWeights(name, from))
      ? importWeights(await browserShelf(), name, from, { ...control, normalization })
      : importSet(await browserDatasets(), name, from, control),
  remove: async ({ name }) => {
    const model = weightsModelOf(name);
    if (model) await removeWeights(await browserShelf(), model);
    else await removeSet(await browserDatasets(), name);
    return null;
  },
  check: async ({ name }) => {
    const model = weightsModelOf(name);
    if (!model) return { message: await checkSet(await browserDatasets(), name) };
    const { fileName } = await readWeights(await browserShelf(), model);
    return { message: `${fileName} is as it was kept.` };
  },
  sheet: async ({ name, perClass, side }) => contactSheet(await browserDatasets(), name, perClass, side),
};

function reporter(id: number): (progress: ImportReport) => void {
  let last = 0;
  return (progress) => {
    const now = performance.now();
    if (now - last < REPORT_MS) return;
    last = now;
    post({ id, kind: 'progress', progress });
  };
}

async function answer(request: DatasetRequest): Promise<void> {
  if (request.kind === 'cancel') return running.get(request.id)?.abort();
  const { id, kind, args } = request;
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const respond = answers[kind] as (
      args: unknown,
      control: Control,
    ) => Promise<DatasetCalls[DatasetCallKind]['result']>;
    post({ id, kind: 'result', result: await respond(args, { signal: controller.signal, onProgress: reporter(id) }) });
  } catch (error) {
    if (controller.signal.aborted) post({ id, kind: 'cancelled' });
    else post({ id, kind: 'error', message: error instanceof Error ? error.message : String(error) });
  } finally {
    running.delete(id);
  }
}

self.addEventListener('message', ({ data }: MessageEvent<DatasetRequest>) => void answer(data));
