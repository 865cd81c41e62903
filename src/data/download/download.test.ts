import 'fake-indexeddb/auto';
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startFaultServer } from '../../../e2e/server.ts';
import type { FaultServer } from '../../../e2e/server.ts';
import { openCache } from '../store/database.ts';
import type { Cache } from '../store/database.ts';
import { noise } from '../testing/noise.ts';
import type { Bytes } from '../types.ts';
import { backOffMs } from './connect.ts';
import { downloadSource } from './download.ts';
import { downloadedBytes, fetchKept, keepFile, keptRecord, readKept, removeKept } from './keepFile.ts';
import { createPartStore, PART_BYTES } from './parts.ts';
import { retryAfterMs } from './request.ts';

const FILE = noise(2 * PART_BYTES + 12_345, 1);
const SHA256 = createHash('sha256').update(FILE).digest('hex');
/** A server that is slow on a busy machine is no server that stalls. */
const PATIENCE = { tries: 3, waitMs: 1, stallMs: 60_000 };
/** Where one does stall. */
const STALL_MS = 3000;

let server: FaultServer;
let cache: Cache;
let databases = 0;

beforeAll(async () => {
  server = await startFaultServer({ 'file.bin': FILE });
});
afterAll(() => server.close());
beforeEach(async () => {
  cache = await openCache(`download-${databases++}`);
  server.replace('file.bin', FILE);
  server.takeLog();
});
afterEach(() => {
  vi.restoreAllMocks();
  server.mend();
  cache.close();
});

const source = (more: object = {}, signal?: AbortSignal, patience = PATIENCE) =>
  downloadSource(
    { name: 'file.bin', url: `${server.url}file.bin`, bytes: FILE.length, sha256: null, ...more },
    { parts: createPartStore(cache), patience, signal },
  );

async function read(stream: ReadableStream<Bytes>): Promise<Buffer> {
  const pieces: Bytes[] = [];
  const reader = stream.getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) pieces.push(piece.value);
  return Buffer.concat(pieces);
}

/** Lets two parts come and then loses the connection for good. */
async function half(): Promise<void> {
  server.breakNext({ kind: 'cut', at: 2 * PART_BYTES + 100 });
  await expect(read(source().stream())).rejects.toThrow(
    /What has come is kept: start again to go on|could not be fetched/,
  );
  server.mend();
  server.takeLog();
}

test('gives the file as it is on the server, and keeps its parts', async () => {
  expect((await read(source().stream())).equals(FILE)).toBe(true);
  expect(server.takeLog()).toEqual(['GET /file.bin']);
  expect(await cache.get('downloads', `${server.url}file.bin`)).toMatchObject({ parts: 2, bytes: FILE.length });
});

describe('while it comes', () => {
  test.each([
    ['a cut connection', { kind: 'cut', at: 3_000_000 }],
    ['a stall', { kind: 'stall', at: 3_000_000 }],
    ['status 500', { kind: 'status', code: 500 }],
  ] as const)('%s is made good by another try', async (_, fault) => {
    server.breakNext(fault, 1);
    const patience = fault.kind === 'stall' ? { ...PATIENCE, stallMs: STALL_MS } : PATIENCE;
    expect((await read(source({}, undefined, patience).stream())).equals(FILE)).toBe(true);
    const [, again] = server.takeLog();
    expect(again).toMatch(fault.kind === 'status' ? /^GET \/file\.bin$/ : /^GET \/file\.bin bytes=\d+- if-range$/);
  });

  test.each([
    ['a lasting 500', { kind: 'status', code: 500 }, 'answered 500', 3],
    ['a 404', { kind: 'status', code: 404 }, 'answered 404', 1],
    ['a web page with status 200', { kind: 'page' }, 'answered with a web page instead of the file', 1],
    ['another length', { kind: 'length', bytes: 5000 }, `is 5000 bytes long, not ${FILE.length}`, 1],
  ] as const)('%s is an error that names the file', async (_, fault, message, requests) => {
    server.breakNext(fault);
    await expect(read(source().stream())).rejects.toThrow(message);
    expect(server.takeLog()).toHaveLength(requests);
    expect(await cache.count('parts')).toBe(0);
  });

  test('a file that changes on the server is not mixed with the old one', async () => {
    const other = noise(FILE.length, 2);
    server.breakNext({ kind: 'cut', at: 3_000_000 }, 1);
    const reader = source().stream().getReader();
    await reader.read();
    server.replace('file.bin', other);
    const drain = async (): Promise<void> => {
      while (!(await reader.read()).done);
    };
    await expect(drain()).rejects.toThrow('changed on');
  });
});

describe('after a lost connection or page', () => {
  test('goes on with the first part that is missing', async () => {
    await half();
    expect((await read(source().stream())).equals(FILE)).toBe(true);
    expect(server.takeLog()).toEqual([`GET /file.bin bytes=${2 * PART_BYTES}- if-range`]);
  });

  test('starts anew when the file on the server is another one', async () => {
    await half();
    const other = noise(FILE.length, 3);
    server.replace('file.bin', other);
    expect((await read(source().stream())).equals(other)).toBe(true);
  });

  test("a network's login page does not cost what has come", async () => {
    await half();
    server.breakNext({ kind: 'page' }, 1);
    await expect(read(source().stream())).rejects.toThrow('web page');
    expect((await read(source().stream())).equals(FILE)).toBe(true);
    expect(server.takeLog().at(-1)).toContain(`bytes=${2 * PART_BYTES}-`);
  });
});

test('a pause ends it with an AbortError, and what has come is kept', async () => {
  const controller = new AbortController();
  const reader = source({}, controller.signal).stream().getReader();
  let bytes = 0;
  while (bytes < PART_BYTES + 1) bytes += (await reader.read()).value?.length ?? 0;
  controller.abort();
  const drain = async (): Promise<void> => {
    while (!(await reader.read()).done);
  };
  await expect(drain()).rejects.toMatchObject({ name: 'AbortError' });
  expect(await cache.count('parts')).toBeGreaterThanOrEqual(1);
});

describe('a part that cannot be written', () => {
  const failing = (times: number) => {
    const parts = createPartStore(cache);
    let left = times;
    const put = vi.fn(async (...args: Parameters<typeof parts.put>) => {
      if (left-- > 0) throw new DOMException('the disk hiccuped', 'UnknownError');
      return parts.put(...args);
    });
    const download = downloadSource(
      { name: 'file.bin', url: `${server.url}file.bin`, bytes: FILE.length, sha256: null },
      { parts: { ...parts, put }, patience: PATIENCE },
    );
    return { put, download };
  };

  test('once is written again, and no byte is lost', async () => {
    const { put, download } = failing(1);
    expect(Buffer.compare(await read(download.stream()), FILE)).toBe(0);
    expect(put).toHaveBeenCalledTimes(3);
  });

  test('twice ends the download with a sentence', async () => {
    await expect(read(failing(2).download.stream())).rejects.toThrow('did not store what was downloaded');
  });
});

test('waits as long as the host asks for, and not all at the same time', () => {
  const answer = (value: string) => new Response(null, { headers: { 'retry-after': value } });
  expect(retryAfterMs(answer('7'))).toBe(7000);
  expect(retryAfterMs(answer('Thu, 01 Jan 2026 00:00:10 GMT'), Date.UTC(2026, 0, 1))).toBe(10_000);
  expect(retryAfterMs(answer('Thu, 01 Jan 2026 00:00:00 GMT'), Date.UTC(2026, 0, 2))).toBe(0);
  expect(retryAfterMs(answer('soon'))).toBeNull();
  expect(retryAfterMs(new Response())).toBeNull();
  const waits = Array.from({ length: 30 }, () => backOffMs({ ...PATIENCE, waitMs: 1000 }, 2, 5000));
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(6000);
  expect(Math.max(...waits)).toBeLessThanOrEqual(7000);
  expect(new Set(waits).size).toBeGreaterThan(1);
  expect(backOffMs(PATIENCE, 1, 3_600_000)).toBeLessThan(61_000);
});

test('a full storage ends the keeping, not the download', async () => {
  const put = IDBObjectStore.prototype.put;
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
    this: IDBObjectStore,
    value: unknown,
    key?: IDBValidKey,
  ) {
    const request = put.call(this, value, key);
    if (this.name === 'parts')
      (this.transaction as unknown as { _abort(error: string): void })._abort('QuotaExceededError');
    return request;
  });
  expect((await read(source().stream())).equals(FILE)).toBe(true);
  expect(await cache.count('parts')).toBe(0);
});

describe('by ranges', () => {
  test('gives just the bytes asked for', async () => {
    const { slice, size } = source({ bytes: null });
    expect(await size()).toBe(FILE.length);
    expect(Buffer.from(await slice(1000, 5000)).equals(FILE.subarray(1000, 5000))).toBe(true);
  });

  test('tries a cut range again, and refuses a file that changed in between', async () => {
    const { slice } = source();
    server.breakNext({ kind: 'cut', at: 2000 }, 1);
    expect(Buffer.from(await slice(1000, 5000)).equals(FILE.subarray(1000, 5000))).toBe(true);
    server.replace('file.bin', noise(FILE.length, 4));
    await expect(slice(1000, 5000)).rejects.toThrow('changed on');
  });
});

describe('a file that is kept', () => {
  const shelf = () => ({ cache, memory: new Map() });
  const accept = (content: Uint8Array<ArrayBuffer>) => ({ key: 'key', content });
  const fetched = (more: object = {}) => fetchKept(shelf(), { ...file(), ...more }, accept, { patience: PATIENCE });
  const file = () => ({ name: 'file.bin', url: `${server.url}file.bin`, bytes: FILE.length, sha256: SHA256 });

  const kept = async (): Promise<Buffer | null> => {
    const found = await readKept(shelf(), 'key');
    return found && Buffer.from(found.content);
  };

  test('is there without the server the next time, in place of the one before', async () => {
    await keepFile(shelf(), 'key', 'older.bin', new Uint8Array(10));
    expect(await fetched()).toEqual({ key: 'key', message: null });
    server.takeLog();
    expect((await kept())?.equals(FILE)).toBe(true);
    expect(await keptRecord(shelf(), 'key')).toEqual({
      name: 'file.bin',
      bytes: FILE.length,
      sha256: SHA256,
      storage: 'indexeddb',
    });
    expect(server.takeLog()).toEqual([]);
    expect([await cache.count('parts'), await cache.count('datasets')]).toEqual([0, 1]);
    await removeKept(shelf(), 'key');
    expect([await kept(), await cache.count('chunks')]).toEqual([null, 0]);
  });

  test('of which nothing is published is recorded as it came', async () => {
    await fetched({ bytes: null, sha256: null });
    expect(await keptRecord(shelf(), 'key')).toMatchObject({ bytes: FILE.length, sha256: SHA256 });
  });

  test('goes on where it broke off', async () => {
    await half();
    expect(await downloadedBytes(shelf(), file().url)).toBe(2 * PART_BYTES);
    await fetched();
    expect(server.takeLog()).toEqual([`GET /file.bin bytes=${2 * PART_BYTES}- if-range`]);
    expect((await kept())?.equals(FILE)).toBe(true);
  });

  test('of the wrong kind is refused, and nothing of it stays', async () => {
    const refuse = (): never => {
      throw new Error('no weights');
    };
    await expect(fetchKept(shelf(), file(), refuse, { patience: PATIENCE })).rejects.toThrow('no weights');
    expect([await cache.count('parts'), await cache.count('chunks'), await cache.count('downloads')]).toEqual([
      0, 0, 0,
    ]);
  });

  test('lasts as long as the page where nothing can be stored', async () => {
    const memoryOnly = { cache: null, memory: new Map() };
    await fetchKept(memoryOnly, file(), accept, { patience: PATIENCE });
    expect(await keptRecord(memoryOnly, 'key')).toMatchObject({ sha256: SHA256, storage: 'memory' });
    expect((await readKept(memoryOnly, 'key'))?.content.length).toBe(FILE.length);
  });

  test('with a flipped byte is refused, and nothing of it stays', async () => {
    server.breakNext({ kind: 'flip', at: 5_000_000 });
    await expect(fetched()).rejects.toThrow('file.bin is damaged');
    expect([await cache.count('parts'), await cache.count('chunks'), await cache.count('downloads')]).toEqual([
      0, 0, 0,
    ]);
  });
});
