/** The parts of a download that have come, kept so that it can go on after a closed tab. */
import { below, written } from '../store/database.ts';
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
  put: (record, part) =>
    written(
      cache,
      ['downloads', 'parts'],
      (to) => to.objectStore('downloads').put(record),
      (to) => to.objectStore('parts').put(part, [record.url, record.parts - 1]),
    ),
  remove: (url) =>
    written(
      cache,
      ['downloads', 'parts'],
      (to) => to.objectStore('downloads').delete(url),
      (to) => to.objectStore('parts').delete(below(url)),
    ),
});
