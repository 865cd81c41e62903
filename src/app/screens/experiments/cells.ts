/** What the Experiments screen works out from records: the tables' lines, a cell's confusion matrix. */
import { decodeClasses, isRow, type Cell, type GridRecord, type GridRow } from '../../../contract/grid/grid.ts';

/** One model on one dataset: its cells by method and bits (32: float32). */
export type WorkloadCells = {
  readonly model: string;
  readonly dataset: string;
  readonly cells: ReadonlyMap<string, Cell>;
};

export const cellId = (method: string, bits: number): string => `${method} ${bits}`;

/** The grid's cells by workload, in the order of the datasets and models chosen. */
export function workloadsOf(cells: readonly Cell[]): readonly WorkloadCells[] {
  const workloads = new Map<string, { model: string; dataset: string; cells: Map<string, Cell> }>();
  for (const cell of cells) {
    const { model, dataset, method, scheme } = cell.settings;
    const key = `${dataset} ${model}`;
    const workload = workloads.get(key) ?? { model, dataset, cells: new Map<string, Cell>() };
    workloads.set(key, workload);
    workload.cells.set(cellId(method, scheme?.weightBits ?? 32), cell);
  }
  return [...workloads.values()];
}

export function rowOf(cell: Cell | undefined, records: ReadonlyMap<string, GridRecord>): GridRow | null {
  const record = cell && records.get(cell.key);
  return record && isRow(record) ? record : null;
}

/** Where a set has fewer images than its cells ask for: how many were measured and calibrated on; null: it has enough. */
export function fewerImages(
  { cells }: WorkloadCells,
  records: ReadonlyMap<string, GridRecord>,
): { readonly test: number | null; readonly calibration: number | null } | null {
  const measured = [...cells.values()].flatMap((cell) => {
    const row = rowOf(cell, records);
    return row ? [{ row, asked: cell.settings }] : [];
  });
  const test = measured.find(({ row, asked }) => row.images < asked.images)?.row.images ?? null;
  const calibration =
    measured.find(({ row, asked }) => row.calibrationImages < asked.calibrationImages)?.row.calibrationImages ?? null;
  return test === null && calibration === null ? null : { test, calibration };
}

/** matrix[truth][said]: how many of the images. */
export function confusionOf({
  labels,
  predictions,
  classes,
}: Pick<GridRow, 'labels' | 'predictions' | 'classes'>): readonly (readonly number[])[] {
  const matrix = classes.map(() => classes.map(() => 0));
  const said = decodeClasses(predictions);
  decodeClasses(labels).forEach((truth, i) => (matrix[truth][said[i]] += 1));
  return matrix;
}

/** The pair of different classes that is mixed up most, or null where none is. */
export function worstConfusion(
  matrix: readonly (readonly number[])[],
): { readonly truth: number; readonly said: number; readonly count: number } | null {
  let worst: { truth: number; said: number; count: number } | null = null;
  matrix.forEach((line, truth) =>
    line.forEach((count, said) => {
      if (truth !== said && count > (worst?.count ?? 0)) worst = { truth, said, count };
    }),
  );
  return worst;
}
