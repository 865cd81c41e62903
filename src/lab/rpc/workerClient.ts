/** The page's side of any worker: typed calls, progress, cancelling, and a fresh worker after a crash. */
import { LabError, type FailureCode } from '../../contract/errors.ts';
import type { AnyProgress, CallMap, KindOf, Request, Response } from '../../contract/calls/messages.ts';
import type { Progress } from '../../contract/progress.ts';
import { createWatchdog, type Watchdog, type WatchdogLimits } from '../../base/work/watchdog.ts';

/** What the client needs of a Worker, so that a test can stand in for it. */
export type WorkerLike<C extends CallMap> = {
  postMessage(request: Request<C>): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<Response<C>>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
};

export type CallOptions<P = Progress> = {
  /** Aborting asks the worker to stop at its next check; the call then rejects with an AbortError. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: P) => void;
};

export type Call<C extends CallMap> = <K extends KindOf<C>>(
  kind: K,
  args: C[K]['args'],
  options?: CallOptions<AnyProgress<C>>,
) => Promise<C[K]['result']>;

export type WorkerClient<C extends CallMap> = {
  /**
   * Asks the worker for one thing. The worker starts with the first call, and with the first after it has stopped.
   * @throws an Error with the worker's own sentence, a LabError where it has a code; an AbortError when the signal is
   * aborted: before the call (the worker hears nothing of it), or while it runs (once the worker has stopped)
   */
  readonly call: Call<C>;
  readonly isRunning: () => boolean;
  /** Ends the worker; calls under way reject with this error. */
  readonly stop: (error: Error) => void;
};

export type ClientOptions<C extends CallMap> = {
  /** Makes the worker, when a call needs it. */
  readonly start: () => WorkerLike<C>;
  /** @param reason why the worker stopped, in brackets after a space; '' where nobody knows */
  readonly crashed: (reason: string) => string;
  readonly unreadable: string;
  /** What is said of a worker that did not answer for so many seconds and was ended. */
  readonly silent: (seconds: number) => string;
  readonly limits?: WatchdogLimits;
  readonly cancelled: string;
  /** Whether nothing that the worker computes is right after such a failure; by default none is of that kind. */
  readonly endsWorker?: (code: FailureCode | undefined) => boolean;
};

type Pending<C extends CallMap> = CallOptions<AnyProgress<C>> & {
  readonly resolve: (result: C[KindOf<C>]['result']) => void;
  readonly reject: (error: Error) => void;
};

export function createWorkerClient<C extends CallMap>({
  start,
  crashed,
  unreadable,
  silent,
  limits,
  cancelled,
  endsWorker = () => false,
}: ClientOptions<C>): WorkerClient<C> {
  const pending = new Map<number, Pending<C>>();
  let worker: WorkerLike<C> | null = null;
  let watchdog: Watchdog | null = null;
  let lastId = 0;

  const aborted = (): DOMException => new DOMException(cancelled, 'AbortError');

  function receive({ data }: MessageEvent<Response<C>>): void {
    watchdog?.heard();
    if (data.kind === 'pong') return;
    const call = pending.get(data.id);
    if (!call) return;
    if (data.kind === 'progress') return call.onProgress?.(data.progress);
    pending.delete(data.id);
    if (data.kind === 'result') call.resolve(data.result);
    else if (data.kind === 'error') fail(call, data);
    else call.reject(aborted());
  }

  function fail(call: Pending<C>, { message, code }: Extract<Response<C>, { kind: 'error' }>): void {
    call.reject(code ? new LabError(code, message) : new Error(message));
    if (endsWorker(code)) stop(new Error(message));
  }

  function stop(error: Error): void {
    watchdog?.stop();
    worker?.terminate();
    [worker, watchdog] = [null, null];
    const calls = [...pending.values()];
    pending.clear();
    // Whoever asked for a stop has it.
    for (const call of calls) call.reject(call.signal?.aborted ? aborted() : error);
  }

  function spawn(): WorkerLike<C> {
    const fresh = start();
    fresh.onmessage = receive;
    fresh.onerror = ({ message }) => stop(new Error(crashed(message ? ` (${message})` : '')));
    fresh.onmessageerror = () => stop(new Error(unreadable));
    watchdog = createWatchdog(
      () => fresh.postMessage({ id: 0, kind: 'ping' }),
      (seconds) => stop(new LabError('silent', silent(seconds))),
      limits,
    );
    return fresh;
  }

  async function call<K extends KindOf<C>>(
    kind: K,
    args: C[K]['args'],
    options: CallOptions<AnyProgress<C>> = {},
  ): Promise<C[K]['result']> {
    const { signal } = options;
    if (signal?.aborted) throw aborted();
    const target = (worker ??= spawn());
    const id = ++lastId;
    const cancel = (): void => {
      if (!pending.has(id)) return;
      target.postMessage({ id, kind: 'cancel' });
      watchdog?.hurry();
    };
    const answer = new Promise<C[K]['result']>((resolve, reject) => {
      pending.set(id, { ...options, resolve: resolve as Pending<C>['resolve'], reject });
    });
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      target.postMessage({ id, kind, args } as Request<C>);
      watchdog?.start();
      return await answer;
    } finally {
      pending.delete(id);
      if (pending.size === 0) watchdog?.stop();
      signal?.removeEventListener('abort', cancel);
    }
  }

  return { call, isRunning: () => worker !== null, stop };
}
