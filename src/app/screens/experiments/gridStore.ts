/** The page's experiment grid. It runs on while other screens are shown, and resumes after a reload. */
import type { Lab } from '../../../lab/rpc/client.ts';
import type { Cell, GridRecord, GridRow, GridSettings } from '../../../contract/grid/grid.ts';
import { runGrid } from '../../../lab/rpc/gridRun.ts';
import { createStore, type Readable } from '../../store/store.ts';
import { WORDS } from '../../words/words.ts';
import { ENGINE_TITLES } from '../../../contract/engines.ts';
import { onnxPair, pairIn } from '../../state/times.ts';
import type { Latency, ScoreResult } from '../../../contract/run.ts';
import type { Progress } from '../../../contract/progress.ts';

export type GridState = {
  /** Every record kept, by key; null until they are read. */
  readonly records: ReadonlyMap<string, GridRecord> | null;
  /** What is running now. */
  readonly running: {
    readonly cell: Cell | null;
    readonly progress: Progress | null;
    readonly secondsLeft: number | null;
    readonly stopping: boolean;
  } | null;
  readonly problem: string | null;
};

export type GridStore = Readable<GridState> & {
  readonly load: () => Promise<void>;
  /** @param timed each cell is also timed in turn with the float network */
  readonly run: (grid: GridSettings, timed: boolean) => Promise<void>;
  /** Stops between two batches; a training keeps its last step. */
  readonly pause: () => void;
  readonly forget: (keys: readonly string[]) => Promise<void>;
};

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Milliseconds an image, from a score's medians. */
function latencyOf(score: ScoreResult): GridRow['latency'] {
  const { engine, threads, latency, float32 } = pairIn(score) ?? onnxPair(score);
  const perImage = ({ medianMs, batch }: Latency): number => medianMs / batch;
  return {
    msPerImage: perImage(latency),
    float32MsPerImage: perImage(float32),
    runtime: WORDS.experiments.runtime(ENGINE_TITLES[engine], threads),
  };
}

export function createGridStore(lab: Lab): GridStore {
  const { getState, subscribe, set } = createStore<GridState>({ records: null, running: null, problem: null });
  let controller: AbortController | null = null;

  function running(change: Partial<NonNullable<GridState['running']>>): void {
    const now = getState().running;
    if (now) set({ running: { ...now, ...change } });
  }

  async function measure(cell: Cell, timed: boolean, signal: AbortSignal): Promise<GridRow> {
    running({ cell, progress: null });
    const options = { signal, onProgress: (progress: Progress) => running({ progress }) };
    const row = await lab.call('gridCell', cell, options);
    if (!timed) return row;
    // A small set has fewer images than the grid asks for.
    const { images, calibrationImages, against } = row;
    const settings = { ...cell.settings, images, calibrationImages, ...(against && { against }) };
    const score = await lab.call('score', settings, options);
    return { ...row, latency: latencyOf(score) };
  }

  async function load(): Promise<void> {
    try {
      const records = await lab.call('gridRecords', null);
      set({ records: new Map(records.map((record) => [record.key, record])) });
    } catch (error) {
      set({ records: new Map(), problem: sentence(error) });
    }
  }

  async function run(grid: GridSettings, timed: boolean): Promise<void> {
    if (controller) return;
    const { signal } = (controller = new AbortController());
    set({ running: { cell: null, progress: null, secondsLeft: null, stopping: false }, problem: null });
    const kept = {
      load: () => lab.call('gridRecords', null),
      save: async (record: GridRecord) => void (await lab.call('keepGridRecord', record)),
    };
    try {
      for await (const { cell, record, secondsLeft } of runGrid(
        grid,
        { store: kept, measure: (one) => measure(one, timed, signal) },
        { signal },
      )) {
        set({ records: new Map(getState().records).set(cell.key, record) });
        running({ secondsLeft, cell: null, progress: null });
      }
    } catch (error) {
      if (!signal.aborted) set({ problem: sentence(error) });
    } finally {
      controller = null;
      set({ running: null });
    }
  }

  return {
    getState,
    subscribe,
    load,
    run,
    pause() {
      controller?.abort();
      running({ stopping: true });
    },
    async forget(keys) {
      await lab.call('forgetGridRecords', keys);
      const kept = new Map(getState().records);
      for (const key of keys) kept.delete(key);
      set({ records: kept });
    },
  };
}

const stores = new WeakMap<Lab, GridStore>();

/** The one grid of this lab. */
export function gridStoreOf(lab: Lab): GridStore {
  const known = stores.get(lab) ?? createGridStore(lab);
  stores.set(lab, known);
  return known;
}
