/**
 * A digest of a set of images in any order: the sum, word by word modulo 2^32, of each image's SHA-256. So CIFAR-10 is
 * known for what it is whether it came as an archive, as pickles or as parquet, and in parts.
 */
import { createSha256 } from '../bytes/sha256.ts';
import type { Bytes } from '../types.ts';

/** The digest of nothing. */
export const emptyContent = (): Uint32Array<ArrayBuffer> => new Uint32Array(8);

/** SHA-256 of the class's name (UTF-8), a zero byte, and the image's bytes. */
export function imageContent(className: string, bytes: Bytes): Uint32Array<ArrayBuffer> {
  const hash = createSha256();
  hash.update(new TextEncoder().encode(`${className}\0`));
  hash.update(bytes);
  const hex = hash.digest();
  return Uint32Array.from({ length: 8 }, (_, word) => Number.parseInt(hex.slice(word * 8, word * 8 + 8), 16));
}

/** Adds `other` to `sum`. */
export function addContent(sum: Uint32Array, other: Uint32Array): void {
  for (let word = 0; word < 8; word++) sum[word] += other[word];
}

export const contentHex = (sum: Uint32Array): string =>
  Array.from(sum, (word) => word.toString(16).padStart(8, '0')).join('');
