/** Rows of the kit, or of bench/gpu.html, into docs/results: `npx tsx scripts/gpu/record.ts FILE…`. */
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GPU_FILE, type GpuRow } from '../results/gpu.ts';

/**
 * The rows of one run, each with its adapter; that a part is done is not kept.
 * @param text JSON lines, or a JSON array of rows
 * @throws Error where no row names an adapter, or the adapter only imitates a GPU
 */
export function recorded(text: string, file: string): readonly GpuRow[] {
  const rows = (
    text.trimStart().startsWith('[')
      ? JSON.parse(text)
      : text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as unknown)
  ) as readonly Readonly<Record<string, unknown>>[];
  const named = rows.find((row) => typeof row.adapter === 'string');
  if (!named) throw new Error(`${file}: no row names an adapter, so nothing says what was measured.`);
  if (named.software === true)
    throw new Error(`${file}: ${String(named.adapter)} only imitates a GPU; its times say nothing.`);
  return rows
    .filter((row) => row.done !== true)
    .map((row): GpuRow => ({ ...row, part: String(row.part), on: String(named.adapter) }));
}

if (process.argv[1]?.endsWith('record.ts')) {
  for (const file of process.argv.slice(2)) {
    const rows = recorded(readFileSync(file, 'utf8'), file);
    const target = join(import.meta.dirname, '..', '..', 'docs', 'results', GPU_FILE);
    for (const row of rows) appendFileSync(target, `${JSON.stringify(row)}\n`);
    console.log(`${rows.length} rows of ${file} are in docs/results/${GPU_FILE}; now: npm run results`);
  }
}
