/** Measured rows in a .jsonl file: a run that was cut goes on with the rows that are missing. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

export type Row = Readonly<Record<string, unknown>>;

export type Rows = {
  /** Whether a row with all these values is there. */
  readonly has: (key: Row) => boolean;
  readonly add: (row: Row) => void;
};

/** @param file where rows are kept; without it they are only printed */
export function openRows(file?: string): Rows {
  const known: Row[] =
    file !== undefined && existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as Row)
      : [];
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  return {
    has: (key) => known.some((row) => Object.entries(key).every(([name, value]) => same(row[name], value))),
    add(row) {
      known.push(row);
      console.log(JSON.stringify(row));
      if (file !== undefined) appendFileSync(file, `${JSON.stringify(row)}\n`);
    },
  };
}
