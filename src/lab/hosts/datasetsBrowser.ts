/** The datasets in a browser: IndexedDB, createImageBitmap. */
import { openCache } from '../../data/store/database.ts';
import type { Cache } from '../../data/store/database.ts';
import type { FileShelf } from '../../data/download/keepFile.ts';
import { createPartStore } from '../../data/download/parts.ts';
import { createBrowserDecode } from '../../data/photos/browserDecode.ts';
import { createCacheStore } from '../../data/store/cacheStore.ts';
import { createMemoryStore } from '../../data/store/memoryStore.ts';
import type { DatasetHost } from '../data/datasets.ts';

let host: Promise<DatasetHost> | undefined;
let shelf: Promise<FileShelf> | undefined;
let cacheOpened: Promise<Cache | null> | undefined;

/** A private window stores nothing: everything stays in memory, and works. */
const openedCache = (): Promise<Cache | null> => (cacheOpened ??= openCache().catch(() => null));

async function open(): Promise<DatasetHost> {
  const memory = createMemoryStore();
  const decode = createBrowserDecode();
  const cache = await openedCache();
  if (!cache) return { store: memory, memory, parts: null, decode };
  return { store: createCacheStore(cache), memory, parts: createPartStore(cache), decode };
}

/** One for each worker. */
export const browserDatasets = (): Promise<DatasetHost> => (host ??= open());

/** The kept files, weights among them. One for each worker. */
export const browserShelf = (): Promise<FileShelf> =>
  (shelf ??= openedCache().then((cache) => ({ cache, memory: new Map() })));
