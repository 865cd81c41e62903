/** Runs a grid cell by cell: what is stored is skipped, what fails is kept with its reason, what is cut goes on. */
import type { EpochMean } from '../tensor/train.ts';
import type { Control, Engine } from './engine.ts';
import { cellsOf, commandOf, encodeClasses, isRow, type Cell, type CellMethod, type GridRecord, type GridRow, type GridSettings, type Provenance } from './grid.ts';
import type { Progress, RunSettings } from './protocol.ts';
import type { TrainingState } from './trainingProtocol.ts';

/** Where a grid's records are kept; the last one of a key counts. */
export type GridStore = {
  readonly load: () => Promise<readonly GridRecord[]>;
  readonly save: (record: GridRecord) => Promise<void>;
};

export type GridTools = {
  /** The engine that has this model and dataset. */
  readonly engineFor: (bench: Pick<RunSettings, 'model' | 'dataset'>) => Promise<Engine>;
  readonly store: GridStore;
  readonly provenance: Provenance;
  /** The file that a cell's network is read from, for its command; undefined: a bundled one. */
  readonly weightsOf?: (bench: Pick<RunSettings, 'model' | 'dataset'>) => string | undefined;
  /** Milliseconds, and the time of day. */
  readonly clock?: { readonly now: () => number; readonly date: () => string };
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

const SYSTEM_CLOCK = { now: () => performance.now(), date: () => new Date().toISOString() };

/**
 * Images that a cell passes through the network, a training step counted as three passes: a guess of its cost that
 * measured seconds make one of its time.
 */
function passes({ images, calibrationImages, training }: RunSettings): number {
  return images + calibrationImages + (training ? 3 * training.epochs * training.trainImages : 0);
}

/** Seconds that the cells will take, at the pace of those measured of the same model and dataset, else of all. */
export function secondsLeft(cells: readonly Cell[], rows: readonly { readonly settings: RunSettings; readonly seconds: number }[]): number | null {
  if (rows.length === 0) return null;
  const pace = (some: typeof rows): number => some.reduce((sum, { seconds }) => sum + seconds, 0) / some.reduce((sum, { settings }) => sum + passes(settings), 0);
  return cells.reduce((sum, { settings }) => {
    const alike = rows.filter((row) => row.settings.model === settings.model && row.settings.dataset === settings.dataset);
    return sum + passes(settings) * pace(alike.length > 0 ? alike : rows);
  }, 0);
}

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The curve of a training that had ended before: it has no step left to report. */
function storedCurve({ losses, accuracies, stepsPerEpoch }: TrainingState): readonly EpochMean[] {
  const of = (values: Float32Array, epoch: number): Float32Array => values.subarray(epoch * stepsPerEpoch, (epoch + 1) * stepsPerEpoch);
  return Array.from({ length: Math.ceil(losses.length / stepsPerEpoch) }, (_, epoch) =>
    ({ epoch, steps: of(losses, epoch).length, loss: mean(of(losses, epoch)), accuracy: mean(of(accuracies, epoch)) }));
}

async function measured(cell: Cell, tools: GridTools, control: Control): Promise<GridRow> {
  const { settings } = cell;
  const { now, date } = tools.clock ?? SYSTEM_CLOCK;
  const start = now();
  const engine = await tools.engineFor(settings);
  let curve: readonly EpochMean[] = [];
  const report = (progress: Progress): void => {
    curve = progress.training?.curve ?? curve;
    control.report?.(progress);
  };
  const result = await engine.evaluate(settings, { ...control, report });
  if (settings.training && curve.length === 0) curve = storedCurve(await engine.trainer.trainingState(settings));
  const { test } = (await engine.subject(settings)).dataset;
  const { model, dataset, method, scheme, images, calibrationImages, seed, training } = settings;
  return {
    key: cell.key, command: commandOf(settings, tools.weightsOf?.(settings), tools.provenance.runtime !== undefined), model, dataset, side: test.height, method: method as CellMethod,
    scheme: scheme?.name ?? null, weightBits: scheme?.weightBits ?? 32, activationBits: scheme?.activationBits ?? 32,
    repairs: scheme?.repairs ?? [], training: training ?? null, images, calibrationImages, seed,
    top1: result.top1, sizeBytes: result.sizeBytes, onnxBytes: result.onnxBytes,
    backend: result.device.backend, device: result.device.description,
    ...tools.provenance, seconds: (now() - start) / 1000, finished: date(),
    classes: test.classes, labels: encodeClasses(test.labels.subarray(0, images)), predictions: encodeClasses(result.predictions), curve,
  };
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
export async function* runGrid(grid: GridSettings, tools: GridTools, control: Control = {}): AsyncGenerator<GridEvent, void> {
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
      const row = await measured(cell, tools, control);
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
