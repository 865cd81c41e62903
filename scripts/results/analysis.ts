/** The findings in plain words: each sentence is made from rows, names them, and is left out where they are missing. */
import { cellRows, lostOf, type WorkloadRows } from './workload.ts';
import type { ResultRow } from './rows.ts';
import { bitsOf, interval, lostPoints, percent, points, reference, title, editionTitle } from './text.ts';
import { publishedFor } from '../../src/contract/grid/gridExport.ts';

type Finding = (workload: WorkloadRows) => readonly string[];

const WIDTHS = [8, 7, 6, 5, 4, 3, 2] as const;

export const nameOf = ({ model, edition, dataset, side }: WorkloadRows): string =>
  `${editionTitle(model, edition)} on ${title(dataset)} at ${side} × ${side}`;

/** What one scale for the tensor over its full range costs, where the same bits were measured both ways. */
const perTensor: Finding = (workload) =>
  WIDTHS.flatMap((bits) => {
    const [then] = cellRows(workload, 'ptq', bits, '2021', true);
    const now = cellRows(workload, 'ptq', bits, 'modern', true).find(
      ({ images, seed }) => images === then?.images && seed === then.seed,
    );
    if (!then || !now) return [];
    return [
      `At ${bits} bits one scale for each tensor over its whole range keeps ${percent(then.top1)} (${reference(then)}); a scale for each channel, ` +
        `searched ranges and 8 bits at both ends keep ${percent(now.top1)} (${reference(now)}): ${points(now.top1 - then.top1)} points, with nothing trained.`,
    ];
  });

/** Each repair against the same scheme without it, on the same images. */
const repairs: Finding = ({ rows }) =>
  rows.flatMap((row) => {
    if (row.repairs.length === 0) return [];
    const unrepaired = rows.filter(({ repairs: done }) => done.length === 0);
    const without = otherwiseAlike(unrepaired, row, /\+repair:[a-z0-9,]+/);
    return without ? [`At ${bitsOf(row)} bits ${row.repairs.join(' and ')} ${takes(without, row)}`] : [];
  });

/** What it is worth to keep more bits where values are only added up. */
const sums: Finding = ({ rows }) =>
  rows.flatMap((row) => {
    const bits = row.scheme?.match(/\+sums:(\d)/)?.[1];
    const calibratedAlike = rows.filter(({ calibrationImages }) => calibrationImages === row.calibrationImages);
    const without = bits && otherwiseAlike(calibratedAlike, row, /\+sums:\d/);
    return without
      ? [`At ${bitsOf(row)} bits${repairsOf(row)}, ${bits} bits in what is only added up ${takes(without, row)}`]
      : [];
  });

const repairsOf = ({ repairs: done }: ResultRow): string => (done.length === 0 ? '' : ` with ${done.join(' and ')}`);

/** The PTQ of the same bits, images and seed whose scheme lacks just what `change` matches. */
const otherwiseAlike = (rows: readonly ResultRow[], row: ResultRow, change: RegExp): ResultRow | undefined =>
  rows.find(
    (other) =>
      row.method === 'ptq' &&
      other.method === 'ptq' &&
      other.scheme === row.scheme?.replace(change, '') &&
      other.weightBits === row.weightBits &&
      other.activationBits === row.activationBits &&
      other.images === row.images &&
      other.seed === row.seed,
  );

const takes = (without: ResultRow, row: ResultRow): string =>
  `takes ${percent(without.top1)} (${reference(without)}) to ${percent(row.top1)} (${reference(row)}): ` +
  `${points(row.top1 - without.top1)} points${overlap(row, without) ? ', which is within the sampling error of so many images' : ''}.`;

/** Whether the 95% intervals of two rows meet. */
function overlap(a: ResultRow, b: ResultRow): boolean {
  const [p, q] = [a, b].map((row) => interval(row).split('–').map(Number));
  return p[0] <= q[1] && q[0] <= p[1];
}

/** The best 4-bit cells against float32 and against 2021. */
const fourBits: Finding = (workload) =>
  (['ptq', 'qat'] as const).flatMap((method) => {
    const [best] = cellRows(workload, method, 4, 'modern');
    const lost = best && lostOf(best, workload);
    if (!best || lost === null) return [];
    const then = publishedFor(best);
    return [
      `At 4 bits ${method.toUpperCase()} stands at ${percent(best.top1)} (95% interval ${interval(best)}, ${best.images} images), ` +
        `${lostPoints(lost)} points under float32 (${reference(best)})` +
        (then === null ? '.' : `; in 2021 it was ${percent(then)}.`),
    ];
  });

/** What training wins back from rounding at the lowest bits measured both ways. */
const training: Finding = (workload) =>
  WIDTHS.flatMap((bits) => {
    const [trained] = cellRows(workload, 'qat', bits, 'modern');
    const rounded = cellRows(workload, 'ptq', bits, 'modern', true).find(({ images }) => images === trained?.images);
    if (!trained?.trained || !rounded) return [];
    const { images, epochs } = trained.trained;
    return [
      `At ${bits} bits training takes ${percent(rounded.top1)} (${reference(rounded)}) to ${percent(trained.top1)} (${reference(trained)}): ` +
        `${points(trained.top1 - rounded.top1)} points for ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'} over ${images.toLocaleString('en-US')} images.`,
    ];
  });

/** Neighbouring widths that so many images cannot tell apart. */
const undecided: Finding = (workload) =>
  (['ptq', 'qat'] as const).flatMap((method) =>
    WIDTHS.slice(1).flatMap((bits, i) => {
      const [wide] = cellRows(workload, method, WIDTHS[i], 'modern', method === 'ptq');
      const [narrow] = cellRows(workload, method, bits, 'modern', method === 'ptq');
      if (!wide || !narrow || wide.images !== narrow.images || !overlap(wide, narrow)) return [];
      return [
        `${method.toUpperCase()} at ${WIDTHS[i]} and ${bits} bits (${reference(wide)}, ${reference(narrow)}): ${interval(wide)} and ${interval(narrow)}.`,
      ];
    }),
  );

const SECTIONS: readonly (readonly [heading: string, lead: string, finding: Finding])[] = [
  ['What one scale for each tensor, minimum to maximum, does', '', perTensor],
  ['What each repair is worth', '', repairs],
  ['What more bits in sums are worth', '', sums],
  ['Where 4 bits stand now', '', fourBits],
  ['What training wins back', '', training],
  [
    'What cannot be concluded',
    'These pairs of neighbouring widths have 95% intervals that meet: so few images do not say which is better.',
    undecided,
  ],
];

export function analysis(workloads: readonly WorkloadRows[]): string {
  return SECTIONS.flatMap(([heading, lead, finding]) => {
    const found = workloads.flatMap((workload) => {
      const sentences = finding(workload);
      return sentences.length === 0
        ? []
        : [`**${nameOf(workload)}.**`, sentences.map((sentence) => `- ${sentence}`).join('\n')];
    });
    return found.length === 0 ? [] : [`### ${heading}`, ...(lead === '' ? [] : [lead]), ...found];
  }).join('\n\n');
}
