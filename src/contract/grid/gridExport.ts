/**
 * A grid's rows as files: CSV, JSON, and a Markdown table beside the published numbers. What a row measured of a network
 * that does not know the images' classes is written as agreement, never as top-1, and stands beside no published number.
 */
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
  ['top1', (row) => accuracyOf(row)],
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
  ['agreement', (row) => agreementOf(row)],
  ['against', ({ against }) => against ?? null],
  ['kl', ({ kl }) => kl ?? null],
];

/** The share of right answers, and that of answers like the float network's: a row has one of the two. */
const accuracyOf = ({ top1, against }: GridRow): number | null => (against ? null : top1);
const agreementOf = ({ top1, against }: GridRow): number | null => (against ? top1 : null);

/** The 2021 figure of the same model, dataset, method and bits, an accuracy; none where weights and activations differ. */
export function publishedFor({
  model,
  dataset,
  method,
  weightBits,
  activationBits,
  against,
}: Pick<GridRow, 'model' | 'dataset' | 'method' | 'weightBits' | 'activationBits' | 'against'>): number | null {
  return weightBits === activationBits && against === undefined ? published(model, dataset, method, weightBits) : null;
}

function differenceTo2021(row: GridRow): number | null {
  const then = publishedFor(row);
  return then === null ? null : Number((row.top1 - then).toFixed(4));
}

/** The float32 top-1 that a row's loss is counted from: same model, dataset and images. None of what agrees with float32. */
export function float32Of(row: GridRow, rows: readonly GridRow[]): number | null {
  const { model, dataset, images } = row;
  if (row.against) return null;
  return (
    rows.find(
      (other) =>
        other.method === 'float32' &&
        !other.against &&
        other.model === model &&
        other.dataset === dataset &&
        other.images === images,
    )?.top1 ?? null
  );
}

const cells = (rows: readonly GridRow[]): CsvValue[][] =>
  rows.map((row) => COLUMNS.map(([, value]) => value(row, float32Of(row, rows))));

export const toCsv = (rows: readonly GridRow[]): string => csvText([COLUMNS.map(([name]) => name), ...cells(rows)]);

/** As the headless twin's rows say it. */
const named = (row: GridRow): object => (row.against ? { ...row, top1: null, agreement: row.top1 } : row);

export const toJson = (rows: readonly GridRow[]): string => `${JSON.stringify(rows.map(named), null, 1)}\n`;

const percent = (share: number | null): string => (share === null ? '' : `${(100 * share).toFixed(2)}%`);
const points = (difference: number | null): string =>
  difference === null ? '' : `${difference < 0 ? '−' : '+'}${(100 * Math.abs(difference)).toFixed(2)}`;

type Shown = readonly [
  head: string,
  value: (row: GridRow, rows: readonly GridRow[]) => string,
  of?: (row: GridRow) => boolean,
];

const isAgreement = ({ against }: GridRow): boolean => against !== undefined;
const isAccuracy = (row: GridRow): boolean => !isAgreement(row);

/** With `of`, a column only where some row is such a row. */
const SHOWN: readonly Shown[] = [
  ['model', ({ model }) => markdownText(model)],
  ['dataset', ({ dataset }) => markdownText(dataset)],
  ['method', ({ method }) => markdownText(method)],
  [
    'bits',
    ({ weightBits, activationBits }) =>
      weightBits === activationBits ? String(weightBits) : `w${weightBits}a${activationBits}`,
  ],
  ['top-1', (row) => percent(accuracyOf(row)), isAccuracy],
  ['agreement', (row) => percent(agreementOf(row)), isAgreement],
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
    isAccuracy,
  ],
  ['2021', (row) => percent(publishedFor(row)), isAccuracy],
  ['to 2021, points', (row) => points(differenceTo2021(row)), isAccuracy],
  ['size, kB', ({ sizeBytes }) => (sizeBytes / 1000).toFixed(0)],
  ['ms an image', ({ latency }) => latency?.msPerImage.toFixed(2) ?? ''],
  ['command', ({ command }) => markdownCode(command)],
];

export function toMarkdown(rows: readonly GridRow[]): string {
  const columns = SHOWN.filter(([, , of]) => of === undefined || rows.some(of));
  return markdownTable([
    columns.map(([head]) => head),
    ...rows.map((row) => columns.map(([, value]) => value(row, rows))),
  ]);
}

/** JSON lines as docs/results keeps them: without what is said of each image. */
export function toLines(rows: readonly GridRow[]): string {
  const perImage: ReadonlySet<string> = new Set(['key', 'classes', 'labels', 'predictions']);
  return rows
    .map((row) => {
      const kept = Object.entries(named(row)).filter(([name]) => !perImage.has(name));
      return `${JSON.stringify({ ...Object.fromEntries(kept), float32Top1: float32Of(row, rows) })}\n`;
    })
    .join('');
}

export const EXPORTS = { csv: toCsv, json: toJson, markdown: toMarkdown, lines: toLines } as const;
export type ExportFormat = keyof typeof EXPORTS;
