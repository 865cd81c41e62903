/** One HTTP request for a file or a range of it, and what its answer must be before a byte of it is believed. */

/** The connection or the server failed: what has come is good, and the import can go on from there. */
export const networkError = (message: string, cause?: unknown): DOMException =>
  Object.assign(new DOMException(message, 'NetworkError'), { cause });

export const isNetworkError = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'NetworkError';
export const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

export type Range = {
  readonly start: number;
  /** Exclusive; to the end of the file where it is left out. */ readonly end?: number;
};

/** What names a version of a file: a strong ETag, else its date. Last-Modified is readable across origins without more. */
export function validatorOf({ headers }: Response): string | null {
  const tag = headers.get('etag');
  return tag && !tag.startsWith('W/') ? tag : headers.get('last-modified');
}

/** Length of the whole file, where the answer says it. */
export function totalBytes({ status, headers }: Response, start: number): number | null {
  const range = /\/(\d+)$/.exec(headers.get('content-range') ?? '');
  if (range) return Number(range[1]);
  const length = headers.get('content-length');
  if (length === null || headers.has('content-encoding')) return null;
  return status === 206 ? start + Number(length) : Number(length);
}

/** If-Range would ask another origin for its leave first, which not all give; there the validators are compared instead. */
const mayAskIfRange = (url: string): boolean =>
  typeof location === 'undefined' || new URL(url).origin === location.origin;

function rangeHeaders(url: string, range: Range | null, validator: string | null): Record<string, string> {
  if (!range) return {};
  const last = range.end === undefined ? '' : String(range.end - 1);
  return {
    Range: `bytes=${range.start}-${last}`,
    ...(validator && mayAskIfRange(url) ? { 'If-Range': validator } : {}),
  };
}

/** Answers that another try may better. */
const isPassing = (status: number): boolean => status >= 500 || status === 408 || status === 429;

export type Answer =
  | { readonly response: Response; readonly retry: false }
  | {
      readonly error: DOMException;
      readonly retry: boolean;
      /** What the host asked to wait before another try (Retry-After). */
      readonly retryAfterMs?: number | null;
    };

/** RFC 9110, 10.2.3: seconds, or a date. */
export function retryAfterMs({ headers }: Response, now = Date.now()): number | null {
  const said = headers.get('retry-after');
  if (said === null) return null;
  const ms = /^\d+$/.test(said.trim()) ? Number(said) * 1000 : Date.parse(said) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

/**
 * Asks once.
 * @returns a good answer (200, or 206 to a range), or what to tell the user, and whether to try again
 * @throws AbortError when `signal` says so
 */
export async function ask(
  url: string,
  name: string,
  range: Range | null,
  validator: string | null,
  signal: AbortSignal,
): Promise<Answer> {
  const { host } = new URL(url);
  let response: Response;
  try {
    response = await fetch(url, { signal, headers: rangeHeaders(url, range, validator), cache: 'no-store' });
  } catch (cause) {
    signal.throwIfAborted();
    const hint = `Check the connection. If it is good, ${host} may not let other pages read its files: download the file there and drop it here.`;
    return { error: networkError(`${name} could not be fetched from ${host}. ${hint}`, cause), retry: true };
  }
  const refuse = (what: string, retry: boolean): Answer => {
    void response.body?.cancel().catch(() => undefined);
    return {
      error: networkError(`${name} could not be fetched: ${host} ${what}.`),
      retry,
      retryAfterMs: retryAfterMs(response),
    };
  };
  if (!response.ok)
    return refuse(`answered ${response.status} ${response.statusText}`.trim(), isPassing(response.status));
  // A server that knows no such file, or a network's login page, may answer with a page and status 200.
  if (response.headers.get('content-type')?.startsWith('text/html'))
    return refuse('answered with a web page instead of the file', false);
  return { response, retry: false };
}
