/** One file from a server, kept whole: the pretrained weights. Resumable while it comes, checked, and then there offline. */
import { keepDataset, openDataset } from '../cache.ts';
import type { DatasetFiles } from '../cache.ts';
import type { Cache } from '../database.ts';
import { createSha256 } from '../sha256.ts';
import type { Bytes } from '../types.ts';
import type { RemoteFile } from './connect.ts';
import { downloadSource } from './download.ts';
import type { DownloadOptions } from './download.ts';
import { createPartStore } from './parts.ts';

type Options = Omit<DownloadOptions, 'parts'> & { readonly onProgress?: (doneBytes: number, totalBytes: number) => void };

const asDataset = (file: RemoteFile & { readonly bytes: number; readonly sha256: string }): DatasetFiles => ({
  name: `file ${file.name}`,
  files: [{ name: file.name, bytes: file.bytes, sha256: file.sha256 }],
});

/**
 * The file's bytes, from the cache or else from the server.
 * @param file its length and SHA-256 must be known
 * @returns also a message where the storage was full
 * @throws NetworkError when the connection fails (what came is kept), Error when the file is not the one expected
 */
export const fetchKept = async (
  cache: Cache,
  file: RemoteFile & { readonly bytes: number; readonly sha256: string },
  { onProgress, ...options }: Options = {},
): Promise<{ readonly bytes: Bytes; readonly message: string | null }> => {
  const dataset = asDataset(file);
  const there = await openDataset(cache, dataset);
  if (there) return { bytes: await there(file.name), message: null };

  const source = downloadSource(file, { ...options, parts: createPartStore(cache) });
  const bytes = new Uint8Array(file.bytes);
  const hash = createSha256();
  const reader = source.stream().getReader();
  let done = 0;
  for (;;) {
    const piece = await reader.read();
    if (piece.done) break;
    bytes.set(piece.value, done);
    hash.update(piece.value);
    done += piece.value.length;
    onProgress?.(done, file.bytes);
  }
  const measured = hash.digest();
  if (done !== file.bytes || measured !== file.sha256) {
    await source.forget();
    throw new Error(`${file.name} is damaged or not the file expected: its SHA-256 is ${measured.slice(0, 8)}…, not ${file.sha256.slice(0, 8)}…. Nothing was kept; start again.`);
  }
  const { message } = await keepDataset(cache, dataset, async () => bytes);
  await source.forget();
  return { bytes, message };
};
