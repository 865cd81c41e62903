/** A download that must be whole before it can be read: kept as a Blob, which browsers put on disk when it grows. */
import type { Bytes } from '../types.ts';

const PIECE_BYTES = 4 * 1024 * 1024;

export async function spooled(stream: ReadableStream<Bytes>): Promise<Blob> {
  const blobs: Blob[] = [];
  let pieces: Bytes[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    pieces.push(next.value);
    length += next.value.length;
    if (length < PIECE_BYTES) continue;
    blobs.push(new Blob(pieces));
    [pieces, length] = [[], 0];
  }
  return new Blob([...blobs, ...pieces]);
}
