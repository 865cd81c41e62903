/** Files of our own in one zip, and back: what is read here was written here. Archives that people bring: see zip.ts. */
import { unzipSync, zipSync, type Unzipped } from 'fflate';

/** Between fast and small: codes and weights hardly shrink. */
const LEVEL = 1;

export const packed = (files: Readonly<Record<string, Uint8Array>>): Uint8Array<ArrayBuffer> =>
  zipSync({ ...files }, { level: LEVEL });

/** @throws where the bytes are damaged */
export const unpacked = (bytes: Uint8Array): Unzipped => unzipSync(bytes);
