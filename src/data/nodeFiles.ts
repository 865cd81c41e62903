/** Files and folders on disk to import from. For Node; the page never loads this. */
import { openAsBlob } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { blobSource } from './import/byteSource.ts';
import type { ImportInput } from './import/samples.ts';

/**
 * An archive, a parquet file, or a folder whose sub-folders are the classes. A folder of parquet files is read file by
 * file. Files are read when they are imported, not before.
 * @throws when there is nothing at the path
 */
export const nodeInputs = async (path: string): Promise<ImportInput[]> => {
  const found = await stat(path).catch((cause: unknown) => {
    throw new Error(`${path} cannot be read: give an archive, a parquet file or a folder that exists.`, { cause });
  });
  if (found.isFile()) return [{ kind: 'file', source: blobSource(await openAsBlob(path), basename(path), found.mtimeMs) }];
  const entries = (await readdir(path, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  const parquet = paths.filter((file) => file.endsWith('.parquet'));
  if (parquet.length > 0) return (await Promise.all(parquet.map(nodeInputs))).flat();
  const files = await Promise.all(paths.map(async (file) => ({ path: relative(path, file).split(sep).join('/'), blob: await openAsBlob(file) })));
  return [{ kind: 'folder', name: basename(path), files }];
};
