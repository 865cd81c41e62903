/** The page's side of the lab: typed calls to one worker, with progress, cancelling, and a fresh worker after a crash. */
import { isFatal, LabError } from '../../contract/errors.ts';
import type { CallKind, Calls } from '../../contract/calls/calls.ts';
import type { Progress } from '../../contract/progress.ts';
import type { Request, Response } from '../../contract/calls/messages.ts';

/** What the client needs of a Worker, so that a test can stand in for it. */
export type WorkerLike = {
  postMessage(request: Request): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<Response>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
};

export type CallOptions = {
  /** Aborting asks the worker to stop between batches; the call then rejects with an AbortError. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
};

/** Whether a call failed because what it needs has not been brought yet. */
export const isAbsent = (error: unknown): boolean => error instanceof LabError && error.code === 'absent';

export type Lab = {
  /**
   * Asks the worker for one thing. The worker starts with the first call; after a crash the next call
   * starts another one and opens the lab in it again as it was opened before.
   * @throws an Error with the worker's own sentence; an AbortError when the call was cancelled.
   */
  readonly call: <K extends CallKind>(
    kind: K,
    args: Calls[K]['args'],
    options?: CallOptions,
  ) => Promise<Calls[K]['result']>;
  /** Ends the worker; calls under way reject. */
  readonly close: () => void;
};

type Pending = CallOptions & {
  readonly resolve: (result: Calls[CallKind]['result']) => void;
  readonly reject: (error: Error) => void;
};

const startWorker = (): WorkerLike =>
  new Worker(new URL('../hosts/labWorker.ts', import.meta.url), { type: 'module', name: 'fewbit-lab' });

const aborted = (): DOMException => new DOMException('The computation was cancelled.', 'AbortError');

/** A lab in a worker of its own. `start` makes the worker, when the first call needs it. */
export function createLab(start: () => WorkerLike = startWorker): Lab {
  const pending = new Map<number, Pending>();
  let worker: WorkerLike | null = null;
  let lastId = 0;
  let opened: Calls['open']['args'] | null = null;
  let reopening: Promise<void> | null = null;

  function receive({ data }: MessageEvent<Response>): void {
    const call = pending.get(data.id);
    if (!call) return;
    if (data.kind === 'progress') return call.onProgress?.(data.progress);
    pending.delete(data.id);
    if (data.kind === 'result') call.resolve(data.result);
    else if (data.kind === 'error') fail(call, data);
    else call.reject(aborted());
  }

  /** After a fatal failure nothing that the worker computes is right: the next call starts another one. */
  function fail(call: Pending, { message, code }: Extract<Response, { kind: 'error' }>): void {
    call.reject(code ? new LabError(code, message) : new Error(message));
    if (isFatal(code)) stop(new Error(message));
  }

  function stop(error: Error): void {
    worker?.terminate();
    worker = null;
    reopening = null;
    const calls = [...pending.values()];
    pending.clear();
    for (const call of calls) call.reject(error);
  }

  function spawn(): WorkerLike {
    const fresh = start();
    fresh.onmessage = receive;
    fresh.onerror = ({ message }) =>
      stop(new Error(`The lab's worker stopped${message ? ` (${message})` : ''}. Try again: it starts afresh.`));
    fresh.onmessageerror = () =>
      stop(new Error("An answer of the lab's worker could not be read. Try again: it starts afresh."));
    return fresh;
  }

  function post<K extends CallKind>(
    kind: K,
    args: Calls[K]['args'],
    options: CallOptions,
  ): Promise<Calls[K]['result']> {
    const { signal } = options;
    if (signal?.aborted) return Promise.reject(aborted());
    const target = (worker ??= spawn());
    const id = ++lastId;
    const cancel = (): void => {
      if (pending.has(id)) target.postMessage({ id, kind: 'cancel' });
    };
    const answer = new Promise<Calls[K]['result']>((resolve, reject) => {
      pending.set(id, { ...options, resolve: resolve as Pending['resolve'], reject });
    });
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      target.postMessage({ id, kind, args } as Request);
    } catch (error) {
      pending.delete(id);
      throw error;
    }
    return answer.finally(() => signal?.removeEventListener('abort', cancel));
  }

  /** A worker that could not open the lab again is of no use: the call after this one starts another. */
  async function reopen(args: Calls['open']['args']): Promise<void> {
    try {
      await post('open', args, {});
    } catch (error) {
      stop(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }

  async function call<K extends CallKind>(
    kind: K,
    args: Calls[K]['args'],
    options: CallOptions = {},
  ): Promise<Calls[K]['result']> {
    if (kind === 'open') {
      const result = await post(kind, args, options);
      opened = args as Calls['open']['args'];
      return result;
    }
    if (!worker && opened) reopening = reopen(opened);
    await reopening;
    return post(kind, args, options);
  }

  return {
    call,
    close: () => {
      opened = null;
      stop(new Error('The lab was closed.'));
    },
  };
}
