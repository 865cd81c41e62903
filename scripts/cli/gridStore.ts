/** A grid's records as lines of a file: each is appended whole, and a line that a kill cut short is left out. */
import { appendFile, mkdir, readFile, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { GridRecord } from '../../src/contract/grid/grid.ts';
import type { GridStore } from '../../src/lab/rpc/gridRun.ts';

/**
 * @param file made with the first record
 * @throws on load, naming the file and the line, when a line before the last is no JSON
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
          try {
            return JSON.parse(line) as GridRecord;
          } catch (cause) {
            throw new Error(`${file}: line ${i + 1} is no JSON; remove the line, its cell is run again.`, { cause });
          }
        });
    },
    async save(record) {
      await mkdir(dirname(file), { recursive: true });
      await appendFile(file, `${JSON.stringify(record)}\n`);
    },
  };
}
