/** Rows of a .jsonl file under docs/results, read again. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param file may be absent: then nobody has measured
 * @param refuse says what is wrong with a row that is none of these; null: nothing is
 * @throws naming the line that `refuse` says something of, or that is no JSON
 */
export function readRows<R>(folder: string, file: string, refuse: (row: Partial<R>) => string | null): readonly R[] {
  const path = join(folder, file);
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line, i) => {
      const row = JSON.parse(line) as Partial<R>;
      const wrong = refuse(row);
      if (wrong !== null) throw new Error(`docs/results/${file}, line ${i + 1}: ${wrong}`);
      return row as R;
    });
}
