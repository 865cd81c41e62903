/** Everything that the page is made of, kept in the browser for a day without a network. */

const CACHE = 'fewbit-page';

export type OfflineFile = { readonly path: string; readonly bytes: number };

/** The build's own list. @throws where the page is not a build, or the list cannot be fetched */
export async function offlineFiles(): Promise<readonly OfflineFile[]> {
  const response = await fetch('./offline.json', { cache: 'no-store' });
  if (!response.ok) throw new Error(`offline.json answers ${response.status}.`);
  const { files } = (await response.json()) as { readonly files: readonly OfflineFile[] };
  return files;
}

export const totalBytes = (files: readonly OfflineFile[]): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

/**
 * Fetches and keeps every file, one after the other; what an older build left goes.
 * @throws naming the file that could not be had, or the browser's own error when it is full
 */
export async function storeOffline(files: readonly OfflineFile[], onProgress: (bytes: number) => void): Promise<void> {
  await navigator.storage.persist();
  const cache = await caches.open(CACHE);
  const wanted = new Map(
    ['./', ...files.map(({ path }) => path)].map((path) => [new URL(path, location.href).href, path]),
  );
  const kept = new Set((await cache.keys()).map(({ url }) => url));
  const size = new Map(files.map(({ path, bytes }) => [path, bytes]));
  let done = 0;
  for (const [url, path] of wanted) {
    // A hashed name never changes what it holds.
    if (!kept.has(url) || !path.startsWith('assets/')) {
      const response = await fetch(url);
      if (!response.ok) throw new Error(`${path} answers ${response.status}.`);
      await cache.put(url, response);
    }
    done += size.get(path) ?? 0;
    onProgress(done);
  }
  for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
}
