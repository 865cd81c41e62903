/** Files in a zip. */
import { zipSync } from 'fflate';
import type { Bytes } from '../types.ts';

/** @param files by the path that each has in the zip */
export function zipped(files: ReadonlyMap<string, Bytes>): Bytes {
  return new Uint8Array(zipSync(Object.fromEntries(files)));
}
