/** Images kept in IndexedDB. */
import { below, finished } from './database.ts';
import type { Cache } from './database.ts';
import type { ImageStore } from './imageStore.ts';

const SET_STORES = ['imageSets', 'shardIndexes', 'shards'] as const;

export const createCacheStore = (cache: Cache): ImageStore => ({
  kind: 'indexeddb',
  manifests: () => cache.getAll('imageSets'),
  manifest: (name) => cache.get('imageSets', name),
  putManifest: async (manifest) => {
    const transaction = cache.transaction('imageSets', 'readwrite');
    await finished(transaction, transaction.store.put(manifest));
  },
  putShard: async (name, split, place, { index, bytes }) => {
    const transaction = cache.transaction(['shardIndexes', 'shards'], 'readwrite');
    await finished(
      transaction,
      transaction.objectStore('shardIndexes').put(index, [name, split, place]),
      transaction.objectStore('shards').put(bytes, [name, split, place]),
    );
  },
  indexes: (name, split) => cache.getAll('shardIndexes', below(name, split)),
  shard: (name, split, place) => cache.get('shards', [name, split, place]),
  remove: async (name) => {
    const transaction = cache.transaction(SET_STORES, 'readwrite');
    await finished(
      transaction,
      transaction.objectStore('imageSets').delete(name),
      transaction.objectStore('shardIndexes').delete(below(name)),
      transaction.objectStore('shards').delete(below(name)),
    );
  },
});
