/** tar and tar.gz as entries, streamed. */
import { createTarDecoder } from 'modern-tar';
import { toStream } from '../download/toStream.ts';
import type { Bytes } from '../types.ts';
import { checkEntry, collect } from './entries.ts';
import type { Entry } from './entries.ts';

/** Images hardly shrink; what grows a hundredfold is a bomb. The floor lets small archives of few colours through. */
const MAX_RATIO = 100;
const RATIO_FLOOR_BYTES = 64 * 1024 * 1024;

const damaged = (archive: string, cause: unknown): Error =>
  new Error(`${archive} is damaged or cut short: it cannot be unpacked. Get the file again.`, { cause });

/** Refuses once the bytes that came out are MAX_RATIO times those that went in. */
function limitRatio(archive: string, packed: () => number): TransformStream<Bytes, Bytes> {
  let unpacked = 0;
  return new TransformStream({
    transform(piece, controller) {
      unpacked += piece.length;
      if (unpacked > RATIO_FLOOR_BYTES && unpacked > MAX_RATIO * packed()) {
        throw new Error(
          `${archive} unpacks to more than ${MAX_RATIO} times its size, which no archive of images does: it was refused.`,
        );
      }
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

/**
 * The files of a tar, in its order; links and directories are passed over, for an archive of images needs neither.
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
      }
      if (!taken) await drain(body);
    }
  } catch (error) {
    throw explained(error, archive);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
