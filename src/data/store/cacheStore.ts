/** Images kept in IndexedDB. */
import { below, written } from './database.ts';
import type { Cache } from './database.ts';
import type { ImageStore } from './imageStore.ts';

const SET_STORES = ['imageSets', 'shardIndexes', 'shards'] as const;

export const createCacheStore = (cache: Cache): ImageStore => ({
  kind: 'indexeddb',
  manifests: () => cache.getAll('imageSets'),
  manifest: (name) => cache.get('imageSets', name),
  putManifest: (manifest) => written(cache, ['imageSets'], (to) => to.objectStore('imageSets').put(manifest)),
  putShard: (name, split, place, { index, bytes }) =>
    written(
      cache,
      ['shardIndexes', 'shards'],
      (to) => to.objectStore('shardIndexes').put(index, [name, split, place]),
      (to) => to.objectStore('shards').put(bytes, [name, split, place]),
    ),
  indexes: (name, split) => cache.getAll('shardIndexes', below(name, split)),
  shard: (name, split, place) => cache.get('shards', [name, split, place]),
  remove: (name) =>
    written(
      cache,
      SET_STORES,
      (to) => to.objectStore('imageSets').delete(name),
      (to) => to.objectStore('shardIndexes').delete(below(name)),
      (to) => to.objectStore('shards').delete(below(name)),
    ),
});
