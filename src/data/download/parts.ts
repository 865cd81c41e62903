/** The parts of a download that have come, kept so that it can go on after a closed tab. */
import { below, finished } from '../store/database.ts';
import type { Cache } from '../store/database.ts';
import type { DownloadRecord } from '../store/records.ts';
import type { Bytes } from '../types.ts';

/** Stored at a time, in a transaction of its own. */
export const PART_BYTES = 4 * 1024 * 1024;

export type PartStore = {
  readonly load: (url: string) => Promise<DownloadRecord | undefined>;
  readonly part: (url: string, index: number) => Promise<Bytes | undefined>;
  /** Stores part `record.parts - 1` and the record that counts it, together. @throws QuotaExceededError */
  readonly put: (record: DownloadRecord, part: Bytes) => Promise<void>;
  readonly remove: (url: string) => Promise<void>;
};

export const createPartStore = (cache: Cache): PartStore => ({
  load: (url) => cache.get('downloads', url),
  part: (url, index) => cache.get('parts', [url, index]),
  put: async (record, part) => {
    const transaction = cache.transaction(['downloads', 'parts'], 'readwrite');
    await finished(
      transaction,
      transaction.objectStore('downloads').put(record),
      transaction.objectStore('parts').put(part, [record.url, record.parts - 1]),
    );
  },
  remove: async (url) => {
    const transaction = cache.transaction(['downloads', 'parts'], 'readwrite');
    await finished(
      transaction,
      transaction.objectStore('downloads').delete(url),
      transaction.objectStore('parts').delete(below(url)),
    );
  },
});
