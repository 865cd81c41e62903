/** An archive's files one after another, with a bound on each and on the whole. */
import type { Bytes } from '../types.ts';

export type Entry = {
  /** Inside the archive, with slashes; never leaves the archive. */
  readonly path: string;
  readonly size: number;
  /** The file's bytes; of a tar only while this entry is the current one, and of none of its links. */
  readonly read: () => Promise<Bytes>;
  /** Where the archive has a checksum: files of the same bytes have the same. */
  readonly likeness?: string;
  /** A link of a tar: to a file that came before it, or a symbolic one. */
  readonly link?: { readonly kind: 'hard' | 'symbolic'; readonly to: string };
};

/** No image or CIFAR batch is larger; a file that says it is would fill the memory. */
export const MAX_ENTRY_BYTES = 64 * 1024 * 1024;

/** Images hardly shrink; what grows a hundredfold is a bomb. The floor lets small archives of few colours through. */
const MAX_RATIO = 100;
const RATIO_FLOOR_BYTES = 64 * 1024 * 1024;

/** @throws once the bytes that come out are MAX_RATIO times those that went in */
export function checkRatio(archive: string, unpacked: number, packed: number): void {
  if (unpacked <= RATIO_FLOOR_BYTES || unpacked <= MAX_RATIO * packed) return;
  throw new Error(
    `${archive} unpacks to more than ${MAX_RATIO} times its size, which no archive of images does: it was refused.`,
  );
}

/** @throws when a path would lead out of the archive, or a size is absurd */
export function checkEntry(archive: string, path: string, size: number): void {
  const normal = path.replaceAll('\\', '/');
  if (normal.startsWith('/') || /^[a-z]:/i.test(normal) || normal.split('/').includes('..')) {
    throw new Error(
      `${archive} names a file outside itself (${path.slice(0, 80)}). No archive of images does: it was refused.`,
    );
  }
  if (!Number.isSafeInteger(size) || size < 0 || size > MAX_ENTRY_BYTES) {
    throw new Error(
      `${archive} says that ${path.slice(0, 80)} is ${size} bytes long. At most ${MAX_ENTRY_BYTES / 2 ** 20} MiB is read for one image: it was refused.`,
    );
  }
}

/** Puts together what a stream gives, which must be just `size` bytes. */
export async function collect(stream: ReadableStream<Uint8Array>, size: number, tooMuch: () => Error): Promise<Bytes> {
  const whole = new Uint8Array(size);
  let offset = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (offset + value.length > size) throw tooMuch();
    whole.set(value, offset);
    offset += value.length;
  }
  if (offset !== size) throw tooMuch();
  return whole;
}
