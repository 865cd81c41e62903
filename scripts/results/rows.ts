/** Stored rows of docs/results, brought to one form. */
import { DATASETS, isKnownDataset } from '../../src/contract/catalogue.ts';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Method = 'float32' | 'ptq' | 'qat';

/** One measured accuracy, with what repeats it. */
export type ResultRow = {
  /** 1, 2, ... in the order of files and lines: what a sentence refers to. */
  readonly number: number;
  readonly file: string;
  readonly model: string;
  readonly dataset: string;
  /** Height and width of the images. */
  readonly side: number;
  /** Which earlier training of the same network this is, where its weights have been replaced since; null: the present ones. */
  readonly edition: string | null;
  /** The weights file, where the row names one. */
  readonly weights: string | null;
  readonly method: Method;
  readonly preset: string | null;
  /** The scheme's whole name: the preset and what was changed in it. */
  readonly scheme: string | null;
  readonly weightBits: number;
  readonly activationBits: number;
  /** Bits that differ from layer to layer: a row of its own, and no cell of one bitwidth. */
  readonly mixed: boolean;
  readonly repairs: readonly string[];
  readonly images: number;
  /** Training images that the ranges were measured on, where the row has it. */
  readonly calibrationImages: number | null;
  readonly seed: number;
  readonly top1: number;
  /** The float network on the same images, where the row has it. */
  readonly float32Top1: number | null;
  readonly sizeBytes: number | null;
  readonly seconds: number | null;
  /** Training images times epochs; null where nothing was trained. */
  readonly trained: { readonly images: number; readonly epochs: number } | null;
  readonly judge: string;
  readonly command: string;
  /** The source that ran, where the row names it. */
  readonly commit: string | null;
};

type Json = Readonly<Record<string, unknown>>;

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const number = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

function required(row: Json, name: string, where: string): never | string {
  const found = text(row[name]);
  if (found === null) throw new Error(`${where}: ${name} is missing; every row of results needs it.`);
  return found;
}

function requiredNumber(row: Json, name: string, where: string): number {
  const found = number(row[name]);
  if (found === null) throw new Error(`${where}: ${name} is no number; every row of results needs it.`);
  return found;
}

function trainedOf(row: Json): ResultRow['trained'] {
  const settings = (row.training ?? row.finetuning) as Json | null | undefined;
  return settings ? { images: Number(settings.trainImages), epochs: Number(settings.epochs) } : null;
}

/** @throws naming the file and the line, and what the row lacks */
export function toResultRow(row: Json, file: string, line: number, place: number): ResultRow {
  const where = `docs/results/${file}, line ${line}`;
  const method = required(row, 'method', where);
  const dataset = required(row, 'dataset', where);
  const scheme = text(row.scheme);
  const top1 = requiredNumber(row, 'top1', where);
  if (top1 < 0 || top1 > 1) throw new Error(`${where}: top1 is ${top1}; it must be a share from 0 to 1.`);
  return {
    number: place,
    file,
    model: required(row, 'model', where),
    dataset,
    side: number(row.side) ?? (isKnownDataset(dataset) ? DATASETS[dataset].side : 0),
    edition: text(row.edition),
    weights: text(row.weights),
    method: method === 'finetune' ? 'float32' : (method as Method),
    preset: scheme === null ? null : scheme.split('+')[0],
    scheme,
    weightBits: requiredNumber(row, 'weightBits', where),
    activationBits: requiredNumber(row, 'activationBits', where),
    mixed: scheme?.includes('+mixed:') ?? false,
    repairs: Array.isArray(row.repairs) ? (row.repairs as string[]) : [],
    images: requiredNumber(row, 'images', where),
    calibrationImages: number(row.calibrationImages),
    seed: requiredNumber(row, 'seed', where),
    top1,
    float32Top1: number(row.float32Top1),
    sizeBytes: number(row.sizeBytes),
    seconds: number(row.seconds),
    trained: trainedOf(row),
    judge: text(row.runtime) ?? text(row.device) ?? 'not said',
    command: required(row, 'command', where),
    commit: text(row.commit),
  };
}

const METHODS: ReadonlySet<unknown> = new Set(['float32', 'ptq', 'qat', 'finetune']);

/**
 * The accuracies of every .jsonl file of the folder, files by name, lines in their order; rows of other things (benches,
 * training logs) are left out.
 * @throws naming the file and the line of a row that is no JSON or lacks something
 */
export function readRows(folder: string): readonly ResultRow[] {
  const rows: ResultRow[] = [];
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()) {
    for (const [i, line] of readFileSync(join(folder, file), 'utf8').split('\n').entries()) {
      if (line.trim() === '') continue;
      let row: Json;
      try {
        row = JSON.parse(line) as Json;
      } catch (cause) {
        throw new Error(`docs/results/${file}, line ${i + 1}: is no JSON.`, { cause });
      }
      // A row of agreement has no accuracy: agreement.ts.
      if ('top1' in row && row.against === undefined && METHODS.has(row.method))
        rows.push(toResultRow(row, file, i + 1, rows.length + 1));
    }
  }
  return rows;
}
