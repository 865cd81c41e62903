/** Datasets kept in the browser (IndexedDB): offered again only when whole, and checked on every read. */
import { below, finished, isQuotaExceeded, written } from './database.ts';
import type { Cache } from './database.ts';
import { mismatch } from '../bytes/fingerprint.ts';
import { withLock } from './lock.ts';
import type { CachedDataset, CachedFile, DatasetFiles } from './records.ts';
import type { Bytes, Read } from '../types.ts';

export { openCache } from './database.ts';
export type { Cache } from './database.ts';

/** Small enough for one transaction on a phone, large enough that a dataset is some dozens of records. */
export const CHUNK_BYTES = 4 * 1024 * 1024;

const chunkCount = (file: CachedFile): number => Math.ceil(file.bytes / CHUNK_BYTES);

/** Every dataset in the cache, the incomplete ones too: they take up space as well. */
export const listDatasets = (cache: Cache): Promise<CachedDataset[]> => cache.getAll('datasets');

/** Removes a dataset and its chunks at once; one that is not there is no error. */
export async function removeDataset(cache: Cache, name: string): Promise<void> {
  const transaction = cache.transaction(['datasets', 'chunks'], 'readwrite');
  await Promise.all([
    transaction.objectStore('datasets').delete(name),
    transaction.objectStore('chunks').delete(below(name)),
    transaction.done,
  ]);
}

async function announce(cache: Cache, { name, files }: DatasetFiles): Promise<void> {
  await written(cache, ['datasets'], (to) => to.objectStore('datasets').put({ name, files, complete: false }));
}

async function storeFile(cache: Cache, dataset: string, file: CachedFile, bytes: Bytes): Promise<void> {
  for (let index = 0; index < chunkCount(file); index++) {
    // A copy: a view would be stored with the whole buffer behind it.
    const chunk = bytes.slice(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
    await written(cache, ['chunks'], (to) => to.objectStore('chunks').put(chunk, [dataset, file.name, index]));
  }
}

/** Sets the marker in the transaction that counts the chunks, so that no other tab can come between. */
async function markComplete(cache: Cache, { name, files }: DatasetFiles): Promise<void> {
  const transaction = cache.transaction(['datasets', 'chunks'], 'readwrite');
  const chunks = transaction.objectStore('chunks');
  const counts = await Promise.all(files.map((file) => chunks.count(below(name, file.name))));
  const complete = files.every((file, i) => counts[i] === chunkCount(file));
  await finished(transaction, transaction.objectStore('datasets').put({ name, files, complete }));
  if (!complete)
    throw new Error(`The stored copy of ${name} lost some of its parts while it was written. Load it again.`);
}

const cacheReader =
  (cache: Cache, { name, files }: DatasetFiles): Read =>
  async (fileName) => {
    const file = files.find((candidate) => candidate.name === fileName);
    if (!file) throw new Error(`${name} has no file ${fileName}.`);
    const chunks = await cache.getAll('chunks', below(name, fileName));
    const bytes = new Uint8Array(await new Blob(chunks).arrayBuffer());
    const wrong = await mismatch(bytes, file);
    if (wrong) {
      await removeDataset(cache, name);
      throw new Error(`The stored copy of ${name}/${fileName} is damaged: ${wrong}. It was removed; load it again.`);
    }
    return bytes;
  };

const isSame = (cached: DatasetFiles, wanted: DatasetFiles): boolean =>
  cached.files.length === wanted.files.length &&
  wanted.files.every((file, i) => {
    const other = cached.files[i];
    return file.name === other.name && file.bytes === other.bytes && file.sha256 === other.sha256;
  });

/**
 * A reader of the stored copy, or null when there is none that is complete and of just these files. It throws when a
 * file's chunks no longer match its SHA-256, and removes the copy.
 */
export async function openDataset(cache: Cache, wanted: DatasetFiles): Promise<Read | null> {
  const cached = await cache.get('datasets', wanted.name);
  return cached?.complete && isSame(cached, wanted) ? cacheReader(cache, wanted) : null;
}

/** Where a dataset was kept; `message` tells the user when it will not last. */
export type Kept =
  | { readonly storage: 'indexeddb'; readonly message: null; readonly read: Read }
  | { readonly storage: 'memory'; readonly message: string; readonly read: Read };

/** What a full storage leaves: the files in memory, until the page closes. */
async function readBack(
  cache: Cache,
  dataset: DatasetFiles,
  stored: readonly CachedFile[],
): Promise<Map<string, Bytes>> {
  const read = cacheReader(cache, dataset);
  const files = new Map<string, Bytes>();
  for (const { name } of stored) files.set(name, await read(name));
  return files;
}

async function keepUnlocked(cache: Cache, dataset: DatasetFiles, read: Read): Promise<Kept> {
  const { name, files } = dataset;
  /** null as long as the storage has room: only then are files held. */
  let inMemory: Map<string, Bytes> | null = null;
  const unlessFull = async (stored: readonly CachedFile[], write: () => Promise<void>): Promise<void> => {
    if (inMemory) return;
    await write().catch(async (error: unknown) => {
      if (!isQuotaExceeded(error)) throw error;
      inMemory = await readBack(cache, dataset, stored);
      await removeDataset(cache, name);
    });
  };

  await removeDataset(cache, name);
  await unlessFull([], () => announce(cache, dataset));
  for (const [place, file] of files.entries()) {
    const bytes = await read(file.name);
    const wrong = await mismatch(bytes, file);
    if (wrong) throw new Error(`${name}/${file.name} is not the file expected: ${wrong}. Load it again.`);
    await unlessFull(files.slice(0, place), () => storeFile(cache, name, file, bytes));
    (inMemory as Map<string, Bytes> | null)?.set(file.name, bytes);
  }
  await unlessFull(files, () => markComplete(cache, dataset));
  const held = inMemory as Map<string, Bytes> | null;
  if (!held) return { storage: 'indexeddb', message: null, read: cacheReader(cache, dataset) };
  const fromMemory: Read = async (fileName) => {
    const bytes = held.get(fileName);
    if (!bytes) throw new Error(`${name} has no file ${fileName}.`);
    return bytes;
  };
  return {
    storage: 'memory',
    message: `The browser's storage is full, so ${name} is kept in memory and must be loaded again next time. Clear other datasets to make room.`,
    read: fromMemory,
  };
}

/**
 * Reads every file once, checks it and stores it, one file in memory at a time. When the browser's storage is full, what
 * was stored moves into memory and stays there until the page closes. A second tab that keeps the same dataset waits
 * for the first, and then has it.
 *
 * @param read the source, for example `fetchReader(...)`
 * @throws when a file's length or SHA-256 is wrong; nothing is offered as complete then
 */
export const keepDataset = (cache: Cache, dataset: DatasetFiles, read: Read): Promise<Kept> =>
  withLock(dataset.name, undefined, async () => {
    const there = await openDataset(cache, dataset);
    return there ? { storage: 'indexeddb', message: null, read: there } : keepUnlocked(cache, dataset, read);
  });
