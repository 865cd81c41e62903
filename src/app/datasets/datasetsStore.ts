/**
 * The datasets and weights that are here, and the import that is running. An import runs on while other screens are
 * shown.
 */
import { createDatasets, type Datasets } from '../../lab/rpc/datasetsClient.ts';
import type {
  DatasetCalls,
  DatasetDescription,
  DatasetList,
  ImportFrom,
  ImportReport,
  NormalizationName,
} from '../../contract/calls/data.ts';
import { keptBytes } from '../../contract/keptBytes.ts';
import { WORDS } from '../words/words.ts';
import { createStore, type Readable } from '../store/store.ts';
import { speedOf, withMoment, type Moment } from './transfer.ts';

/** The import under way; `name` null: the files will say. */
export type Importing = { readonly name: string | null; readonly report: ImportReport; readonly speed: number | null };

/** What an import would keep, and what the browser still has room for, in bytes; null: it does not say. */
export type Size = { readonly bytes: number; readonly free: number | null };

/** What must be answered before an import begins, or before it ends. */
export type Question =
  | { readonly kind: 'classes'; readonly description: DatasetDescription; readonly size?: Size }
  | { readonly kind: 'leftOut'; readonly name: string; readonly message: string }
  /** Files that hold an .onnx file's weights are still to be brought. */
  | { readonly kind: 'parts'; readonly missing: readonly string[] };

export type DatasetsState = {
  /** null: there is nothing to ask. */
  readonly question: Question | null;
  /** null until the worker has answered. */
  readonly list: DatasetList | null;
  readonly importing: Importing | null;
  /** A sentence for the user: an error, or a warning. */
  readonly message: string | null;
  /** What the browser answered when it was asked to keep the storage; null: not asked since the page was loaded. */
  readonly persist: 'granted' | 'refused' | null;
  /** Grows with every change to the stored sets, so that a component can read its set again. */
  readonly changes: number;
  /** Sets and weights that came or became others since somebody took note of it. */
  readonly changed: readonly string[];
};

export type DatasetsStore = Readable<DatasetsState> & {
  /** Asks anew what is here; the first call starts the worker. */
  readonly refresh: () => Promise<void>;
  /**
   * Files that come while others are asked for are taken together with those that wait.
   * @param normalization of a file of weights that does not say it
   */
  readonly start: (name: string | null, from: ImportFrom, normalization?: NormalizationName) => Promise<void>;
  readonly pause: () => void;
  /** Ends the import that runs; nothing of it stays. */
  readonly cancel: () => void;
  /** Goes on with what was asked about. @param reading the id of a reading of the folders */
  readonly goOn: (reading?: string) => Promise<void>;
  /** Leaves it: nothing of it stays. */
  readonly leave: () => Promise<void>;
  readonly remove: (name: string) => Promise<void>;
  /** Another normalization for weights whose file does not say it. */
  readonly normalize: (name: string, normalization: NormalizationName) => Promise<void>;
  /** Takes note of what changed. */
  readonly takeChanged: () => readonly string[];
  /** Reads every part of a set and compares it with its SHA-256. */
  readonly check: (name: string) => Promise<void>;
  readonly datasets: Datasets;
};

/** An import that keeps more is asked about first. */
const LARGE = 100e6;

const NOTHING: ImportReport = { doneBytes: 0, totalBytes: null, images: 0 };
/** What was brought, as its files, its link or its place in the catalogue are called. */
function nameOf(from: ImportFrom): string {
  if (from.kind === 'files') return [...new Set(from.files.map(({ path }) => path.split('/')[0]))].join(', ');
  return from.kind === 'link' ? from.url : from.id;
}
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
    question: null,
    importing: null,
    message: null,
    persist: null,
    changes: 0,
    changed: [],
  });
  let controller: AbortController | null = null;
  /** The set that the import under way writes, as soon as it is known; and whether it was cancelled. */
  let written: string | null = null;
  let cancelled = false;
  /** Says what was brought while an import ran; null: nothing was. It is still said when that import has ended. */
  let missed: string | null = null;

  const refresh = (): Promise<void> =>
    datasets.call('list', {}).then(
      (list) => set({ list }),
      (error: unknown) => set({ message: sentence(error) }),
    );

  /** Says how it went, and what is here now. */
  const settled = async (work: Promise<string | null>): Promise<void> => {
    const message = await work.catch((error: unknown) => (isPause(error) ? null : sentence(error)));
    set({ message: [message, missed].filter(Boolean).join(' ') || null, changes: getState().changes + 1 });
    missed = null;
    await refresh();
  };

  type Wanted = DatasetCalls['import']['args'];
  let asked: Wanted | null = null;

  function ask(question: Question, wanted: Wanted): void {
    asked = wanted;
    set({ question });
  }

  async function bring(wanted: Wanted): Promise<string | null> {
    const { name } = wanted;
    let moments: Moment[] = [];
    const onProgress = ({ name: into, ...report }: ImportReport): void => {
      written = into ?? written;
      moments = withMoment(moments, { ms: now(), doneBytes: report.doneBytes });
      set({ importing: { name, report, speed: speedOf(moments) } });
    };
    const result = await datasets.call('import', wanted, { signal: controller?.signal, onProgress });
    if (result.missing) ask({ kind: 'parts', missing: result.missing }, wanted);
    else if (result.question === undefined) set({ changed: [...getState().changed, result.name] });
    else ask({ kind: 'leftOut', name: result.name, message: result.question }, { ...wanted, name: result.name });
    return result.message;
  }

  /** Files are looked at first: what is unclear or odd about them is asked before they are imported. */
  async function lookedAt(wanted: Wanted): Promise<string | null> {
    const { name, from } = wanted;
    if (from.kind !== 'files') return bring(wanted);
    const description = await datasets.call('describe', { name, from }, { signal: controller?.signal });
    const size = description ? sizeOf(description, from) : null;
    const large = size !== null && (size.bytes >= LARGE || size.bytes > (size.free ?? Infinity));
    if (!description || (!description.ambiguous && description.warnings.length === 0 && !large)) return bring(wanted);
    ask({ kind: 'classes', description, ...(large && { size }) }, wanted);
    return null;
  }

  function sizeOf({ classes }: DatasetDescription, { files }: Extract<ImportFrom, { kind: 'files' }>): Size {
    const { usage = null, quota = null } = getState().list ?? {};
    const images = classes.reduce((sum, { train, test }) => sum + train + test, 0);
    const fileBytes = files.reduce((sum, { file }) => sum + file.size, 0);
    return { bytes: keptBytes(images, fileBytes), free: usage === null || quota === null ? null : quota - usage };
  }

  async function run(wanted: Wanted, work: (wanted: Wanted) => Promise<string | null>): Promise<void> {
    if (getState().importing) {
      missed = WORDS.data.missed(nameOf(wanted.from));
      set({ message: missed });
      return;
    }
    set({ message: null, question: null, importing: { name: wanted.name, report: NOTHING, speed: null } });
    // Asked for when it matters: a browser may clear what it has not promised to keep.
    void persist().then(
      (granted) => set({ persist: granted ? 'granted' : 'refused' }),
      () => undefined,
    );
    controller = new AbortController();
    [written, cancelled] = [wanted.name, false];
    await settled(
      work(wanted)
        // The worker has stopped by now: nothing is written after this.
        .catch(async (error: unknown) => {
          if (cancelled && written !== null) await datasets.call('remove', { name: written });
          throw error;
        })
        .finally(() => set({ importing: null })),
    );
  }

  function start(name: string | null, from: ImportFrom, normalization?: NormalizationName): Promise<void> {
    const { question } = getState();
    const waiting = question?.kind === 'parts' && asked?.from.kind === 'files' ? asked.from.files : null;
    const whole = waiting && from.kind === 'files' ? { ...from, files: [...waiting, ...from.files] } : from;
    return run({ name, from: whole, ...(normalization && { normalization }) }, lookedAt);
  }

  async function goOn(reading?: string): Promise<void> {
    const { question } = getState();
    if (!question || !asked || question.kind === 'parts') return;
    await run(question.kind === 'classes' ? { ...asked, reading } : { ...asked, allowLeftOut: true }, bring);
  }

  async function leave(): Promise<void> {
    const { question } = getState();
    set({ question: null });
    if (question?.kind === 'leftOut') await settled(datasets.call('remove', { name: question.name }));
  }

  async function normalize(name: string, normalization: NormalizationName): Promise<void> {
    await settled(datasets.call('normalize', { name, normalization }));
    set({ changed: [...getState().changed, name] });
  }

  function takeChanged(): readonly string[] {
    const { changed } = getState();
    if (changed.length > 0) set({ changed: [] });
    return changed;
  }

  return {
    datasets,
    normalize,
    takeChanged,
    getState,
    subscribe,
    refresh,
    start,
    goOn,
    leave,
    pause: () => controller?.abort(),
    cancel() {
      cancelled = true;
      controller?.abort();
    },
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
