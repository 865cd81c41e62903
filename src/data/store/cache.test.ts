import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CHUNK_BYTES, keepDataset, listDatasets, openCache, openDataset, removeDataset } from './cache.ts';
import type { Cache } from './cache.ts';
import type { DatasetFiles } from './records.ts';
import { sha256 } from '../bytes/fingerprint.ts';
import { randomFor } from '../../base/shuffle.ts';
import type { Bytes, Read } from '../types.ts';

const random = randomFor(3);
const noise = (length: number): Bytes => Uint8Array.from({ length }, () => random() * 256);

/** Two and a bit chunks, and less than one. */
const contents = new Map([
  ['large.bin', noise(2 * CHUNK_BYTES + 5)],
  ['small.bin', noise(100)],
]);
const read: Read = async (name) => contents.get(name) ?? new Uint8Array();

const describeFiles = async (name: string): Promise<DatasetFiles> => ({
  name,
  files: await Promise.all(
    Array.from(contents, async ([file, bytes]) => ({ name: file, bytes: bytes.length, sha256: await sha256(bytes) })),
  ),
});

/** Equality of megabytes, without a matcher that walks them element by element. */
const same = (a: Bytes, b: Bytes | undefined): boolean => b !== undefined && Buffer.compare(a, b) === 0;

let cache: Cache;
let databases = 0;

beforeEach(async () => {
  cache = await openCache(`test-${databases++}`);
});

afterEach(() => {
  vi.restoreAllMocks();
  cache.close();
});

/** Lets `allowed` chunks through, then aborts the transaction as a browser with a full disk does. */
function fillStorageAfter(allowed: number): void {
  const put = IDBObjectStore.prototype.put;
  let chunks = 0;
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
    this: IDBObjectStore,
    value: unknown,
    key?: IDBValidKey,
  ) {
    const request = put.call(this, value, key);
    if (this.name === 'chunks' && chunks++ >= allowed) {
      const transaction = this.transaction as unknown as { _abort(error: string): void };
      transaction._abort('QuotaExceededError');
    }
    return request;
  });
}

describe('a dataset in the cache', () => {
  test('comes back byte for byte, in chunks of 4 MiB', async () => {
    const dataset = await describeFiles('round-trip');
    expect(await openDataset(cache, dataset)).toBeNull();
    const kept = await keepDataset(cache, dataset, read);
    expect(kept).toMatchObject({ storage: 'indexeddb', message: null });
    const again = await openDataset(cache, dataset);
    for (const reader of [kept.read, again]) {
      for (const [name, bytes] of contents) expect(same(bytes, await reader?.(name))).toBe(true);
    }
    expect((await cache.getAll('chunks')).map((chunk) => chunk.length)).toEqual([CHUNK_BYTES, CHUNK_BYTES, 5, 100]);
    await expect(kept.read('other.bin')).rejects.toThrow('round-trip has no file other.bin.');
  });

  test('is not offered when an interrupted write left it incomplete', async () => {
    const dataset = await describeFiles('interrupted');
    const breaksOff: Read = async (name) => {
      if (name === 'small.bin') throw new Error('The connection broke.');
      return read(name);
    };
    await expect(keepDataset(cache, dataset, breaksOff)).rejects.toThrow('The connection broke.');
    expect(await openDataset(cache, dataset)).toBeNull();
    expect(await listDatasets(cache)).toEqual([{ ...dataset, complete: false }]);
    expect(await cache.count('chunks')).toBe(3);
    expect((await keepDataset(cache, dataset, read)).storage).toBe('indexeddb');
    expect(await openDataset(cache, dataset)).not.toBeNull();
  });

  test('is not offered when the file that arrived is not the one expected', async () => {
    const dataset = await describeFiles('wrong');
    const wrong: Read = async (name) => (await read(name)).map((byte) => byte ^ 1);
    await expect(keepDataset(cache, dataset, wrong)).rejects.toThrow(
      /wrong\/large.bin is not the file expected: its SHA-256/,
    );
    expect(await openDataset(cache, dataset)).toBeNull();
    expect(await cache.count('chunks')).toBe(0);
  });

  test('is not marked complete when chunks went missing while it was written', async () => {
    const dataset = await describeFiles('raced');
    const raced: Read = async (name) => {
      if (name === 'small.bin') await cache.delete('chunks', ['raced', 'large.bin', 1]);
      return read(name);
    };
    await expect(keepDataset(cache, dataset, raced)).rejects.toThrow('lost some of its parts');
    expect(await openDataset(cache, dataset)).toBeNull();
  });

  test('is not offered when other files are wanted under its name', async () => {
    const dataset = await describeFiles('newer');
    await keepDataset(cache, dataset, read);
    const [large, small] = dataset.files;
    const newer = { name: 'newer', files: [large, { ...small, sha256: large.sha256 }] };
    expect(await openDataset(cache, newer)).toBeNull();
    expect(await openDataset(cache, { name: 'newer', files: [large] })).toBeNull();
  });

  test('with a damaged chunk gives an error that names the file, and is removed', async () => {
    const dataset = await describeFiles('damaged');
    const kept = await keepDataset(cache, dataset, read);
    const chunk = (await cache.get('chunks', ['damaged', 'large.bin', 1])) ?? new Uint8Array(1);
    chunk[17] ^= 4;
    await cache.put('chunks', chunk, ['damaged', 'large.bin', 1]);
    await expect(kept.read('large.bin')).rejects.toThrow(/stored copy of damaged\/large.bin is damaged: its SHA-256/);
    expect(await openDataset(cache, dataset)).toBeNull();
    expect(await cache.count('chunks')).toBe(0);
  });

  test('with a missing chunk gives an error that says how long it is', async () => {
    const dataset = await describeFiles('hole');
    const kept = await keepDataset(cache, dataset, read);
    await cache.delete('chunks', ['hole', 'large.bin', 2]);
    await expect(kept.read('large.bin')).rejects.toThrow(
      `it is ${2 * CHUNK_BYTES} bytes long, not ${2 * CHUNK_BYTES + 5}`,
    );
  });

  test.each([0, 1, 3])('stays in memory when the storage is full after %i chunks', async (allowed) => {
    const dataset = await describeFiles('full');
    fillStorageAfter(allowed);
    const kept = await keepDataset(cache, dataset, read);
    expect(kept.storage).toBe('memory');
    expect(kept.message).toMatch(/storage is full, so full is kept in memory/);
    for (const [name, bytes] of contents) expect(same(bytes, await kept.read(name))).toBe(true);
    expect(await listDatasets(cache)).toEqual([]);
    expect(await cache.count('chunks')).toBe(0);
    expect(await openDataset(cache, dataset)).toBeNull();
  });
});

test('removing a dataset leaves those beside it, even one whose name begins alike', async () => {
  const [one, two] = [await describeFiles('set'), await describeFiles('set-2')];
  await keepDataset(cache, one, read);
  await keepDataset(cache, two, read);
  await removeDataset(cache, 'set');
  expect((await listDatasets(cache)).map(({ name }) => name)).toEqual(['set-2']);
  expect(await cache.count('chunks')).toBe(4);
  const reader = await openDataset(cache, two);
  expect(same(contents.get('small.bin') ?? noise(1), await reader?.('small.bin'))).toBe(true);
  await removeDataset(cache, 'never stored');
});

test('a browser that refuses to store data says so', async () => {
  vi.spyOn(indexedDB, 'open').mockImplementation(() => {
    throw new DOMException('denied', 'SecurityError');
  });
  await expect(openCache('refused')).rejects.toThrow('does not let the page store data');
});
