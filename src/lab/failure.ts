/** Which failures of the worker have a code, so that the page can act on them. */
import { DivergedError } from '../tensor/train/train.ts';
import { codeOf, LabError, type FailureCode } from '../contract/errors.ts';

/** The code of an error that has one, a training's divergence among them. */
export const failureCode = (error: unknown): FailureCode | undefined =>
  error instanceof DivergedError ? 'diverged' : codeOf(error);

/**
 * What `work` gives, unless the signal is aborted first: not everything that takes long can be stopped.
 * @param late told what `work` gave after all
 * @throws the signal's reason
 */
export function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  late: (result: T) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal?.reason as Error);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    work
      .then((result) => (signal?.aborted ? late(result) : resolve(result)), reject)
      .finally(() => signal?.removeEventListener('abort', abort));
  });
}

/** What `work` gives, unless the device is lost first: its promises may then never settle. @throws LabError 'deviceLost' */
export function unlessLost<T>(lost: Promise<string>, work: Promise<T>): Promise<T> {
  const failed = lost.then((reason): never => {
    throw new LabError('deviceLost', `${reason} Try again: the lab opens afresh.`);
  });
  return Promise.race([work, failed]);
}
