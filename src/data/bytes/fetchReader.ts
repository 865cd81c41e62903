/** Reads a dataset's files over HTTP, with progress. For browsers (and any runtime with fetch). */
import type { Read } from '../types.ts';

/** `total` is null where the server does not say, or says the compressed length. */
export type FetchProgress = {
  readonly fileName: string;
  readonly receivedBytes: number;
  readonly total: number | null;
};

export type FetchOptions = {
  readonly onProgress?: (progress: FetchProgress) => void;
  readonly signal?: AbortSignal;
};

function announcedLength({ headers }: Response): number | null {
  const length = headers.get('content-length');
  return length === null || headers.has('content-encoding') ? null : Number(length);
}

async function request(url: URL, fileName: string, signal: AbortSignal | undefined): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { signal: signal ?? null });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new Error(`${fileName} could not be fetched from ${url.host}. Check the connection and try again.`, {
      cause,
    });
  }
  if (!response.ok) {
    throw new Error(
      `${fileName} could not be fetched: ${url.host} answered ${response.status} ${response.statusText}`.trim() + '.',
    );
  }
  // A server that knows no such file may answer with its start page and status 200.
  if (response.headers.get('content-type')?.startsWith('text/html')) {
    throw new Error(`${fileName} could not be fetched: ${url.host} answered with a web page instead of the file.`);
  }
  return response;
}

/**
 * @param baseUrl the folder of the files, absolute, ending in a slash
 * @returns a reader that throws when the server cannot be reached, answers with an error status or with a web page,
 *   or stops half way
 */
export const fetchReader =
  (baseUrl: string | URL, { onProgress, signal }: FetchOptions = {}): Read =>
  async (fileName) => {
    const url = new URL(fileName, baseUrl);
    const response = await request(url, fileName, signal);
    const total = announcedLength(response);
    let receivedBytes = 0;
    const counted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(part, controller) {
        receivedBytes += part.length;
        onProgress?.({ fileName, receivedBytes, total });
        controller.enqueue(part);
      },
    });
    try {
      const body = response.body?.pipeThrough(counted) ?? null;
      return new Uint8Array(await new Response(body).arrayBuffer());
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new Error(
        `${fileName} stopped after ${receivedBytes} bytes from ${url.host}. Check the connection and try again.`,
        { cause },
      );
    }
  };
