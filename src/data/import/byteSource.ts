/** A file to import, wherever it lies: as a stream from its start, and by ranges. */
import type { Bytes, Fingerprint } from '../types.ts';

export type ByteSource = {
  /** Named in messages: "cifar-10-binary.tar.gz". */
  readonly name: string;
  /** null for a file of the user's. */
  readonly url: string | null;
  /** Length in bytes; null where only the server can say. */
  readonly bytes: number | null;
  /** Length in bytes, asked of the server where it must be. */
  readonly size: () => Promise<number>;
  /** Tells this file from another of the same name, so that a resumed import never mixes two. */
  readonly identity: string;
  /** What the whole file must be; a part that is null is not known and is recorded on first use. */
  readonly expected: Partial<Fingerprint>;
  readonly stream: () => ReadableStream<Bytes>;
  /** Bytes start .. end - 1. */
  readonly slice: (start: number, end: number) => Promise<Bytes>;
  /** Called once the file was damaged or is done with: what was kept to resume it can go. */
  readonly forget: () => Promise<void>;
};

/** @throws a sentence naming it where its file was moved or changed since it was chosen */
export async function readBlob(blob: Blob, name: string): Promise<Bytes> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (cause) {
    throw new Error(`${name} can no longer be read: it was moved or changed. Choose it again.`, { cause });
  }
}

/** A dropped or chosen file, or in Node one opened with fs.openAsBlob. `modified` is its time stamp, if it has one. */
export const blobSource = (blob: Blob, name: string, modified = 0): ByteSource => ({
  name,
  url: null,
  bytes: blob.size,
  size: async () => blob.size,
  identity: `file ${name} ${blob.size} ${modified}`,
  expected: {},
  stream: () => blob.stream() as ReadableStream<Bytes>,
  slice: (start, end) => readBlob(blob.slice(start, end), name),
  forget: async () => undefined,
});
