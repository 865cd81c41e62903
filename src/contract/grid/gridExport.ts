/** A grid's rows as files: CSV, JSON, and a Markdown table beside the published numbers. */
import { csvText, type CsvValue } from '../../base/tables/csv.ts';
import { markdownCode, markdownTable, markdownText } from '../../base/tables/markdown.ts';
import { wilson95 } from '../wilson.ts';
import type { GridRow } from './grid.ts';
import { published } from './published2021.ts';

/** What the table and the CSV show of a row, in this order. */
const COLUMNS: readonly (readonly [name: string, value: (row: GridRow, float32: number | null) => CsvValue])[] = [
  ['model', ({ model }) => model],
  ['dataset', ({ dataset }) => dataset],
  ['method', ({ method }) => method],
  ['scheme', ({ scheme }) => scheme],
  ['weightBits', ({ weightBits }) => weightBits],
  ['activationBits', ({ activationBits }) => activationBits],
  ['images', ({ images }) => images],
  ['top1', ({ top1 }) => top1],
  ['low95', ({ top1, images }) => Number(wilson95(top1, images).low.toFixed(4))],
  ['high95', ({ top1, images }) => Number(wilson95(top1, images).high.toFixed(4))],
  ['lost', ({ top1 }, float32) => (float32 === null ? null : Number((float32 - top1).toFixed(4)))],
  ['published2021', (row) => publishedFor(row)],
  ['difference', (row) => differenceTo2021(row)],
  ['sizeBytes', ({ sizeBytes }) => sizeBytes],
  ['onnxBytes', ({ onnxBytes }) => onnxBytes],
  ['msPerImage', ({ latency }) => latency?.msPerImage ?? null],
  ['float32MsPerImage', ({ latency }) => latency?.float32MsPerImage ?? null],
  ['seconds', ({ seconds }) => Number(seconds.toFixed(1))],
  ['seed', ({ seed }) => seed],
  ['device', ({ device }) => device],
  ['engine', ({ engine }) => engine ?? null],
  ['commit', ({ commit }) => commit],
  ['finished', ({ finished }) => finished],
  ['command', ({ command }) => command],
];

/** The 2021 figure of the same model, dataset, method and bits; none where weights and activations differ. */
export function publishedFor({
  model,
  dataset,
  method,
  weightBits,
  activationBits,
}: Pick<GridRow, 'model' | 'dataset' | 'method' | 'weightBits' | 'activationBits'>): number | null {
  return weightBits === activationBits ? published(model, dataset, method, weightBits) : null;
}

function differenceTo2021(row: GridRow): number | null {
  const then = publishedFor(row);
  return then === null ? null : Number((row.top1 - then).toFixed(4));
}

/** The float32 top-1 that a row's loss is counted from: same model, dataset and images. */
export function float32Of(row: GridRow, rows: readonly GridRow[]): number | null {
  const { model, dataset, images } = row;
  return (
    rows.find(
      (other) =>
        other.method === 'float32' && other.model === model && other.dataset === dataset && other.images === images,
    )?.top1 ?? null
  );
}

const cells = (rows: readonly GridRow[]): CsvValue[][] =>
  rows.map((row) => COLUMNS.map(([, value]) => value(row, float32Of(row, rows))));

export const toCsv = (rows: readonly GridRow[]): string => csvText([COLUMNS.map(([name]) => name), ...cells(rows)]);

export const toJson = (rows: readonly GridRow[]): string => `${JSON.stringify(rows, null, 1)}\n`;

const percent = (share: number | null): string => (share === null ? '' : `${(100 * share).toFixed(2)}%`);
const points = (difference: number | null): string =>
  difference === null ? '' : `${difference < 0 ? '−' : '+'}${(100 * Math.abs(difference)).toFixed(2)}`;

const SHOWN: readonly (readonly [head: string, value: (row: GridRow, rows: readonly GridRow[]) => string])[] = [
  ['model', ({ model }) => markdownText(model)],
  ['dataset', ({ dataset }) => markdownText(dataset)],
  ['method', ({ method }) => markdownText(method)],
  [
    'bits',
    ({ weightBits, activationBits }) =>
      weightBits === activationBits ? String(weightBits) : `w${weightBits}a${activationBits}`,
  ],
  ['top-1', ({ top1 }) => percent(top1)],
  [
    '95% interval',
    ({ top1, images }) => {
      const { low, high } = wilson95(top1, images);
      return `${percent(low)} to ${percent(high)}`;
    },
  ],
  ['images', ({ images }) => String(images)],
  [
    'lost, points',
    (row, rows) => {
      const float32 = float32Of(row, rows);
      return float32 === null || row.method === 'float32' ? '' : (100 * (float32 - row.top1)).toFixed(2);
    },
  ],
  ['2021', (row) => percent(publishedFor(row))],
  ['to 2021, points', (row) => points(differenceTo2021(row))],
  ['size, kB', ({ sizeBytes }) => (sizeBytes / 1000).toFixed(0)],
  ['ms an image', ({ latency }) => latency?.msPerImage.toFixed(2) ?? ''],
  ['command', ({ command }) => markdownCode(command)],
];

export const toMarkdown = (rows: readonly GridRow[]): string =>
  markdownTable([SHOWN.map(([head]) => head), ...rows.map((row) => SHOWN.map(([, value]) => value(row, rows)))]);

/** JSON lines as docs/results keeps them: without what is said of each image. */
export function toLines(rows: readonly GridRow[]): string {
  const perImage: ReadonlySet<string> = new Set(['key', 'classes', 'labels', 'predictions']);
  return rows
    .map((row) => {
      const kept = Object.entries(row).filter(([name]) => !perImage.has(name));
      return `${JSON.stringify({ ...Object.fromEntries(kept), float32Top1: float32Of(row, rows) })}\n`;
    })
    .join('');
}

export const EXPORTS = { csv: toCsv, json: toJson, markdown: toMarkdown, lines: toLines } as const;
export type ExportFormat = keyof typeof EXPORTS;
