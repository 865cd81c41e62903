/** Asking a server until it answers well, or patience ends. */
import { ask } from './request.ts';
import type { Range } from './request.ts';

export type RemoteFile = {
  readonly name: string;
  readonly url: string;
  /** null where nobody has published it. */
  readonly bytes: number | null;
  readonly sha256: string | null;
};

export type Patience = {
  /** Tries in a row that bring nothing. */
  readonly tries: number;
  /** Before the second try; doubled before each further one. */
  readonly waitMs: number;
  /** A connection that brings nothing for so long is given up. */
  readonly stallMs: number;
};

export const PATIENCE: Patience = { tries: 5, waitMs: 500, stallMs: 30_000 };

/** A host that asks for more patience than this is tried earlier. */
const LONGEST_MS = 60_000;

/**
 * Doubled with each attempt, and half of it by chance: thirty pupils behind one address must not come back all at once.
 * Never sooner than the host asks for.
 * @param retryAfterMs what the host asked for; null: it did not
 */
export const backOffMs = ({ waitMs }: Patience, attempt: number, retryAfterMs: number | null): number =>
  Math.min(retryAfterMs ?? 0, LONGEST_MS) + waitMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);

export const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });

/**
 * Tries until there is a good answer: 200, or 206 to a range.
 * @throws NetworkError with what to tell the user; AbortError when `signal` says so
 */
export async function connect(
  { url, name }: RemoteFile,
  range: Range | null,
  validator: string | null,
  signal: AbortSignal,
  patience: Patience,
): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const answer = await ask(url, name, range, validator, signal);
    if ('response' in answer) return answer.response;
    if (!answer.retry || attempt >= patience.tries) throw answer.error;
    await wait(backOffMs(patience, attempt, answer.retryAfterMs ?? null), signal);
  }
}
