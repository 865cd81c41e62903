/** Files kept whole: pretrained weights. Resumable while one comes, checked, and then there offline. */
import { keepDataset, openDataset, removeDataset } from '../store/cache.ts';
import type { CachedFile } from '../store/records.ts';
import type { Cache } from '../store/database.ts';
import { sha256 } from '../bytes/fingerprint.ts';
import { joinBytes } from '../../base/bytes/joinBytes.ts';
import { createSha256 } from '../bytes/sha256.ts';
import type { Bytes } from '../types.ts';
import type { RemoteFile } from './connect.ts';
import { downloadSource } from './download.ts';
import type { DownloadOptions } from './download.ts';
import { createPartStore, PART_BYTES } from './parts.ts';

/** Where kept files are, each under a key: in the browser's storage, or in memory where there is none or it is full. */
export type FileShelf = { readonly cache: Cache | null; readonly memory: Map<string, KeptFile> };

export type KeptFile = CachedFile & { readonly content: Bytes };

/** What is known of a kept file without reading it. */
export type KeptRecord = CachedFile & { readonly storage: 'indexeddb' | 'memory' };

export type FetchOptions = Omit<DownloadOptions, 'parts'> & {
  readonly onProgress?: (doneBytes: number, totalBytes: number | null) => void;
};

/** null where there is none, or not whole. */
export async function keptRecord({ cache, memory }: FileShelf, key: string): Promise<KeptRecord | null> {
  const held = memory.get(key);
  if (held) return { name: held.name, bytes: held.bytes, sha256: held.sha256, storage: 'memory' };
  const stored = await cache?.get('datasets', key);
  return stored?.complete ? { ...stored.files[0], storage: 'indexeddb' } : null;
}

/** @returns null where there is none. @throws when it no longer has its SHA-256; it is removed then */
export async function readKept(shelf: FileShelf, key: string): Promise<KeptFile | null> {
  const held = shelf.memory.get(key);
  if (held) return held;
  const record = await keptRecord(shelf, key);
  const read =
    record && shelf.cache && (await openDataset(shelf.cache, { name: key, files: [fingerprintOnly(record)] }));
  return read ? { ...fingerprintOnly(record), content: await read(record.name) } : null;
}

const fingerprintOnly = ({ name, bytes, sha256: hash }: CachedFile): CachedFile => ({ name, bytes, sha256: hash });

/** Keeps a file under a key, in place of what was there. @returns what the user must know: the storage was full */
export async function keepFile(
  { cache, memory }: FileShelf,
  key: string,
  name: string,
  content: Bytes,
): Promise<string | null> {
  const file: CachedFile = { name, bytes: content.length, sha256: await sha256(content) };
  memory.delete(key);
  if (!cache) {
    memory.set(key, { ...file, content });
    return null;
  }
  const { storage, message } = await keepDataset(cache, { name: key, files: [file] }, async () => content);
  if (storage === 'memory') memory.set(key, { ...file, content });
  return message;
}

export async function removeKept({ cache, memory }: FileShelf, key: string): Promise<void> {
  memory.delete(key);
  if (cache) await removeDataset(cache, key);
}

/** Bytes of an interrupted download that have come; null where none was begun. */
export async function downloadedBytes({ cache }: FileShelf, url: string): Promise<number | null> {
  const record = await cache?.get('downloads', url);
  return record ? record.parts * PART_BYTES : null;
}

/** Drops what of a download has come. */
export async function forgetDownload({ cache }: FileShelf, url: string): Promise<void> {
  if (cache) await createPartStore(cache).remove(url);
}

/** The key to keep a file under, and what of it is kept. */
export type Accepted = { readonly key: string; readonly content: Bytes };

/**
 * Fetches a file and keeps it.
 * @param file its length and SHA-256 are compared where they are known, and recorded where they are not
 * @param accept throws for a file that is not of the right kind, and nothing is kept then
 * @returns the key, and what the user must know: the storage was full
 * @throws NetworkError when the connection fails (what came is kept), Error when the file is not the one expected
 */
export async function fetchKept(
  shelf: FileShelf,
  file: RemoteFile,
  accept: (content: Bytes) => Accepted,
  { onProgress, ...options }: FetchOptions = {},
): Promise<{ readonly key: string; readonly message: string | null }> {
  const source = downloadSource(file, { ...options, parts: shelf.cache && createPartStore(shelf.cache) });
  const pieces: Bytes[] = [];
  const hash = createSha256();
  const reader = source.stream().getReader();
  let done = 0;
  for (;;) {
    const piece = await reader.read();
    if (piece.done) break;
    pieces.push(piece.value);
    hash.update(piece.value);
    done += piece.value.length;
    onProgress?.(done, file.bytes);
  }
  const content = joinBytes(pieces);
  const measured = hash.digest();
  let accepted: Accepted;
  try {
    if ((file.bytes !== null && done !== file.bytes) || (file.sha256 !== null && measured !== file.sha256)) {
      throw new Error(
        `${file.name} is damaged or not the file expected: its SHA-256 is ${measured.slice(0, 8)}…, not ${file.sha256?.slice(0, 8)}…. Nothing was kept; start again.`,
      );
    }
    accepted = accept(content);
  } catch (error) {
    await source.forget();
    throw error;
  }
  const message = await keepFile(shelf, accepted.key, file.name, accepted.content);
  await source.forget();
  return { key: accepted.key, message };
}
