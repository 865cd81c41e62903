/** Runs a grid cell by cell: what is stored is skipped, what fails is kept with its reason, what is cut goes on. */
import {
  cellsOf,
  isRow,
  type Cell,
  type GridRecord,
  type GridRow,
  type GridSettings,
} from '../../contract/grid/grid.ts';
import type { RunSettings } from '../../contract/run.ts';
import type { Control } from '../../contract/progress.ts';

/** Where a grid's records are kept; the last one of a key counts. */
export type GridStore = {
  readonly load: () => Promise<readonly GridRecord[]>;
  readonly save: (record: GridRecord) => Promise<void>;
};

export type GridTools = {
  readonly measure: (cell: Cell, control: Control) => Promise<GridRow>;
  readonly store: GridStore;
};

export type GridEvent = {
  readonly cell: Cell;
  readonly record: GridRecord;
  /** Cells with a row, of how many. */
  readonly done: number;
  readonly total: number;
  /** An estimate from the cells that this run has measured; null before the first. */
  readonly secondsLeft: number | null;
};

/**
 * Images that a cell passes through the network, a training step counted as three passes: a guess of its cost that
 * measured seconds make one of its time.
 */
function passes({ images, calibrationImages, training }: RunSettings): number {
  return images + calibrationImages + (training ? 3 * training.epochs * training.trainImages : 0);
}

/** Seconds that the cells will take, at the pace of those measured of the same model and dataset, else of all. */
export function secondsLeft(
  cells: readonly Cell[],
  rows: readonly { readonly settings: RunSettings; readonly seconds: number }[],
): number | null {
  if (rows.length === 0) return null;
  const pace = (some: typeof rows): number =>
    some.reduce((sum, { seconds }) => sum + seconds, 0) / some.reduce((sum, { settings }) => sum + passes(settings), 0);
  return cells.reduce((sum, { settings }) => {
    const alike = rows.filter(
      (row) => row.settings.model === settings.model && row.settings.dataset === settings.dataset,
    );
    return sum + passes(settings) * pace(alike.length > 0 ? alike : rows);
  }, 0);
}

/** The stored records of the grid's cells, the last of each key. */
export function recordsOf(cells: readonly Cell[], records: readonly GridRecord[]): ReadonlyMap<string, GridRecord> {
  const keys = new Set(cells.map(({ key }) => key));
  return new Map(records.filter(({ key }) => keys.has(key)).map((record) => [record.key, record]));
}

/**
 * One event for each cell as it ends. Cells that have a row are not run again; those that failed before come last.
 * Stopped by the signal or killed, it goes on where it was: a training from its last checkpoint.
 * @throws the signal's reason; what the store throws
 */
export async function* runGrid(
  grid: GridSettings,
  tools: GridTools,
  control: Control = {},
): AsyncGenerator<GridEvent, void> {
  const cells = cellsOf(grid);
  const known = recordsOf(cells, await tools.store.load());
  const isDone = ({ key }: Cell): boolean => {
    const record = known.get(key);
    return record !== undefined && isRow(record);
  };
  const open = cells.filter((cell) => !isDone(cell));
  const waiting = [...open.filter(({ key }) => !known.has(key)), ...open.filter(({ key }) => known.has(key))];
  const paces: { settings: RunSettings; seconds: number }[] = [];
  let done = cells.length - open.length;
  for (const [i, cell] of waiting.entries()) {
    control.signal?.throwIfAborted();
    let record: GridRecord;
    try {
      const row = await tools.measure(cell, control);
      paces.push({ settings: cell.settings, seconds: row.seconds });
      record = row;
      done++;
    } catch (error) {
      if (control.signal?.aborted) throw error;
      record = { key: cell.key, error: error instanceof Error ? error.message : String(error) };
    }
    await tools.store.save(record);
    yield { cell, record, done, total: cells.length, secondsLeft: secondsLeft(waiting.slice(i + 1), paces) };
  }
}
