/** The section on real GPUs: what the GPU kit and bench/gpu.html measured, one part of it for each adapter. */
import { readRows } from './readRows.ts';
import { table } from './text.ts';

/** A row as the kit writes it, with the adapter of its run. */
export type GpuRow = Readonly<Record<string, unknown>> & { readonly part: string; readonly on: string };

export const GPU_FILE = 'gpu.jsonl';

/** @throws naming the line that names no part or no adapter */
export const readGpuRows = (folder: string): readonly GpuRow[] =>
  readRows<GpuRow>(folder, GPU_FILE, ({ part, on }) =>
    typeof part !== 'string' || typeof on !== 'string' ? 'is no row of scripts/gpu/record.ts.' : null,
  );

const words = (value: unknown): string =>
  typeof value === 'number' ? String(Number(value.toPrecision(3))) : String(value ?? '');

/** Markdown; empty while nobody has measured on a GPU. */
export function gpuSection(rows: readonly GpuRow[]): string {
  if (rows.length === 0) return '';
  const adapters = [...new Set(rows.map(({ on }) => on))];
  return [
    '## On real GPUs',
    ...adapters.map((on) =>
      adapterSection(
        on,
        rows.filter((row) => row.on === on),
      ),
    ),
  ].join('\n\n');
}

function adapterSection(on: string, rows: readonly GpuRow[]): string {
  const having = (key: string): readonly GpuRow[] => rows.filter((row) => key in row);
  const columns = (title: string, key: string, names: readonly string[]): readonly string[] =>
    having(key).length === 0
      ? []
      : [
          title,
          table(
            names,
            having(key).map((row) => names.map((name) => words(row[name]))),
          ),
        ];
  const notes = [...new Set(having('note').map(({ note }) => words(note)))];
  const checks = having('check');
  const failed = checks.filter((row) => row.holds !== true);
  return [
    `### ${on}`,
    `${checks.length - failed.length} of ${checks.length} checks hold${failed.length ? `; not: ${failed.map((row) => words(row.check)).join('; ')}` : ''}.`,
    ...columns('Kernels, ours and stock in turn:', 'kernel', ['kernel', 'batch', 'oursMs', 'stockMs', 'ratio']),
    ...columns('Networks, from pixels to logits, in turn:', 'againstTfjs', [
      'network',
      'side',
      'batch',
      'contender',
      'medianMs',
      'bestMs',
      'imagesPerSecond',
      'againstTfjs',
    ]),
    ...columns('Steps of training:', 'step', [
      'network',
      'side',
      'batch',
      'step',
      'ms',
      'imagesPerSecond',
      'poolBytes',
    ]),
    ...columns('Training for the time that was left:', 'curve', [
      'network',
      'trained',
      'seconds',
      'imagesPerSecond',
      'testImages',
      'top1',
    ]),
    ...(notes.length > 0 ? [notes.map((note) => `- ${note}`).join('\n')] : []),
  ].join('\n\n');
}
