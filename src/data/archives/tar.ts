/** tar and tar.gz as entries, streamed. */
import { createTarDecoder } from 'modern-tar';
import { toStream } from '../download/toStream.ts';
import type { Bytes } from '../types.ts';
import { checkEntry, checkRatio, collect } from './entries.ts';
import type { Entry } from './entries.ts';

const damaged = (archive: string, cause: unknown): Error =>
  new Error(`${archive} is damaged or cut short: it cannot be unpacked. Get the file again.`, { cause });

/** Refuses what grows too much while it is small. */
function limitRatio(archive: string, packed: () => number): TransformStream<Bytes, Bytes> {
  let unpacked = 0;
  return new TransformStream({
    transform(piece, controller) {
      unpacked += piece.length;
      checkRatio(archive, unpacked, packed());
      controller.enqueue(piece);
    },
  });
}

/** Errors of our own name the archive; those of the unpackers do not. */
const explained = (error: unknown, archive: string): unknown =>
  error instanceof Error &&
  (error.message.includes(archive) || error.name === 'AbortError' || error.name === 'NetworkError')
    ? error
    : damaged(archive, error);

/** The same stream, its errors made sentences. */
function explainedStream(stream: ReadableStream<Bytes>, archive: string): ReadableStream<Bytes> {
  const pieces = async function* (): AsyncGenerator<Bytes, void> {
    const reader = stream.getReader();
    try {
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield piece.value;
    } catch (error) {
      throw explained(error, archive);
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  };
  return toStream(pieces());
}

/**
 * Unpacks gzip as it arrives.
 * @throws (the stream) when it is cut short, damaged, or unpacks to a hundred times its size
 */
export function gunzipped(stream: ReadableStream<Bytes>, archive: string): ReadableStream<Bytes> {
  let packed = 0;
  const count = new TransformStream<Bytes, Bytes>({
    transform(piece, controller) {
      packed += piece.length;
      controller.enqueue(piece);
    },
  });
  const unpacker = new DecompressionStream('gzip') as ReadableWritablePair<Bytes, Bytes>;
  return explainedStream(
    stream
      .pipeThrough(count)
      .pipeThrough(unpacker)
      .pipeThrough(limitRatio(archive, () => packed)),
    archive,
  );
}

/** Reads to the end: a body that is cancelled instead leaves modern-tar 0.8.6 waiting for ever, some entries later. */
async function drain(body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader();
  while (!(await reader.read()).done);
}

const noContent = (): Promise<Bytes> => Promise.reject(new Error('A link has no content of its own.'));

/**
 * The files and links of a tar, in its order; directories are passed over.
 * @throws when it is cut short or damaged, a path leads out of it, or a file is absurdly large
 */
export async function* tarEntries(stream: ReadableStream<Bytes>, archive: string): AsyncGenerator<Entry> {
  const reader = stream.pipeThrough(createTarDecoder({ strict: true })).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const { header, body } = value;
      let taken = false;
      if (header.type === 'file') {
        checkEntry(archive, header.name, header.size);
        const read = (): Promise<Bytes> => {
          taken = true;
          return collect(body, header.size, () => damaged(archive, null)).catch((error: unknown) => {
            throw explained(error, archive);
          });
        };
        yield { path: header.name, size: header.size, read };
      } else if (header.type === 'link' || header.type === 'symlink') {
        const kind = header.type === 'link' ? 'hard' : 'symbolic';
        checkEntry(archive, header.name, 0);
        yield { path: header.name, size: 0, read: noContent, link: { kind, to: header.linkname ?? '' } };
      }
      if (!taken) await drain(body);
    }
  } catch (error) {
    throw explained(error, archive);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
