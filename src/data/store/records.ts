/** What IndexedDB holds of files and downloads. */
import type { Fingerprint } from '../types.ts';

export type CachedFile = Fingerprint & { readonly name: string };

/** What a dataset consists of; the key of its cached copy is its name. */
export type DatasetFiles = { readonly name: string; readonly files: readonly CachedFile[] };

export type CachedDataset = DatasetFiles & {
  /** True only once every chunk is stored and every file's length and SHA-256 were right. */
  readonly complete: boolean;
};

export type DownloadRecord = {
  readonly url: string;
  /** The server's ETag or date of the file: parts of two versions are never mixed. */
  readonly validator: string | null;
  /** Of the whole file, where the server said it. */
  readonly bytes: number | null;
  /** How many parts of PART_BYTES are stored, from the first on. */
  readonly parts: number;
};
