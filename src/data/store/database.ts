/** The one IndexedDB database: its stores, and how each version is made from the one before. */
import { openDB } from 'idb';
import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import { pageSuffix } from './lock.ts';
import type { ImageManifest, ShardIndex } from './imageStore.ts';
import type { CachedDataset, DownloadRecord } from './records.ts';
import type { Bytes } from '../types.ts';

export type ChunkKey = [dataset: string, file: string, index: number];
export type ShardKey = [set: string, split: 'train' | 'test', index: number];
export type PartKey = [url: string, index: number];

/** A file that work goes on from after a reload; `saved` counts the saves, so it tells which is the oldest. */
export type CheckpointRecord = { readonly name: string; readonly bytes: Bytes; readonly saved: number };

export type ExperimentRecord = { readonly key: string; readonly json: string };

/** A measurement as it was made; `saved` counts the saves, so it tells which is the oldest. */
export type ResultRecord = {
  readonly key: string;
  readonly result: unknown;
  readonly day: string;
  readonly saved: number;
};

export interface Schema extends DBSchema {
  /** Files kept whole, with their chunks. */
  datasets: { key: string; value: CachedDataset };
  chunks: { key: ChunkKey; value: Bytes };
  /** Imported image sets, with their shards; an index and its shard are written together. */
  imageSets: { key: string; value: ImageManifest };
  shardIndexes: { key: ShardKey; value: ShardIndex };
  shards: { key: ShardKey; value: Bytes };
  /** Downloads under way, with the parts that have come. */
  downloads: { key: string; value: DownloadRecord };
  parts: { key: PartKey; value: Bytes };
  /** Trainings under way or done. */
  checkpoints: { key: string; value: CheckpointRecord; indexes: { saved: number } };
  /** Cells of the experiment grid, as JSON. */
  experiments: { key: string; value: ExperimentRecord };
  /** Evaluations that were made here. */
  results: { key: string; value: ResultRecord; indexes: { saved: number } };
}

export type Cache = IDBPDatabase<Schema>;

/** One step for each version: the first makes version 1 from nothing. None may change what an older one left. */
const MIGRATIONS: readonly ((database: Cache) => void)[] = [
  (database) => {
    database.createObjectStore('datasets', { keyPath: 'name' });
    database.createObjectStore('chunks');
  },
  (database) => {
    database.createObjectStore('imageSets', { keyPath: 'name' });
    database.createObjectStore('shardIndexes');
    database.createObjectStore('shards');
    database.createObjectStore('downloads', { keyPath: 'url' });
    database.createObjectStore('parts');
  },
  (database) => {
    database.createObjectStore('checkpoints', { keyPath: 'name' }).createIndex('saved', 'saved');
  },
  (database) => {
    database.createObjectStore('experiments', { keyPath: 'key' });
  },
  (database) => {
    database.createObjectStore('results', { keyPath: 'key' }).createIndex('saved', 'saved');
  },
];

/** An older build, from a stored copy or another tab, leaves the data of a newer one as they are. */
const NEWER_DATA =
  'The stored data were written by a newer Fewbit than this page. Load the page again to get it; until then this page works in memory: what you bring and train here is gone when it closes.';

/**
 * @param onClosed called when the connection is gone: another tab deletes the data or brings newer ones, or the browser
 * cleared them
 * @throws where the browser offers no IndexedDB (some private windows), or holds the data of a newer Fewbit
 */
export async function openCache(
  databaseName = `fewbit${pageSuffix()}`,
  onClosed: () => void = () => undefined,
): Promise<Cache> {
  try {
    const cache: Cache = await openDB<Schema>(databaseName, MIGRATIONS.length, {
      upgrade(database, oldVersion) {
        for (const migrate of MIGRATIONS.slice(oldVersion)) migrate(database);
      },
      // Another tab wants to upgrade or to delete: let it.
      blocking() {
        cache.close();
        onClosed();
      },
      terminated: onClosed,
    });
    return cache;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'VersionError') {
      throw new Error(NEWER_DATA, { cause });
    }
    throw new Error('This browser does not let the page store data (a private window?), so downloads cannot be kept.', {
      cause,
    });
  }
}

/**
 * One connection for a worker, opened afresh by the first use after it was closed.
 * @returns the way to it; null where nothing can be stored
 */
export function lastingCache(databaseName?: string): () => Promise<Cache | null> {
  let opened: Promise<Cache | null> | null = null;
  return () => (opened ??= openCache(databaseName, () => (opened = null)).catch(() => null));
}

/** What must be said of the stored data before anything is done: that a newer Fewbit wrote them; null: nothing. */
export async function storedDataProblem(databaseName?: string): Promise<string | null> {
  try {
    (await openCache(databaseName)).close();
    return null;
  } catch (error) {
    return error instanceof Error && error.message === NEWER_DATA ? NEWER_DATA : null;
  }
}

/** Every record below a key: arrays sort after numbers and strings. */
export const below = (...prefix: readonly [string, ...string[]]): IDBKeyRange =>
  IDBKeyRange.bound(prefix, [...prefix, []]);

/** Waits for a write; of a failed one the transaction knows the reason, the request often only that it was aborted. */
export async function finished(
  transaction: { readonly done: Promise<void> },
  ...writes: readonly Promise<unknown>[]
): Promise<void> {
  await Promise.allSettled([...writes, transaction.done]);
  await transaction.done;
}

const NOT_STORED =
  'The browser did not store what was given to it. Try again; if it fails again, its storage is damaged: restart the browser.';

type Put = (to: IDBPTransaction<Schema, StoreNames<Schema>[], 'readwrite'>) => Promise<unknown>;

async function writeOnce(cache: Cache, stores: readonly StoreNames<Schema>[], puts: readonly Put[]): Promise<void> {
  const transaction = cache.transaction([...stores], 'readwrite');
  const writes: Promise<unknown>[] = [];
  try {
    for (const put of puts) writes.push(put(transaction));
  } catch (error) {
    // What was put before must not stay without the rest.
    transaction.abort();
    await finished(transaction, ...writes).catch(() => undefined);
    throw error;
  }
  await finished(transaction, ...writes);
}

/**
 * Writes in one transaction, all or nothing; what fails for no reason that the page can do anything about is tried again.
 * @throws QuotaExceededError; where the second try fails too, its error, in a sentence where it is no more than an abort
 */
export async function written(
  cache: Cache,
  stores: readonly StoreNames<Schema>[],
  ...puts: readonly Put[]
): Promise<void> {
  try {
    await writeOnce(cache, stores, puts);
  } catch (first) {
    if (isQuotaExceeded(first)) throw first;
    await writeOnce(cache, stores, puts).catch((cause: unknown) => {
      // As a pause of the user's would it be taken.
      throw cause instanceof Error && cause.name === 'AbortError' ? new Error(NOT_STORED, { cause }) : cause;
    });
  }
}

export const isQuotaExceeded = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'QuotaExceededError';
