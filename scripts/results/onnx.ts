/** The section on ONNX files: their sizes, whether ONNX Runtime answers as the interpreter does, and what they gain in time. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileCheck } from '../checks/onnxChecks.ts';
import { percent, table, title } from './text.ts';

/** A row of scripts/checks/onnxChecks.ts: one file held to the interpreter. */
export type CheckRow = FileCheck & {
  readonly model: string;
  readonly dataset: string;
  readonly side: number;
  readonly weightBits: number;
  readonly classes: number;
};

/** A row of bench/onnx.ts: one file timed in turn with the float32 file and with the same codes in plain int8. */
export type TimeRow = {
  readonly model: string;
  readonly side: number;
  readonly classes: number;
  readonly file: 'float32' | 'int8' | 'packed';
  readonly bits: number;
  readonly bytes: number;
  readonly loadProcessorMs: number;
  readonly medianProcessorMs: number;
  readonly low95: number;
  readonly high95: number;
  readonly timesAsFastAsFloat32: number;
  readonly timeAgainstPlainInt8: number;
  readonly runs: number;
  readonly threads: number;
  readonly cpu: string;
  readonly backend: string;
  readonly command: string;
  readonly loadAverage: number;
};

export type OnnxRows = { readonly checks: readonly CheckRow[]; readonly times: readonly TimeRow[] };

const FILE = 'onnx.jsonl';

/** @throws naming the line that is of neither script, or no JSON */
export function readOnnxRows(folder: string): OnnxRows {
  const checks: CheckRow[] = [];
  const times: TimeRow[] = [];
  for (const [i, line] of readFileSync(join(folder, FILE), 'utf8').split('\n').entries()) {
    if (line.trim() === '') continue;
    const row = JSON.parse(line) as Partial<CheckRow & TimeRow>;
    if (typeof row.codesCompared === 'number') checks.push(row as CheckRow);
    else if (typeof row.medianProcessorMs === 'number') times.push(row as TimeRow);
    else
      throw new Error(
        `docs/results/${FILE}, line ${i + 1}: is a row of neither scripts/checks/onnxChecks.ts nor bench/onnx.ts.`,
      );
  }
  return { checks, times };
}

/** Most bytes, in MB, of a ResNet-18 of 1000 classes with its first and last layer at 8 bits. */
const LIMITS_MB: Readonly<Record<number, number>> = { 8: 11.8, 7: 10.4, 6: 9.0, 5: 7.6, 4: 6.2 };

/** ImageNet's classes: the size that the limits are given for. */
const LIMITED = { model: 'resnet18', classes: 1000 };

/** A session that has unpacked at load runs none of these. */
const UNPACKING = /Gather|Bitwise|BitShift|Cast|Split|Reshape|ReduceSum|Dequantize|^Conv/;

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(3);
const descending = (a: { readonly bits: number }, b: { readonly bits: number }): number => b.bits - a.bits;

function sizes(times: readonly TimeRow[]): string {
  const packed = times
    .filter(({ model, classes, file }) => file === 'packed' && model === LIMITED.model && classes === LIMITED.classes)
    .toSorted(descending);
  const kept = packed.filter(({ bits, bytes }) => bits in LIMITS_MB && bytes <= LIMITS_MB[bits] * 1e6);
  const limited = packed.filter(({ bits }) => bits in LIMITS_MB);
  const plain = (bits: number): TimeRow | undefined =>
    times.find((row) => row.model === LIMITED.model && row.file === 'int8' && row.bits === bits);
  return [
    `ResNet-18 with 1000 classes, its first and last layer at 8 bits. ${kept.length} of ${limited.length} files are within their limit. In 2021 those of 8 to 4 bits had 11.2 MB each.`,
    table(
      ['bits', 'MB', 'at most', 'MB in plain int8'],
      packed.map(({ bits, bytes }) => [
        String(bits),
        megabytes(bytes),
        LIMITS_MB[bits]?.toFixed(1) ?? '',
        megabytes(plain(bits)?.bytes ?? NaN),
      ]),
    ),
  ].join('\n\n');
}

const unpackingLeft = ({ operators }: CheckRow): number =>
  Object.entries(operators).reduce((sum, [operator, count]) => sum + (UNPACKING.test(operator) ? count : 0), 0);

function equality(checks: readonly CheckRow[]): string {
  const sum = (of: (row: CheckRow) => number): number => checks.reduce((total, row) => total + of(row), 0);
  const count = (value: number): string => value.toLocaleString('en');
  const differing = sum(({ codesDiffering }) => codesDiffering);
  const verdict =
    `${count(sum(({ codesCompared }) => codesCompared))} codes of ${checks.length} files were compared with the integer interpreter's: ${differing === 0 ? 'none differs' : `${count(differing)} differ`}. ` +
    `Of ${count(sum(({ images }) => images))} answers ${count(sum(({ answersDiffering }) => answersDiffering))} differ. ` +
    `${checks.filter(({ readBack }) => readBack).length} files gave back the very model they were written from, ` +
    `${checks.filter(({ loadsInNode }) => loadsInNode).length} load in onnxruntime-node, ` +
    `and in ${checks.filter((row) => unpackingLeft(row) === 0).length} nothing of the unpacking was left to run.`;
  const lines = checks
    .toSorted((a, b) => a.model.localeCompare(b.model) || b.weightBits - a.weightBits)
    .map((row) => [
      title(row.model),
      `${title(row.dataset)}, ${row.side} × ${row.side}`,
      String(row.weightBits),
      megabytes(row.onnxBytes),
      megabytes(row.plainInt8Bytes),
      `${count(row.codesDiffering)} of ${count(row.codesCompared)}`,
      count(row.logitsDiffering),
      String(row.operators.QLinearConv ?? 0),
      String(unpackingLeft(row)),
      percent(row.interpreterTop1),
      percent(row.runtimeTop1),
      `${row.answersDiffering} of ${row.images}`,
    ]);
  return [
    verdict,
    table(
      [
        'model',
        'images',
        'bits',
        'MB',
        'MB in int8',
        'codes that differ',
        'logits that differ',
        'QLinearConv',
        'unpacking left',
        'top-1 of the interpreter',
        'of ONNX Runtime',
        'answers that differ',
      ],
      lines,
    ),
  ].join('\n\n');
}

function race(times: readonly TimeRow[]): string {
  const packed = times
    .filter(({ file }) => file === 'packed')
    .toSorted((a, b) => a.model.localeCompare(b.model) || descending(a, b));
  const [{ backend, cpu }] = packed;
  const loads = packed.map(({ loadAverage }) => loadAverage);
  const plain = ({ model, bits }: TimeRow): TimeRow | undefined =>
    times.find((row) => row.model === model && row.file === 'int8' && row.bits === bits);
  const float = (row: TimeRow): TimeRow | undefined => times[times.indexOf(row) - 2];
  const ratios = packed.map(({ timesAsFastAsFloat32 }) => timesAsFastAsFloat32);
  const against = packed.map(({ timeAgainstPlainInt8 }) => timeAgainstPlainInt8);
  const unpacking = packed.flatMap((row) =>
    row.bits === 8 ? [] : [row.loadProcessorMs - (plain(row)?.loadProcessorMs ?? NaN)],
  );
  const range = (values: readonly number[]): string =>
    `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`;
  return [
    `One image of 224 × 224 a run, ${packed[0].threads === 1 ? 'one thread' : `${packed[0].threads} threads`}, in ${backend} on an ${cpu}, with a load average of ${range(loads)} from other work on its cores: ` +
      'so each run was counted in processor time, which others do not stretch, and the three files of a line took turns. ' +
      `The packed files ran ${range(ratios)} times as fast as float32, and took ${range(against)} times as long as the same codes in plain int8; fewer bits make a file smaller, not faster, because the kernel computes in 8 bits either way. Unpacking while a session loads cost ${Math.min(...unpacking).toFixed(0)} to ${Math.max(...unpacking).toFixed(0)} ms more than loading plain int8.`,
    table(
      [
        'model',
        'bits',
        'ms float32',
        'ms int8',
        'ms packed (95%)',
        'times as fast as float32',
        'packed to int8',
        'load ms int8',
        'load ms packed',
        'runs',
      ],
      packed.map((row) => [
        title(row.model),
        String(row.bits),
        float(row)?.medianProcessorMs.toFixed(1) ?? '',
        plain(row)?.medianProcessorMs.toFixed(1) ?? '',
        `${row.medianProcessorMs.toFixed(1)} (${row.low95.toFixed(1)}–${row.high95.toFixed(1)})`,
        row.timesAsFastAsFloat32.toFixed(2),
        row.timeAgainstPlainInt8.toFixed(2),
        plain(row)?.loadProcessorMs.toFixed(0) ?? '',
        row.loadProcessorMs.toFixed(0),
        String(row.runs),
      ]),
    ),
    `Commands: ${[...new Set(packed.map(({ command }) => `\`${command}\``))].join(', ')}.`,
  ].join('\n\n');
}

export function onnxSection({ checks, times }: OnnxRows): string {
  return [
    '## ONNX files',
    'Weights of b bits take b bits each in the file and are unpacked by standard operators that a session folds when it loads. Rows: docs/results/onnx.jsonl.',
    '### Size',
    sizes(times),
    '### The same integers',
    `${equality(checks)}\n\nCommand, one a line: \`npx tsx scripts/checks/onnxChecks.ts --model MODEL --weights FILE --dataset DATASET --data FILE --side SIDE --bits B\`.`,
    '### Time',
    race(times),
  ].join('\n\n');
}
