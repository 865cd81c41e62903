/** The section on how soon the lab answers: rows of bench/evaluation.ts and bench/preview.ts, and what is expected of them. */
import { readRows } from './readRows.ts';
import { table, title } from './text.ts';

/** Milliseconds of many samples. */
type Spread = { readonly medianMs: number; readonly p95Ms: number; readonly maxMs: number };

type Measured = Spread & {
  readonly model: string;
  readonly images: number;
  readonly cores: number;
  readonly load: number;
  readonly commit?: string;
  readonly command: string;
};

export type EvaluationRow = Measured & {
  readonly bench: 'evaluation';
  readonly what: 'quantized' | 'float32' | 'cancel';
  readonly runs: number;
};

export type PreviewRow = Measured & {
  readonly bench: 'preview';
  readonly moves: number;
  /** Of these, the moves to a width that was previewed while the control rested. */
  readonly ahead?: number;
  readonly waitMs: number;
  readonly workMs: number;
  readonly answerMs: number;
  readonly drawMs: number;
};

const FILES = { evaluation: 'evaluation.jsonl', preview: 'preview.jsonl' } as const;

/** @throws naming the line that is of another script, or no JSON */
export const readLabRows = (folder: string): readonly (EvaluationRow | PreviewRow)[] =>
  Object.entries(FILES).flatMap(([bench, file]) =>
    readRows<EvaluationRow | PreviewRow>(folder, file, (row) =>
      row.bench === bench ? null : `is no row of bench/${bench}.ts.`,
    ),
  );

/** What is expected, and of which of the numbers. */
const EXPECTED = {
  quantized: { ms: 1500, of: 'medianMs' },
  float32: { ms: 3000, of: 'medianMs' },
  cancel: { ms: 50, of: 'maxMs' },
  preview: { ms: 80, of: 'p95Ms' },
} as const satisfies Record<EvaluationRow['what'] | 'preview', { readonly ms: number; readonly of: keyof Spread }>;

const OF = { medianMs: 'median', p95Ms: '95%', maxMs: 'longest' } as const satisfies Record<keyof Spread, string>;

function inWords(row: EvaluationRow | PreviewRow): string {
  if (row.bench === 'preview') return `a move of the slider, until its preview of ${row.images} images is to be read`;
  if (row.what === 'cancel') return 'a cancelled evaluation, until it has stopped';
  return `${row.images.toLocaleString('en')} images evaluated, ${row.what === 'float32' ? 'float32' : 'quantized (each width, opening it included)'}`;
}

const kindOf = (row: EvaluationRow | PreviewRow): keyof typeof EXPECTED =>
  row.bench === 'preview' ? 'preview' : row.what;

function line(row: EvaluationRow | PreviewRow): readonly string[] {
  const { ms, of } = EXPECTED[kindOf(row)];
  return [
    title(row.model),
    inWords(row),
    String(row.medianMs),
    String(row.p95Ms),
    String(row.maxMs),
    String(row.bench === 'preview' ? row.moves : row.runs),
    `${OF[of]} at most ${ms.toLocaleString('en')}: ${row[of] <= ms ? 'holds' : 'short'}`,
    `${row.load} on ${row.cores} cores`,
  ];
}

function previewParts(row: PreviewRow | undefined): readonly string[] {
  if (!row) return [];
  const { ahead = 0, moves, waitMs, answerMs, workMs, drawMs } = row;
  return [
    `${ahead} of the ${moves} moves met a width that had been previewed while the control rested; what nobody has prepared is quantized first.`,
    `Of a move's milliseconds, on average: ${waitMs} until the preview is asked for, ${answerMs} on the way and until the lab has let go of what it did, ${workMs} in which the lab quantizes, opens and runs the network, ${drawMs} until the words are in the page.`,
  ];
}

/** Of each kind the last row that was measured. Markdown; empty while there is none. */
export function labSection(rows: readonly (EvaluationRow | PreviewRow)[]): string {
  const last = rows.filter((row) => row === rows.findLast((other) => kindOf(other) === kindOf(row)));
  if (last.length === 0) return '';
  return [
    '## How soon the lab answers',
    'Milliseconds in the built page or the lab’s own worker in Chromium, ResNet-20 where tfjs would run on WebAssembly. Rows: docs/results/evaluation.jsonl, docs/results/preview.jsonl.',
    table(['network', 'what', 'median', '95%', 'longest', 'times', 'expected', 'load average'], last.map(line)),
    ...previewParts(last.find((row): row is PreviewRow => row.bench === 'preview')),
    `Commits: ${[...new Set(last.map(({ commit }) => commit ?? 'not recorded'))].join(', ')}. Commands: ${[...new Set(last.map(({ command }) => `\`${command}\``))].join(', ')}.`,
  ].join('\n\n');
}
