/** An archive's files one after another, with a bound on each and on the whole. */
import type { Bytes } from '../types.ts';

export type Entry = {
  /** Inside the archive, with slashes; never leaves the archive. */
  readonly path: string;
  readonly size: number;
  /** The file's bytes. Only while this entry is the current one. */
  readonly read: () => Promise<Bytes>;
};

/** No image or CIFAR batch is larger; a file that says it is would fill the memory. */
export const MAX_ENTRY_BYTES = 64 * 1024 * 1024;

/** Files that systems leave behind, and directories of theirs. */
const LITTER = /(?:^|\/)(?:\.|__MACOSX(?:\/|$)|Thumbs\.db$|desktop\.ini$)/i;

export const isLitter = (path: string): boolean => LITTER.test(path.replace(/^\.\//, ''));

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
