/** Checkpoints in IndexedDB: the last few of each kind (trainings, learned heads, repairs), each under its name. */
import { isQuotaExceeded, written, type Cache } from './database.ts';
import type { Bytes } from '../types.ts';

export type StoredCheckpoints = {
  readonly load: (name: string) => Promise<Bytes | null>;
  /**
   * One transaction: the one before stays until the new one is whole.
   * @throws a sentence when the browser's storage is full
   */
  readonly save: (name: string, bytes: Bytes) => Promise<void>;
  readonly remove: (name: string) => Promise<void>;
};

/** What a name begins with; trainings begin with their network's. A repair that is kept pushes no training out. */
const kindOf = (name: string): string => /^(?:head|repair)-/.exec(name)?.[0] ?? '';

/** @param keep how many names of a kind are kept; a save beyond that removes those that were not saved for longest */
export function storedCheckpoints(cache: Cache, keep = 4): StoredCheckpoints {
  /** Removes the oldest beyond `keep`, by their keys alone: the files may be large. @returns the number of the next save */
  async function makeRoom(name: string): Promise<number> {
    const names = await cache.getAllKeysFromIndex('checkpoints', 'saved');
    const others = names.filter((other) => other !== name && kindOf(other) === kindOf(name));
    for (const old of others.slice(0, Math.max(0, others.length - (keep - 1)))) await cache.delete('checkpoints', old);
    const newest = await cache.transaction('checkpoints').store.index('saved').openKeyCursor(null, 'prev');
    return (newest?.key ?? 0) + 1;
  }

  return {
    load: async (name) => (await cache.get('checkpoints', name))?.bytes ?? null,
    async save(name, bytes) {
      const saved = await makeRoom(name);
      try {
        await written(cache, ['checkpoints'], (to) => to.objectStore('checkpoints').put({ name, bytes, saved }));
      } catch (cause) {
        if (!isQuotaExceeded(cause)) throw cause;
        throw new Error("The browser's storage is full, so the training cannot be kept: remove datasets under Data.", {
          cause,
        });
      }
    },
    remove: (name) => cache.delete('checkpoints', name),
  };
}
