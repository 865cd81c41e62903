import 'fake-indexeddb/auto';
import { deleteDB, openDB } from 'idb';
import { describe, expect, test, vi } from 'vitest';
import { openDataset } from './cache.ts';
import { lastingCache, openCache, written } from './database.ts';
import { sha256 } from '../bytes/fingerprint.ts';
import { pageSuffix, withFreeLock, withLock } from './lock.ts';
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
  expect(cache.version).toBe(5);
  expect([...cache.objectStoreNames]).toEqual([
    'checkpoints',
    'chunks',
    'datasets',
    'downloads',
    'experiments',
    'imageSets',
    'parts',
    'results',
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

test('a database that another tab deletes or upgrades is opened afresh by the next use', async () => {
  const cached = lastingCache('lasting');
  const first = await cached();
  await first?.put('downloads', { url: 'x', validator: null, bytes: null, parts: 0 });
  expect(await cached()).toBe(first);
  await deleteDB('lasting');
  const second = await cached();
  expect(second).not.toBe(first);
  expect(await second?.get('downloads', 'x')).toBeUndefined();
  await second?.put('downloads', { url: 'y', validator: null, bytes: null, parts: 0 });
  (await openDB('lasting', 99)).close();
  // A newer build's data: this one works without.
  expect(await cached()).toBeNull();
});

test('a lock that is not free is refused with its sentence, and free again afterwards', async () => {
  const held = new Set<string>();
  const request = async (name: string, _: unknown, work: (lock: object | null) => Promise<unknown>) => {
    if (held.has(name)) return work(null);
    held.add(name);
    try {
      return await work({ name });
    } finally {
      held.delete(name);
    }
  };
  vi.stubGlobal('navigator', { locks: { request } });
  let release = (): void => undefined;
  const first = withFreeLock('x', 'Taken.', () => new Promise<void>((resolve) => (release = resolve)));
  await expect(withFreeLock('x', 'Taken.', async () => 1)).rejects.toThrow('Taken.');
  expect(await withFreeLock('y', 'Taken.', async () => 2)).toBe(2);
  release();
  await first;
  expect(await withFreeLock('x', 'Taken.', async () => 3)).toBe(3);
  vi.unstubAllGlobals();
});

test('two copies of the page on one origin have names of their own, page and worker of one the same', () => {
  const suffixAt = (pathname: string): string => {
    vi.stubGlobal('location', { pathname });
    const suffix = pageSuffix();
    vi.unstubAllGlobals();
    return suffix;
  };
  expect([suffixAt('/'), suffixAt('/index.html'), suffixAt('/assets/labWorker-x.js')]).toEqual(['', '', '']);
  expect([suffixAt('/a/'), suffixAt('/a/assets/labWorker-x.js')]).toEqual([' /a/', ' /a/']);
  expect(suffixAt('/a/b/assets/labWorker-x.js')).toBe(' /a/b/');
});

describe('a write', () => {
  type Put = Parameters<typeof written>[2];
  type Fails = (put: ReturnType<Put>, to: Parameters<Put>[0]) => ReturnType<Put>;

  /** Two records, of which the second fails so many times. */
  async function writing(database: string, times: number, fails: Fails) {
    const cache = await openCache(database);
    let left = times;
    const putOf =
      (name: string): Put =>
      (to) =>
        to.objectStore('datasets').put({ name, files: [], complete: true });
    const error = await written(cache, ['datasets'], putOf('a'), (to) =>
      left-- > 0 ? fails(putOf('b')(to), to) : putOf('b')(to),
    ).then(
      () => null,
      (reason: Error) => reason,
    );
    const names = (await cache.getAllKeys('datasets')).join();
    cache.close();
    return { error, names };
  }

  function aborts(...[put, to]: Parameters<Fails>): ReturnType<Fails> {
    to.abort();
    return put;
  }

  function thrown(name: string, put: ReturnType<Put>): never {
    put.catch(() => undefined);
    throw new DOMException(`It is ${name}.`, name);
  }

  const throws =
    (name: string): Fails =>
    (put) =>
      thrown(name, put);

  test('that is aborted or fails once is made again, whole', async () => {
    expect(await writing('aborted', 1, aborts)).toEqual({ error: null, names: 'a,b' });
    expect(await writing('failed', 1, throws('UnknownError'))).toEqual({ error: null, names: 'a,b' });
  });

  test('that fails twice leaves nothing of it, and is no pause of the user', async () => {
    const aborted = await writing('aborted twice', 2, aborts);
    expect([aborted.names, aborted.error?.name]).toEqual(['', 'Error']);
    expect(aborted.error?.message).toContain('did not store what was given to it');
    const failed = await writing('failed twice', 2, throws('UnknownError'));
    expect([failed.names, failed.error?.message]).toEqual(['', 'It is UnknownError.']);
  });

  test('that finds the storage full is left to whoever knows another place', async () => {
    const { names, error } = await writing('full', 1, throws('QuotaExceededError'));
    expect([names, error?.name]).toEqual(['', 'QuotaExceededError']);
  });
});
