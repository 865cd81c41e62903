/** The section on the fastest network that loses little: rows of scripts/results/fastest.ts. */
import { readRows } from './readRows.ts';
import { percent, table, title } from './text.ts';

type Tried = {
  readonly scheme: string;
  readonly activationBits: number;
  readonly predictedMs: number;
  /** Points lost on training images kept apart. */
  readonly lostApart: number;
};

export type FastestRow = {
  readonly chosen: string;
  readonly model: string;
  readonly dataset: string;
  readonly side: number;
  readonly within: number;
  readonly scheme: string;
  readonly activationBits: number;
  readonly images: number;
  readonly imagesApart: number;
  readonly float32Top1: number;
  readonly top1: number;
  readonly tried: readonly Tried[];
  /** Of one image on one thread, all in turn. */
  readonly medianMs: { readonly float32: number; readonly w8a8: number; readonly w4a4: number; readonly taken: number };
  readonly timesFaster: number;
  readonly rounds: number;
  readonly sizeBytes: number;
  readonly device: string;
  readonly command: string;
};

const FILE = 'fastest.jsonl';

/** @throws naming the line that is no such row */
export const readFastestRows = (folder: string): readonly FastestRow[] =>
  readRows<FastestRow>(folder, FILE, ({ chosen, medianMs, command }) =>
    chosen === undefined || medianMs === undefined || command === undefined
      ? 'is no fastest network, or not the command it was found by.'
      : null,
  );

/** A mix's name ends in its bits a weight. */
const averageOf = (scheme: string): string => scheme.split('+mixed:')[1] ?? '';

function oneOf(row: FastestRow): string {
  const { model, dataset, side, within, tried, medianMs, rounds } = row;
  const lost = 100 * (row.float32Top1 - row.top1);
  return [
    `### ${title(model)} on ${title(dataset)}, ${side} × ${side}`,
    '',
    `${averageOf(row.scheme)} bits a weight on average, activations at ${row.activationBits}: ${percent(row.top1)} of ${row.images.toLocaleString('en')} test images, ${lost.toFixed(2)} points less than in 32 bits, in ${(row.sizeBytes / 1000).toFixed(0)} kB. It was taken because it loses at most ${within} point on ${row.imagesApart.toLocaleString('en')} training images kept apart; those before it in the table lose more. \`${row.command}\``,
    '',
    table(
      ['activations', 'bits a weight', 'ms foretold', 'points lost on images kept apart'],
      tried.map((mix) => [
        String(mix.activationBits),
        averageOf(mix.scheme),
        mix.predictedMs.toFixed(3),
        mix.lostApart.toFixed(2),
      ]),
    ),
    '',
    `One image, median of ${rounds} runs, all in turn (${row.device}): float32 ${medianMs.float32} ms, 8 bits ${medianMs.w8a8}, 4 bits ${medianMs.w4a4}, this one ${medianMs.taken}: ${row.timesFaster.toFixed(1)} times as fast as float32.`,
  ].join('\n');
}

/** Markdown; empty while there are no rows. */
export const fastestSection = (rows: readonly FastestRow[]): string =>
  rows.length === 0
    ? ''
    : [
        '## The fastest network within a point',
        '',
        "Each layer's weights get the width that is paid for best in milliseconds of our own engine, instead of in bits; what it costs is the divergence of the output with that layer alone rounded. Gain correction repairs the mix.",
        '',
        rows.map(oneOf).join('\n\n'),
      ].join('\n');
