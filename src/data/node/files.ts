/** Files and folders on disk to import from. For Node; the page never loads this. */
import { createHash } from 'node:crypto';
import { createReadStream, openAsBlob } from 'node:fs';
import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { blobSource } from '../import/byteSource.ts';
import type { ImportInput } from '../import/sample.ts';

const statOf = (path: string): Promise<Stats> =>
  stat(path).catch((cause: unknown) => {
    throw new Error(`${path} cannot be read: give an archive, a parquet file or a folder that exists.`, { cause });
  });

type Below = { readonly files: readonly string[]; readonly links: readonly string[] };

async function below(folder: string): Promise<Below> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const pathsOf = (some: typeof entries): string[] => some.map((each) => join(each.parentPath, each.name)).sort();
  return {
    files: pathsOf(entries.filter((entry) => entry.isFile())),
    links: pathsOf(entries.filter((entry) => entry.isSymbolicLink())),
  };
}

/**
 * An archive, a parquet file, or a folder whose sub-folders are the classes. A folder of parquet files is read file by
 * file. Files are read when they are imported, not before.
 * @throws when there is nothing at the path
 */
export async function nodeInputs(path: string): Promise<ImportInput[]> {
  const found = await statOf(path);
  if (found.isFile())
    return [{ kind: 'file', source: blobSource(await openAsBlob(path), basename(path), found.mtimeMs) }];
  const { files: paths, links } = await below(path);
  const inside = (file: string): string => relative(path, file).split(sep).join('/');
  const parquet = paths.filter((file) => file.endsWith('.parquet'));
  if (parquet.length > 0) return (await Promise.all(parquet.map(nodeInputs))).flat();
  const files = await Promise.all(paths.map(async (file) => ({ path: inside(file), blob: await openAsBlob(file) })));
  return [{ kind: 'folder', name: basename(path), files, links: links.map(inside) }];
}

/** 16 hex digits that tell files and folders apart by their bytes, and by the paths inside a folder. */
export async function fingerprintOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  const addFile = async (file: string): Promise<void> => {
    for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  };
  if ((await statOf(path)).isFile()) await addFile(path);
  else
    for (const file of (await below(path)).files) {
      hash.update(JSON.stringify([relative(path, file), (await stat(file)).size]));
      await addFile(file);
    }
  return hash.digest('hex').slice(0, 16);
}
