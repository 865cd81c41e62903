/**
 * The datasets and weights that are here, and the import that is running. An import runs on while other screens are
 * shown.
 */
import { createDatasets, type Datasets } from '../../lab/rpc/datasetsClient.ts';
import type { DatasetList, ImportFrom, ImportReport, NormalizationName } from '../../contract/calls/data.ts';
import { createStore, type Readable } from '../store/store.ts';
import { speedOf, withMoment, type Moment } from './transfer.ts';

/** The import under way; `name` null: the files will say. */
export type Importing = { readonly name: string | null; readonly report: ImportReport; readonly speed: number | null };

export type DatasetsState = {
  /** null until the worker has answered. */
  readonly list: DatasetList | null;
  readonly importing: Importing | null;
  /** A sentence for the user: an error, or a warning. */
  readonly message: string | null;
  /** What the browser answered when it was asked to keep the storage; null: not asked since the page was loaded. */
  readonly persist: 'granted' | 'refused' | null;
  /** Grows with every change to the stored sets, so that a component can read its set again. */
  readonly changes: number;
};

export type DatasetsStore = Readable<DatasetsState> & {
  /** Asks anew what is here; the first call starts the worker. */
  readonly refresh: () => Promise<void>;
  /** `normalization`: of an .onnx file that does not say it. */
  readonly start: (name: string | null, from: ImportFrom, normalization?: NormalizationName) => Promise<void>;
  readonly pause: () => void;
  readonly remove: (name: string) => Promise<void>;
  /** Reads every part of a set and compares it with its SHA-256. */
  readonly check: (name: string) => Promise<void>;
  readonly datasets: Datasets;
};

const NOTHING: ImportReport = { doneBytes: 0, totalBytes: null, images: 0 };
const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const isPause = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

/**
 * @param persist asks the browser not to clear the storage by itself
 * @param now milliseconds, for the speed
 */
export function createDatasetsStore(
  datasets: Datasets,
  persist: () => Promise<boolean>,
  now: () => number,
): DatasetsStore {
  const { getState, subscribe, set } = createStore<DatasetsState>({
    list: null,
    importing: null,
    message: null,
    persist: null,
    changes: 0,
  });
  let controller: AbortController | null = null;

  const refresh = (): Promise<void> =>
    datasets.call('list', {}).then(
      (list) => set({ list }),
      (error: unknown) => set({ message: sentence(error) }),
    );

  /** Says how it went, and what is here now. */
  const settled = async (work: Promise<string | null>): Promise<void> => {
    const message = await work.catch((error: unknown) => (isPause(error) ? null : sentence(error)));
    set({ message, changes: getState().changes + 1 });
    await refresh();
  };

  async function start(name: string | null, from: ImportFrom, normalization?: NormalizationName): Promise<void> {
    if (getState().importing) return;
    controller = new AbortController();
    let moments: Moment[] = [];
    set({ message: null, importing: { name, report: NOTHING, speed: null } });
    // Asked for when it matters: a browser may clear what it has not promised to keep.
    void persist().then(
      (granted) => set({ persist: granted ? 'granted' : 'refused' }),
      () => undefined,
    );
    const onProgress = (report: ImportReport): void => {
      moments = withMoment(moments, { ms: now(), doneBytes: report.doneBytes });
      set({ importing: { name, report, speed: speedOf(moments) } });
    };
    const work = datasets
      .call(
        'import',
        { name, from, ...(normalization && { normalization }) },
        { signal: controller.signal, onProgress },
      )
      .then(({ message }) => message);
    await settled(work.finally(() => set({ importing: null })));
  }

  return {
    datasets,
    getState,
    subscribe,
    refresh,
    start,
    pause: () => controller?.abort(),
    remove: (name) => settled(datasets.call('remove', { name })),
    check: (name) => settled(datasets.call('check', { name }).then(({ message }) => message)),
  };
}

let thePages: DatasetsStore | undefined;

/** The page's one; made, with its worker, when it is first asked for. */
export const datasetsStore = (): DatasetsStore =>
  (thePages ??= createDatasetsStore(
    createDatasets(),
    async () => navigator.storage.persist(),
    () => performance.now(),
  ));
