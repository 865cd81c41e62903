/** Files of our own in a zip, and back. Archives that people bring: see zip.ts. */
import { unzipSync, zipSync, type ZipOptions } from 'fflate';
import type { Bytes } from '../types.ts';

/** @param files by the path that each has in the zip @param level of compression; 1 is fast, 6 as other tools have it */
export function zipped(files: ReadonlyMap<string, Uint8Array>, level: ZipOptions['level'] = 6): Bytes {
  return zipSync(Object.fromEntries(files), { level });
}

/** What `zipped` wrote, by path. @throws where the bytes are damaged */
export const unzipped = (bytes: Uint8Array): Readonly<Record<string, Uint8Array>> => unzipSync(bytes);
