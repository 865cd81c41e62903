/** The datasets in a browser: IndexedDB, createImageBitmap. */
import { lastingCache } from '../../data/store/database.ts';
import type { FileShelf } from '../../data/download/keepFile.ts';
import { createPartStore } from '../../data/download/parts.ts';
import { createBrowserDecode } from '../../data/photos/browserDecode.ts';
import { createCacheStore } from '../../data/store/cacheStore.ts';
import { createMemoryStore } from '../../data/store/memoryStore.ts';
import type { DatasetHost } from '../data/datasets.ts';

/** A private window stores nothing: everything stays in memory, and works. A database that was closed is opened afresh. */
const openedCache = lastingCache();

const memory = createMemoryStore();
const held: FileShelf['memory'] = new Map();
const decode = createBrowserDecode();

/** Asked for by each call: the connection may be another one. */
export async function browserDatasets(): Promise<DatasetHost> {
  const cache = await openedCache();
  if (!cache) return { store: memory, memory, parts: null, decode };
  return { store: createCacheStore(cache), memory, parts: createPartStore(cache), decode };
}

/** The kept files, weights among them. */
export const browserShelf = async (): Promise<FileShelf> => ({ cache: await openedCache(), memory: held });
