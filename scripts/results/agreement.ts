/** The section on networks whose classes nobody labelled: rows of the headless twin, with the file and the command they are of. */
import { readRows } from './readRows.ts';
import { bitsOf, shortPercent, table } from './text.ts';

/** A row of `npm run experiment`, as docs/twin.md says what is in it. */
export type AgreementRow = {
  /** Name of the network's file or folder. */
  readonly weights: string;
  readonly dataset: string;
  readonly side: number;
  readonly scheme: string;
  readonly weightBits: number;
  readonly activationBits: number;
  readonly images: number;
  readonly calibrationImages: number;
  readonly seed: number;
  readonly agreement: number;
  readonly agreementInterval: readonly [low: number, high: number];
  readonly kl: number;
  readonly engine: string;
  readonly command: string;
};

const FILE = 'agreement.jsonl';

/** @throws naming the line that says no agreement */
export const readAgreementRows = (folder: string): readonly AgreementRow[] =>
  readRows<AgreementRow>(folder, FILE, ({ agreement, command }) =>
    agreement === undefined || command === undefined ? 'says no agreement, or not the command it is of.' : null,
  );

const line = (row: AgreementRow): readonly string[] => [
  row.weights,
  row.scheme,
  bitsOf(row),
  shortPercent(row.agreement),
  row.agreementInterval.map(shortPercent).join(' to '),
  row.kl.toFixed(3),
  String(row.calibrationImages),
];

/** Markdown; empty while there are no rows. Each set of photos has a table of its own. */
export function agreementSection(rows: readonly AgreementRow[]): string {
  if (rows.length === 0) return '';
  const photosOf = ({ images, dataset, side, seed }: AgreementRow): string =>
    `${images} photos of ${dataset} at ${side} pixels, seed ${seed}`;
  const sets = [...new Set(rows.map(photosOf))];
  return [
    '## MobileNets out of Teachable Machine: agreement with 32 bits',
    `Teachable Machine's networks know classes of their own, so nobody can say which answers to other photos are right. What is measured is the share of photos on which the quantized network answers as it does in 32 bits, with its 95% interval, and the mean KL divergence from those answers in nats. In real integers, Fewbit's engine. A repair is judged on training photos kept apart, not on these. Rows: docs/results/${FILE}.`,
    ...sets.flatMap((photos) => {
      const found = rows.filter((row) => photosOf(row) === photos);
      return [
        `On ${photos}:`,
        table(
          ['network', 'settings', 'bits', 'agreement', '95% interval', 'KL', 'calibration images'],
          found.map(line),
        ),
        `Commands: ${[...new Set(found.map(({ command }) => `\`${command}\``))].join(', ')}.`,
      ];
    }),
  ].join('\n\n');
}
