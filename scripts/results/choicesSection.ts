/** The section on what was chosen by which images: rows of scripts/results/rangesApart.ts, and what has no rows yet. */
import { readRows } from './readRows.ts';
import { shortPercent, table, title } from './text.ts';

/** One value of one knob, tried on training images kept apart. */
export type ChoiceRow = {
  readonly kind: 'choice';
  readonly knob: string;
  readonly value: string;
  readonly model: string;
  readonly dataset: string;
  readonly bits: number;
  /** A chain with + between; none: rounded only. */
  readonly repair: string;
  /** Share of the images with the float network's answer. */
  readonly agreement: number;
  readonly imagesApart: number;
  readonly command: string;
};

const FILE = 'choices.jsonl';

/** @throws naming the line that is no such row */
export const readChoiceRows = (folder: string): readonly ChoiceRow[] =>
  readRows<ChoiceRow>(folder, FILE, ({ kind, command }) =>
    kind !== 'choice' || command === undefined ? 'is no choice, or not the command it was made by.' : null,
  );

/** What decides in the lab, and what decided it. */
const CHOICES: readonly (readonly [choice: string, by: string])[] = [
  [
    'Ranges of the weights: whole at 3, 4 and 5 bits, searched at the others',
    'first by the test images of the network of 12 epochs ([ranges.md](ranges.md)), then asked of training images kept apart (the table below): right at 4 bits without a repair; at the other widths, and with one, nothing that so many images could tell speaks for either',
  ],
  [
    'Training at 2 bits: batches of 32, statistics frozen for the last 15%',
    'the test images of CIFAR-10, with the network of 12 epochs; not again yet',
  ],
  [
    'Training: its rates for each width, the whole target from the float network from 6 bits up',
    'the test images of CIFAR-10, with the network of 12 epochs; not again yet',
  ],
  [
    'Training of ResNet-18 and -50: rates and batches',
    'the test images of CIFAR-10 and 1,000 photos of Imagenette; not again yet',
  ],
  ['Training from 6 bits up: the best epoch, or none', '500 training images kept apart, in each run'],
  [
    'A repair that is kept or dropped',
    'up to 512 training images kept apart, in each run; that 128 are too few was seen on test images',
  ],
  ['Bits of each layer in a mix', 'the divergence on 64 training images; of the fastest one, 2,000 kept apart'],
  [
    'Block reconstruction: half of the activations left in float, 20 to 2 for beta, 0.01 for lambda',
    'what its authors published; the rate of the steps beside was never tried otherwise',
  ],
  [
    'The bundled weights',
    'recipe and lengths beforehand; that the mean of two cycles is taken after the test images had seen each ([training.md](training.md))',
  ],
];

function tableOf(rows: readonly ChoiceRow[]): string {
  const values = [...new Set(rows.map(({ value }) => value))];
  const keys = [...new Set(rows.map(({ bits, repair }) => `${bits} ${repair}`))];
  const lines = keys.map((key) => {
    const [bits, repair] = key.split(' ');
    const here = rows.filter((row) => row.bits === Number(bits) && row.repair === repair);
    const most = Math.max(...here.map(({ agreement }) => agreement));
    return [
      bits,
      repair,
      ...values.map((value) => {
        const row = here.find((candidate) => candidate.value === value);
        if (!row) return '';
        return row.agreement === most ? `**${shortPercent(row.agreement)}**` : shortPercent(row.agreement);
      }),
    ];
  });
  return table(['bits', 'repair', ...values], lines);
}

/** Markdown; empty while there are no rows. */
export function choicesSection(rows: readonly ChoiceRow[]): string {
  if (rows.length === 0) return '';
  const [first] = rows;
  const count = first.imagesApart.toLocaleString('en');
  return [
    '## What was chosen by which images',
    '',
    'A default that was chosen on the images that judge it flatters. So each says here what chose it:',
    '',
    table(['choice', 'chosen by'], CHOICES),
    '',
    `${title(first.model)}, weights and activations at the same bits, their ranges by each method (of the weights / of the activations): the share of ${count} training images, none of which calibrated it, with the float network's answer, and in bold the most. Two standard errors of a difference are 0.6 points at 98% and 1.9 at 63%. Made by \`npx tsx scripts/results/rangesApart.ts\`.`,
    '',
    tableOf(rows),
  ].join('\n');
}
