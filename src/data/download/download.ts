/** A file on a server as a source: streamed, resumed where it broke off, tried again when the connection fails. */
import type { ByteSource } from '../import/byteSource.ts';
import type { Bytes } from '../types.ts';
import { isQuotaExceeded } from '../store/database.ts';
import type { PartStore } from './parts.ts';
import type { DownloadRecord } from '../store/records.ts';
import { PART_BYTES } from './parts.ts';
import { PATIENCE, backOffMs, connect, wait } from './connect.ts';
import type { Patience, RemoteFile } from './connect.ts';
import { networkError, totalBytes, validatorOf } from './request.ts';
import { createRangeReader } from './ranges.ts';
import { toStream } from './toStream.ts';

export type DownloadOptions = {
  /** null: nothing is kept, and a download starts anew with each session. */
  readonly parts: PartStore | null;
  readonly signal?: AbortSignal;
  readonly patience?: Patience;
};

const unwritten = new WeakSet<Error>();

/** @throws QuotaExceededError; an Error with a sentence when the part could not be written the second time either */
async function putTwice(store: PartStore, record: DownloadRecord, part: Bytes): Promise<void> {
  try {
    await store.put(record, part);
  } catch (first) {
    if (isQuotaExceeded(first)) throw first;
    await store.put(record, part).catch((cause: unknown) => {
      if (isQuotaExceeded(cause)) throw cause;
      const error = new Error('The browser did not store what was downloaded. Start again: it goes on where it was.', {
        cause,
      });
      unwritten.add(error);
      throw error;
    });
  }
}

/** Collects pieces into parts of PART_BYTES and stores each; a storage that is full ends the keeping, not the download. */
function createKeeper(parts: PartStore | null, record: DownloadRecord) {
  let store = parts;
  let kept = record;
  let filling = new Uint8Array(store ? PART_BYTES : 0);
  let filled = 0;
  return async (piece: Bytes): Promise<void> => {
    for (let at = 0; store && at < piece.length;) {
      const taken = piece.subarray(at, at + PART_BYTES - filled);
      filling.set(taken, filled);
      [filled, at] = [filled + taken.length, at + taken.length];
      if (filled < PART_BYTES) return;
      kept = { ...kept, parts: kept.parts + 1 };
      filled = 0;
      try {
        await putTwice(store, kept, filling);
      } catch (error) {
        if (!isQuotaExceeded(error)) throw error;
        await store.remove(kept.url);
        [store, filling] = [null, new Uint8Array()];
      }
    }
  };
}

/**
 * @throws (stream and slice) NetworkError when the server cannot be reached, answers with an error, a web page or
 *   another length, or stops and does not go on; AbortError when `signal` says so
 */
export function downloadSource(file: RemoteFile, { parts, signal, patience = PATIENCE }: DownloadOptions): ByteSource {
  const { name, url } = file;
  const stop = signal ?? new AbortController().signal;
  const { host } = new URL(url);

  const checkLength = (total: number | null): void => {
    if (total !== null && file.bytes !== null && total !== file.bytes) {
      throw new Error(
        `${name} on ${host} is ${total} bytes long, not ${file.bytes}: it is not the file expected. Nothing was kept.`,
      );
    }
  };

  const continues = (response: Response, record: DownloadRecord, start: number): boolean =>
    response.status === 206 &&
    validatorOf(response) === record.validator &&
    (totalBytes(response, start) ?? record.bytes) === record.bytes;

  /** The body's pieces; an end before `total` or a long silence is an error, as a cut connection is. */
  const pieces = async function* (response: Response, controller: AbortController): AsyncGenerator<Bytes> {
    const reader = (response.body as ReadableStream<Bytes> | null)?.getReader();
    if (!reader) return;
    try {
      for (;;) {
        const stalled = setTimeout(() => controller.abort(new Error('stalled')), patience.stallMs);
        const { done, value } = await reader.read().finally(() => clearTimeout(stalled));
        if (done) return;
        yield value;
      }
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  };

  const whole = async function* (): AsyncGenerator<Bytes> {
    const controller = new AbortController();
    const follow = AbortSignal.any([stop, controller.signal]);
    const stored = await parts?.load(url);
    let start = (stored?.parts ?? 0) * PART_BYTES;
    if (stored && stored.bytes === start) {
      // All of it is here: only its decoding was cut short.
      for (let index = 0; index < stored.parts; index++) yield await partOf(index);
      return;
    }
    const mayResume = stored && start > 0 && (stored.validator !== null || file.sha256 !== null);
    let response = await connect(file, mayResume ? { start } : null, stored?.validator ?? null, follow, patience);
    if (stored && !(mayResume && continues(response, stored, start))) {
      await parts?.remove(url);
      if (response.status === 206) {
        await response.body?.cancel();
        response = await connect(file, null, null, follow, patience);
      }
      start = 0;
    }
    const total = totalBytes(response, start);
    checkLength(total);
    const record: DownloadRecord = { url, validator: validatorOf(response), bytes: total, parts: start / PART_BYTES };
    for (let index = 0; index < record.parts; index++) yield await partOf(index);
    yield* body(response, controller, record, start);
  };

  const partOf = async (index: number): Promise<Bytes> => {
    const part = await parts?.part(url, index);
    if (!part) throw new Error(`A part of ${name} that was downloaded is gone. Start again.`);
    return part;
  };

  /** From an open answer to the file's end, over as many connections as that takes. */
  const body = async function* (
    first: Response,
    firstController: AbortController,
    record: DownloadRecord,
    start: number,
  ): AsyncGenerator<Bytes> {
    const keep = createKeeper(parts, record);
    let [response, controller, received] = [first, firstController, start];
    for (let fruitless = 0; ;) {
      let cause: unknown = null;
      try {
        for await (const piece of pieces(response, controller)) {
          received += piece.length;
          if (record.bytes !== null && received > record.bytes) throw new RangeError('too long');
          fruitless = 0;
          await keep(piece);
          yield piece;
        }
      } catch (error) {
        stop.throwIfAborted();
        if (isQuotaExceeded(error) || (error instanceof Error && unwritten.has(error))) throw error;
        if (error instanceof RangeError)
          throw new Error(`${name} from ${host} is longer than the ${record.bytes} bytes announced. It was refused.`, {
            cause: error,
          });
        cause = error;
      }
      if (cause === null && (record.bytes === null || received === record.bytes)) return;
      const gone = networkError(
        `${name} stopped after ${received} of ${record.bytes ?? 'an unknown number of'} bytes from ${host}. What has come is kept: start again to go on.`,
        cause,
      );
      if (++fruitless >= patience.tries || record.validator === null) throw gone;
      await wait(backOffMs(patience, fruitless, null), stop);
      controller = new AbortController();
      response = await connect(
        file,
        { start: received },
        record.validator,
        AbortSignal.any([stop, controller.signal]),
        patience,
      );
      if (!continues(response, record, received))
        throw new Error(`${name} changed on ${host} while it was read. Start again.`);
    }
  };

  return {
    name,
    url,
    bytes: file.bytes,
    ...createRangeReader(file, stop, patience),
    identity: `url ${url}`,
    expected: {
      ...(file.bytes === null ? {} : { bytes: file.bytes }),
      ...(file.sha256 === null ? {} : { sha256: file.sha256 }),
    },
    stream: () => toStream(whole()),
    forget: async () => parts?.remove(url),
  };
}
