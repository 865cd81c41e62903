/** Results in IndexedDB: what was measured here stays when the page is closed. The last few hundred. */
import { finished, type Cache } from './database.ts';

export type StoredResults<T> = {
  /** With the day on which it was measured. */
  readonly load: (key: string) => Promise<{ readonly result: T; readonly day: string } | null>;
  /** @throws where the browser's storage is full */
  readonly save: (key: string, result: T, day: string) => Promise<void>;
};

/** @param keep how many are kept; a save beyond that removes those that were saved first */
export function storedResults<T>(cache: Cache, keep = 300): StoredResults<T> {
  return {
    async load(key) {
      const found = await cache.get('results', key);
      return found ? { result: found.result as T, day: found.day } : null;
    },
    async save(key, result, day) {
      const transaction = cache.transaction('results', 'readwrite');
      const { store } = transaction;
      const newest = await store.index('saved').openKeyCursor(null, 'prev');
      await finished(transaction, store.put({ key, result, day, saved: (newest?.key ?? 0) + 1 }));
      const keys = await cache.getAllKeysFromIndex('results', 'saved');
      for (const old of keys.slice(0, Math.max(0, keys.length - keep))) await cache.delete('results', old);
    },
  };
}
