/** A grid's records as lines of a file: each is appended whole, and a line that a kill cut short is left out. */
import { appendFile, mkdir, readFile, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { countedTop1, isRow, type GridRecord } from '../../src/contract/grid/grid.ts';
import type { GridStore } from '../../src/lab/rpc/gridRun.ts';

/** @throws Error where a row says another top-1 than its predictions give */
function trueRecord(record: GridRecord, where: string): GridRecord {
  const counted = record !== null && isRow(record) ? countedTop1(record) : null;
  if (counted === null || !isRow(record) || Math.abs(counted - record.top1) < 1e-6) return record;
  throw new Error(
    `${where} says a top-1 of ${record.top1}, but its predictions give ${counted}: it was altered. Remove the line, its cell is run again.`,
  );
}

/**
 * @param file made with the first record
 * @throws on load, naming the file and the line, when a line before the last is no JSON, or a row was altered
 */
export function fileStore(file: string): GridStore {
  return {
    async load() {
      const text = await readFile(file, 'utf8').catch(() => '');
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      // What comes next must not be glued to half a line.
      if (whole.length < text.length) await truncate(file, Buffer.byteLength(whole));
      return whole
        .split('\n')
        .filter(Boolean)
        .map((line, i) => {
          const where = `${file}: line ${i + 1}`;
          try {
            return trueRecord(JSON.parse(line) as GridRecord, where);
          } catch (cause) {
            if (!(cause instanceof SyntaxError)) throw cause;
            throw new Error(`${where} is no JSON; remove the line, its cell is run again.`, { cause });
          }
        });
    },
    async save(record) {
      await mkdir(dirname(file), { recursive: true });
      await appendFile(file, `${JSON.stringify(record)}\n`);
    },
  };
}
