/** Everything that the page is made of, kept in the browser for a day without a network: whole, or not at all. */
import { asKept, cacheName, cacheNames, FROM_COPY, isExpected, LIST, LOOSELY } from './copy.ts';
import type { OfflineFile, OfflineList } from './copy.ts';

/** Opening the stored page takes a second; a machine may be busy. */
const OPENING_MS = 120_000;

/** The page's folder. */
export const pageScope = (): string => new URL('.', location.href).href;

/** The build's own list. @throws where the page is not a build, or the list cannot be fetched */
export async function offlineList(): Promise<OfflineList> {
  const response = await fetch(new URL(LIST, pageScope()), { cache: 'no-store' });
  if (!response.ok) throw new Error(`${LIST} answers ${response.status}.`);
  try {
    const list = (await response.json()) as Partial<OfflineList> | null;
    if (typeof list?.version !== 'string' || !Array.isArray(list.files)) throw new TypeError('no list');
    return list as OfflineList;
  } catch (cause) {
    throw new Error(`${LIST} is not what it should be: does this network ask for a login first?`, { cause });
  }
}

export const totalBytes = (files: readonly OfflineFile[]): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

/** From a cache that may hold it already. @returns null where it is not there, or is not what the list says */
async function stored(cache: Cache, url: string, file: OfflineFile): Promise<Response | null> {
  const found = await cache.match(url, LOOSELY);
  if (!found) return null;
  const body = await found.arrayBuffer();
  return (await isExpected(body, file)) ? asKept(body, found) : null;
}

/** @throws naming the file that cannot be had as the list says it is */
async function fetched(url: string, file: OfflineFile): Promise<Response> {
  let length = 0;
  // What the browser's own cache holds may be a login page of an hour ago: then the server is asked again.
  for (const cache of ['default', 'reload'] as const) {
    const response = await fetch(url, { cache });
    if (!response.ok) throw new Error(`${file.path} answers ${response.status}.`);
    const body = await response.arrayBuffer();
    if (await isExpected(body, file)) return asKept(body, response);
    length = body.byteLength;
  }
  throw new Error(
    `${file.path} is another file than this version's (${length} bytes came, ${file.bytes} were expected): ` +
      'either this network asks for a login first, or a new version was put up. Load the page again, then store it.',
  );
}

/**
 * Opens the stored page once, from the copy alone, in a frame that nobody sees.
 * @throws when it does not come up
 */
async function openOnce(version: string): Promise<void> {
  const frame = document.createElement('iframe');
  frame.hidden = true;
  frame.src = `./?${FROM_COPY}=${version}`;
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error('the stored page does not open. Load the page again, then store it.')),
        OPENING_MS,
      );
      addEventListener('message', function opened({ source, data }: MessageEvent<unknown>) {
        if (source !== frame.contentWindow || data !== FROM_COPY) return;
        removeEventListener('message', opened);
        clearTimeout(timer);
        resolve();
      });
      document.body.append(frame);
    });
  } finally {
    frame.remove();
  }
}

async function storeAlone(list: OfflineList, onProgress: (bytes: number) => void): Promise<void> {
  const scope = pageScope();
  const name = cacheName(scope, list.version);
  const others = (await cacheNames(scope)).filter((other) => other !== name);
  const before = await Promise.all(others.map((other) => caches.open(other)));
  const staged = await caches.open(name);
  let done = 0;
  for (const file of list.files) {
    const url = new URL(file.path, scope).href;
    if (!(await stored(staged, url, file))) {
      const copies = await Promise.all(before.map((cache) => stored(cache, url, file)));
      await staged.put(url, copies.find((copy) => copy !== null) ?? (await fetched(url, file)));
    }
    done += file.bytes;
    onProgress(done);
  }
  await staged.put(new URL(LIST, scope), new Response(JSON.stringify(list)));
  try {
    await openOnce(list.version);
  } catch (error) {
    await caches.delete(name);
    throw error;
  }
  for (const other of others) await caches.delete(other);
}

/**
 * Fetches, checks and keeps every file in a cache of its own, opens the stored page once, and only then lets the copy of
 * before go. One that was cut short goes on where it was.
 * @throws naming the file that could not be had, or the browser's own error when it is full; the copy of before stays
 */
export async function storeOffline(list: OfflineList, onProgress: (bytes: number) => void): Promise<void> {
  await navigator.storage.persist();
  await navigator.locks.request(`fewbit ${pageScope()} offline copy`, () => storeAlone(list, onProgress));
}
