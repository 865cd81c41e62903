/** The section on a head that was trained here on a MobileNet's frozen layers: rows of scripts/results/ownHead.ts. */
import { readRows } from './readRows.ts';
import { bitsOf, shortPercent, table } from './text.ts';

type About = {
  readonly weights: string;
  readonly dataset: string;
  readonly side: number;
  readonly trainImages: number;
  readonly seed: number;
  readonly command: string;
};

/** How the head's decay and rate were chosen, on training photos kept apart. */
export type HeadRow = About & {
  readonly kind: 'head';
  readonly features: number;
  readonly chosen: { readonly decay: number; readonly rate: number; readonly epochs: number };
  readonly choices: readonly { readonly decay: number; readonly rate: number; readonly accuracy: number }[];
  readonly apartImages: number;
  readonly headSeconds: number;
};

export type HeadRunRow = About & {
  readonly kind: 'run';
  readonly method: string;
  /** null: 32-bit float. */
  readonly scheme: string | null;
  readonly weightBits: number;
  readonly activationBits: number;
  readonly images: number;
  readonly calibrationImages: number;
  readonly accuracy: number;
  readonly interval: { readonly low: number; readonly high: number };
  readonly sizeBytes: number;
};

export type OwnHeadRow = HeadRow | HeadRunRow;

const FILE = 'own-head.jsonl';

/** @throws naming the line that is no such row */
export const readOwnHeadRows = (folder: string): readonly OwnHeadRow[] =>
  readRows<OwnHeadRow>(folder, FILE, ({ command, kind }) =>
    command === undefined || (kind !== 'head' && kind !== 'run')
      ? 'is no head and no run of one, or not the command it is of.'
      : null,
  );

const points = (difference: number): string => `${difference < 0 ? '−' : '+'}${Math.abs(100 * difference).toFixed(1)}`;

/** Two runs that differ in one thing: its worth in points. */
const PAIRS = [
  ['per channel instead of per tensor, 8 bits, modern', 'modern', 'modern+granularity:tensor'],
  ['equalization, 8 bits, modern per tensor', 'modern+granularity:tensor+repair:cle', 'modern+granularity:tensor'],
  ['equalization, 8 bits, modern per channel', 'modern+repair:cle', 'modern'],
  ['equalization, 8 bits, 2021', '2021+repair:cle', '2021'],
] as const;

function worth(runs: readonly HeadRunRow[]): string {
  const at8 = (scheme: string): HeadRunRow | undefined =>
    runs.find((run) => run.scheme === scheme && run.weightBits === 8 && run.activationBits === 8);
  const rows = PAIRS.flatMap(([what, withIt, without]) => {
    const [a, b] = [at8(withIt), at8(without)];
    return a && b ? [[what, shortPercent(b.accuracy), shortPercent(a.accuracy), points(a.accuracy - b.accuracy)]] : [];
  });
  return rows.length === 0 ? '' : table(['what', 'without', 'with', 'points'], rows);
}

/** Markdown; empty while there are no rows. */
export function ownHeadSection(rows: readonly OwnHeadRow[]): string {
  const heads = rows.filter((row): row is HeadRow => row.kind === 'head');
  const runs = rows.filter((row): row is HeadRunRow => row.kind === 'run');
  const [head] = heads;
  const float = runs.find(({ scheme }) => scheme === null);
  if (heads.length === 0 || !float) return '';
  const line = (run: HeadRunRow): readonly string[] => [
    run.method === 'qat' ? `QAT, ${run.scheme ?? ''}` : (run.scheme ?? '32-bit float'),
    bitsOf(run),
    shortPercent(run.accuracy),
    `${shortPercent(run.interval.low)} to ${shortPercent(run.interval.high)}`,
    points(run.accuracy - float.accuracy),
    String(Math.round(run.sizeBytes / 1000)),
  ];
  const best = Math.max(...head.choices.map(({ accuracy }) => accuracy));
  return [
    '## A head trained here on a MobileNet: what bits, channels and equalization are worth',
    `The screen *Your own classes* at size: the frozen layers of a Teachable Machine model (${head.weights}; MobileNetV2 of width 0.35, ${head.features} features, ${head.side} pixels), and in place of its dense layers one that learned the ten classes of ${head.dataset} from ${head.trainImages} training photos in ${head.headSeconds.toFixed(0)} s. Its weight decay (${head.chosen.decay}) and rate (${head.chosen.rate}) were chosen on ${head.apartImages} of these that were kept apart (${shortPercent(best)} right); no test photo was looked at for it. Measured on ${float.images} test photos, in real integers by Fewbit's engine, seed ${head.seed}, calibrated on ${Math.max(...runs.map(({ calibrationImages }) => calibrationImages))} training photos. Rows: docs/results/${FILE}.`,
    table(['settings', 'bits', 'top-1', '95% interval', 'points to 32 bits', 'kB'], runs.map(line)),
    worth(runs),
    `Commands: ${[...new Set(rows.map(({ command }) => `\`${command}\``))].join(', ')}.`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
