/** Reads a dataset's files from disk. For Node: browser code never imports this file. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Read } from '../types.ts';

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/**
 * @param folder where the files lie
 * @param ifMissing what to do about a missing file, appended to the error ("Run ...")
 * @returns a reader that throws when a file is missing or cannot be read
 */
export const nodeReader =
  (folder: string, ifMissing = ''): Read =>
  async (fileName) => {
    const path = join(folder, fileName);
    try {
      return await readFile(path);
    } catch (cause) {
      const problem = isMissing(cause)
        ? `${path} is missing. ${ifMissing}`
        : `${path} cannot be read: ${String(cause)}.`;
      throw new Error(problem.trim(), { cause });
    }
  };
