import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { expect, test, vi } from 'vitest';
import { openDataset } from './cache.ts';
import { openCache } from './database.ts';
import { sha256 } from '../bytes/fingerprint.ts';
import { withLock } from './lock.ts';
import { noise } from '../testing/noise.ts';

test('a database of version 1 becomes one of today, and what it held is still there', async () => {
  const bytes = noise(5000, 1);
  const files = [{ name: 'a.bin', bytes: 5000, sha256: await sha256(bytes) }];
  // As version 1 made it.
  const old = await openDB('migrated', 1, {
    upgrade(database) {
      database.createObjectStore('datasets', { keyPath: 'name' });
      database.createObjectStore('chunks');
    },
  });
  await old.put('datasets', { name: 'kept', files, complete: true });
  await old.put('chunks', bytes, ['kept', 'a.bin', 0]);
  old.close();

  const cache = await openCache('migrated');
  expect(cache.version).toBe(4);
  expect([...cache.objectStoreNames]).toEqual([
    'checkpoints',
    'chunks',
    'datasets',
    'downloads',
    'experiments',
    'imageSets',
    'parts',
    'shardIndexes',
    'shards',
  ]);
  const read = await openDataset(cache, { name: 'kept', files });
  expect(Buffer.compare((await read?.('a.bin')) ?? noise(1, 1), bytes)).toBe(0);
  await cache.put('downloads', { url: 'x', validator: null, bytes: null, parts: 0 });
  cache.close();
  expect(await (await openCache('migrated')).get('downloads', 'x')).toBeDefined();
});

test('a new database is that of a migrated one', async () => {
  const [fresh, migrated] = [await openCache('fresh'), await openCache('migrated')];
  for (const name of fresh.objectStoreNames) {
    expect(migrated.transaction(name).store.keyPath).toEqual(fresh.transaction(name).store.keyPath);
  }
  expect([...fresh.objectStoreNames]).toEqual([...migrated.objectStoreNames]);
});

test('the data of a newer Fewbit are left alone, and the user hears of it', async () => {
  (await openDB('newer', 99)).close();
  await expect(openCache('newer')).rejects.toThrow('were written by a newer Fewbit');
});

test('where the browser has locks, the second waits for the first', async () => {
  let last = Promise.resolve<unknown>(undefined);
  const request = vi.fn((_name: string, _options: unknown, work: () => Promise<unknown>) => (last = last.then(work)));
  vi.stubGlobal('navigator', { locks: { request } });
  const order: string[] = [];
  const slow = withLock('x', undefined, async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    order.push('first');
  });
  await Promise.all([slow, withLock('x', undefined, async () => void order.push('second'))]);
  vi.unstubAllGlobals();
  expect(order).toEqual(['first', 'second']);
  expect(request.mock.calls.map(([name]) => name)).toEqual(['fewbit x', 'fewbit x']);
});
