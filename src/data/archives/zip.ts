/** zip as entries, streamed. */
import { Unzip, UnzipInflate } from 'fflate';
import type { UnzipFile } from 'fflate';
import { joined } from '../bytes/joined.ts';
import type { Bytes } from '../types.ts';
import { checkEntry } from './entries.ts';
import type { Entry } from './entries.ts';

/** Unpacked at a time: deflate grows at most 1,032-fold, so this much input makes some 17 MB at the worst. */
const STEP_BYTES = 16 * 1024;

type Finished = { readonly path: string; readonly bytes: Bytes };

/** Collects one file of the zip, and gives up on it as soon as it is too large. */
function take(file: UnzipFile, archive: string, finish: (file: Finished) => void): void {
  const parts: Uint8Array[] = [];
  let length = 0;
  file.ondata = (error, part, final) => {
    if (error) throw error;
    length += part.length;
    checkEntry(archive, file.name, length);
    parts.push(part);
    // A size of 0 says that it follows the file.
    if (final && file.originalSize && file.originalSize !== length)
      throw new Error(`${file.name} has ${length} bytes, not ${file.originalSize}`);
    if (final) finish({ path: file.name, bytes: joined(parts, length) });
  };
  file.start();
}

/**
 * The files of a zip, in its order.
 * @throws when it is cut short or damaged, a path leads out of it, or a file is absurdly large
 */
export async function* zipEntries(stream: ReadableStream<Bytes>, archive: string): AsyncGenerator<Entry> {
  const finished: Finished[] = [];
  let open = 0;
  let files = 0;
  const unzip = new Unzip((file) => {
    checkEntry(archive, file.name, file.originalSize ?? 0);
    if (file.name.endsWith('/')) return;
    open++;
    files++;
    take(file, archive, (done) => {
      open--;
      finished.push(done);
    });
  });
  unzip.register(UnzipInflate);
  const push = (piece: Uint8Array, final: boolean): void => {
    try {
      unzip.push(piece, final);
    } catch (cause) {
      if (cause instanceof Error && cause.message.includes(archive)) throw cause;
      throw new Error(`${archive} is damaged or cut short: it cannot be unpacked. Get the file again.`, { cause });
    }
  };
  const drain = function* (): Generator<Entry> {
    for (const { path, bytes } of finished.splice(0)) yield { path, size: bytes.length, read: async () => bytes };
  };

  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      for (let at = 0; at < value.length; at += STEP_BYTES) {
        push(value.subarray(at, at + STEP_BYTES), false);
        yield* drain();
      }
    }
    push(new Uint8Array(), true);
    yield* drain();
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  if (open > 0 || files === 0)
    throw new Error(`${archive} is cut short: its last file is not whole. Get the file again.`);
}
