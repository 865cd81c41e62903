import 'fake-indexeddb/auto';
import { describe, expect, test, vi } from 'vitest';
import { storedCheckpoints } from './checkpoints.ts';
import { openCache } from './database.ts';
import { noise } from '../testing/noise.ts';

describe('checkpoints in IndexedDB', () => {
  test('come back after the database was closed; a later save replaces an earlier one', async () => {
    const cache = await openCache('kept');
    const store = storedCheckpoints(cache);
    expect(await store.load('a')).toBeNull();
    await store.save('a', noise(100, 1));
    await store.save('a', noise(50, 2));
    cache.close();
    const again = storedCheckpoints(await openCache('kept'));
    expect(await again.load('a')).toEqual(noise(50, 2));
    await again.remove('a');
    expect(await again.load('a')).toBeNull();
  });

  test('only the last few names are kept, in the order of their saves', async () => {
    const store = storedCheckpoints(await openCache('few'), 2);
    for (const name of ['a', 'b', 'a', 'c']) await store.save(name, noise(10, name.charCodeAt(0)));
    expect(
      [await store.load('a'), await store.load('b'), await store.load('c')].map((bytes) => bytes?.length ?? null),
    ).toEqual([10, null, 10]);
  });

  test('a repair pushes no training and no head out', async () => {
    const store = storedCheckpoints(await openCache('kinds'), 2);
    const names = ['resnet20-a', 'head-a', 'repair-a', 'repair-b', 'repair-c'];
    for (const name of names) await store.save(name, noise(10, 1));
    const kept = await Promise.all(names.map(async (name) => (await store.load(name)) !== null));
    expect(kept).toEqual([true, true, false, true, true]);
  });

  test('a full storage is a sentence, and the checkpoint before stays', async () => {
    const cache = await openCache('full');
    const store = storedCheckpoints(cache);
    await store.save('a', noise(10, 1));
    const full = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('no room', 'QuotaExceededError');
    });
    await expect(store.save('a', noise(20, 2))).rejects.toThrow(/storage is full/);
    full.mockRestore();
    expect((await store.load('a'))?.length).toBe(10);
  });
});
