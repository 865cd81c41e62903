/**
 * A stored copy of the page: one cache for each version, named by the page's path, so that two copies of the page on one
 * origin do not touch each other. A copy counts once its list is in it, and the list goes in last. The page and its
 * service worker share this.
 */

type Fingerprint = { readonly bytes: number; readonly sha256: string };

export type OfflineFile = Fingerprint & {
  readonly path: string;
  /** Of a .gz file: what a server that says `Content-Encoding: gzip` gives a page. */
  readonly unpacked?: Fingerprint;
};

/** The build's list of all its files. */
export type OfflineList = { readonly version: string; readonly files: readonly OfflineFile[] };

export type Copy = { readonly cache: Cache; readonly list: OfflineList };

export const LIST = 'offline.json';

/** The parameter of a frame that is answered from this version's copy alone. */
export const FROM_COPY = 'from-copy';

/** @param scope the page's folder, ending in a slash */
const prefixOf = (scope: string): string => `fewbit ${new URL(scope).pathname} `;

export const cacheName = (scope: string, version: string): string => `${prefixOf(scope)}${version}`;

/** Names of this page's caches, complete or not, the oldest first. */
export const cacheNames = async (scope: string): Promise<readonly string[]> =>
  (await caches.keys()).filter((name) => name.startsWith(prefixOf(scope)));

/** What a host says of its files' order must not decide whether they are found: `Vary` and queries are ignored. */
export const LOOSELY = { ignoreVary: true, ignoreSearch: true } as const;

/** The copy in this cache. null: it is not complete */
export async function openCopy(scope: string, name: string): Promise<Copy | null> {
  const cache = await caches.open(name);
  const stored = await cache.match(new URL(LIST, scope), LOOSELY);
  return stored ? { cache, list: (await stored.json()) as OfflineList } : null;
}

const hex = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Whether these are the bytes that the list says. */
export async function isExpected(body: ArrayBuffer, { unpacked, ...packed }: OfflineFile): Promise<boolean> {
  const alike = [packed, unpacked].filter((one) => one?.bytes === body.byteLength);
  if (alike.length === 0) return false;
  const sha256 = hex(await crypto.subtle.digest('SHA-256', body));
  return alike.some((one) => one?.sha256 === sha256);
}

/** Checked bytes as they are kept: with their type, and without what their host said of itself. */
export function asKept(body: ArrayBuffer, response: Response): Response {
  const type = response.headers.get('content-type');
  return new Response(body, { headers: type === null ? {} : { 'content-type': type } });
}
