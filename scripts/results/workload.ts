/** One model on one dataset, with one training's weights: its rows, and the best of each cell. */
import type { Method, ResultRow } from './rows.ts';

export type WorkloadRows = {
  readonly model: string;
  readonly dataset: string;
  readonly side: number;
  readonly edition: string | null;
  readonly rows: readonly ResultRow[];
  /** The float network on the most images. */
  readonly float32: { readonly top1: number; readonly images: number; readonly row: ResultRow } | null;
};

const ORDER: Readonly<Record<string, number>> = { resnet20: 0, resnet18: 1, resnet50: 2, cifar10: 0, imagenette: 10 };

function float32Of(rows: readonly ResultRow[]): WorkloadRows['float32'] {
  const known = rows.flatMap((row) => {
    if (row.method === 'float32') return [{ top1: row.top1, images: row.images, row }];
    return row.float32Top1 === null ? [] : [{ top1: row.float32Top1, images: row.images, row }];
  });
  return known.toSorted((a, b) => b.images - a.images || a.row.number - b.row.number)[0] ?? null;
}

/** The rows by dataset, side, model and edition; samples of a dataset are no dataset of the table. */
export function workloadsOf(rows: readonly ResultRow[]): readonly WorkloadRows[] {
  const groups = new Map<string, ResultRow[]>();
  for (const row of rows) {
    if (row.dataset === 'cifar10-sample') continue;
    const key = `${row.dataset} ${row.side} ${row.model} ${row.edition ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()]
    .map((group) => ({
      model: group[0].model,
      dataset: group[0].dataset,
      side: group[0].side,
      edition: group[0].edition,
      rows: group,
      float32: float32Of(group),
    }))
    .toSorted(
      (a, b) =>
        (ORDER[a.dataset] ?? 99) + (ORDER[a.model] ?? 9) - (ORDER[b.dataset] ?? 99) - (ORDER[b.model] ?? 9) ||
        a.side - b.side ||
        Number(a.edition !== null) - Number(b.edition !== null),
    );
}

/** Points that a row lost to the float network on the same images; null where that was not measured. */
export function lostOf(row: ResultRow, { rows }: Pick<WorkloadRows, 'rows'>): number | null {
  const float32 =
    row.float32Top1 ??
    rows.find(({ method, images, seed }) => method === 'float32' && images === row.images && seed === row.seed)?.top1;
  return float32 === undefined ? null : float32 - row.top1;
}

/** Rows of a cell, best first; `plain`: the preset as it is. */
export function cellRows(
  { rows }: WorkloadRows,
  method: Method,
  bits: number,
  preset: string,
  plain = false,
): readonly ResultRow[] {
  return rows
    .filter(
      (row) =>
        row.method === method &&
        row.weightBits === bits &&
        row.activationBits === bits &&
        row.preset === preset &&
        !row.mixed &&
        (!plain || row.scheme === preset),
    )
    .toSorted((a, b) => b.images - a.images || b.top1 - a.top1 || a.number - b.number);
}
