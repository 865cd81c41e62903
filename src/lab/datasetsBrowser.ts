/** The datasets in a browser: IndexedDB, createImageBitmap. */
import { openCache } from '../data/database.ts';
import { createPartStore } from '../data/download/parts.ts';
import { createBrowserDecode } from '../data/photos/browserDecode.ts';
import { createCacheStore } from '../data/store/cacheStore.ts';
import { createMemoryStore } from '../data/store/memoryStore.ts';
import type { DatasetHost } from './datasets.ts';

let host: Promise<DatasetHost> | undefined;

const open = async (): Promise<DatasetHost> => {
  const memory = createMemoryStore();
  const decode = createBrowserDecode();
  // A private window stores nothing: everything stays in memory, and works.
  const cache = await openCache().catch(() => null);
  if (!cache) return { store: memory, memory, parts: null, decode };
  return { store: createCacheStore(cache), memory, parts: createPartStore(cache), decode };
};

/** One for each worker. */
export const browserDatasets = (): Promise<DatasetHost> => (host ??= open());
