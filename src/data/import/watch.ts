/** Watches an archive pass: how far it is, and what its SHA-256 comes to. */
import { toStream } from '../download/toStream.ts';
import { createSha256 } from '../bytes/sha256.ts';
import type { Bytes, Fingerprint } from '../types.ts';

export type Watch = {
  readonly through: (stream: ReadableStream<Bytes>) => ReadableStream<Bytes>;
  /** Says that the file is read by ranges, so that no end of its stream will come. */
  readonly byRanges: () => void;
  /** What has passed, once all has; null of a file that is read by ranges. */
  readonly done: () => Promise<Fingerprint | null>;
};

/**
 * @param name of the file, for the errors
 * @param onBytes told the number of each piece's bytes
 */
export function createWatch(name: string, onBytes: (count: number) => void): Watch {
  let resolve: (result: Fingerprint | null) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<Fingerprint | null>((...settle) => ([resolve, reject] = settle));
  // An import that fails earlier never asks.
  promise.catch(() => undefined);

  const pass = async function* (stream: ReadableStream<Bytes>): AsyncGenerator<Bytes, void> {
    const reader = stream.getReader();
    const hash = createSha256();
    let bytes = 0;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return resolve({ bytes, sha256: hash.digest() });
        bytes += value.length;
        hash.update(value);
        onBytes(value.length);
        yield value;
      }
    } catch (error) {
      reject(error);
      throw error;
    } finally {
      await reader.cancel().catch(() => undefined);
      reject(new Error(`${name} was not read to its end: something follows the archive. Get the file again.`));
    }
  };

  return { through: (stream) => toStream(pass(stream)), byRanges: () => resolve(null), done: () => promise };
}
