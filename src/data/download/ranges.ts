/** A file on a server by ranges: parquet reads its footer first and then what it needs. */
import type { ByteSource } from '../import/byteSource.ts';
import type { Bytes } from '../types.ts';
import { connect, wait } from './connect.ts';
import type { Patience, RemoteFile } from './connect.ts';
import { networkError, totalBytes, validatorOf } from './request.ts';

/**
 * @throws (both) NetworkError when the server cannot be reached or stops; Error when it gives no ranges or the file
 *   changes between two of them
 */
export function createRangeReader(
  file: RemoteFile,
  stop: AbortSignal,
  patience: Patience,
): Pick<ByteSource, 'size' | 'slice'> {
  const { name, url } = file;
  const { host } = new URL(url);
  let version: string | null | undefined;

  const readOnce = async (start: number, end: number, signal: AbortSignal): Promise<Bytes> => {
    const response = await connect(file, { start, end }, null, signal, patience);
    if (response.status !== 206)
      throw new Error(`${host} does not give parts of ${name}. Download the file and drop it here.`);
    const now = validatorOf(response);
    if (version !== undefined && now !== version)
      throw new Error(`${name} changed on ${host} while it was read. Start again.`);
    version = now;
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.length !== end - start) throw new TypeError(`${bytes.length} bytes came`);
    return bytes;
  };

  const slice = async (start: number, end: number): Promise<Bytes> => {
    for (let attempt = 1; ; attempt++) {
      const timeout = AbortSignal.timeout(patience.stallMs);
      try {
        return await readOnce(start, end, AbortSignal.any([stop, timeout]));
      } catch (error) {
        stop.throwIfAborted();
        // fetch's own word for a connection that broke off.
        if (!(error instanceof TypeError || timeout.aborted)) throw error;
        if (attempt >= patience.tries)
          throw networkError(
            `${name} stopped coming from ${host}. What is stored is kept: start again to go on.`,
            error,
          );
        await wait(patience.waitMs * 2 ** (attempt - 1), stop);
      }
    }
  };

  const size = async (): Promise<number> => {
    if (file.bytes !== null) return file.bytes;
    const response = await fetch(url, { method: 'HEAD', signal: stop, cache: 'no-store' }).catch((cause: unknown) => {
      stop.throwIfAborted();
      throw networkError(`${name} could not be fetched from ${host}. Check the connection and try again.`, cause);
    });
    const total = response.ok ? totalBytes(response, 0) : null;
    if (total === null)
      throw networkError(
        `${host} does not say how long ${name} is (status ${response.status}). Download the file and drop it here.`,
      );
    return total;
  };

  return { size, slice };
}
