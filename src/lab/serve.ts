/** Requests in, responses out: heavy calls one after the other, any of them cancellable between two batches. */
import type { Answers } from './answers.ts';
import { failureCode } from './failure.ts';
import type { CallKind, FailureCode, Request, Response } from './protocol.ts';
import { buffersOf } from './transfer.ts';

/** Calls that compute wait for each other, so that none disturbs another's timing. */
const HEAVY: ReadonlySet<CallKind> = new Set(['evaluate', 'preview', 'race', 'exportOnnx', 'sensitivity', 'train', 'endTraining', 'raceField', 'classify', 'gridCell']);

/** Calls whose results are made for the caller alone: their arrays are handed over, not copied. */
const HANDED_OVER: ReadonlySet<CallKind> = new Set(['channels', 'snap', 'clipCurve', 'featureMaps', 'numberPath']);

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const coded = (error: unknown): { code?: FailureCode } => {
  const code = failureCode(error);
  return code ? { code } : {};
};

/**
 * @param post sends a response, handing over these buffers
 * @returns the handler of one request; it never throws
 */
export function serve(answers: Answers, post: (response: Response, handedOver?: ArrayBuffer[]) => void): (request: Request) => Promise<void> {
  const running = new Map<number, AbortController>();
  let last: Promise<void> = Promise.resolve();

  async function answer(request: Exclude<Request, { kind: 'cancel' }>, signal: AbortSignal): Promise<void> {
    const { id, kind, args } = request;
    try {
      signal.throwIfAborted();
      const respond = answers[kind] as (args: unknown, control: object) => Promise<never>;
      const result = await respond(args, { signal, report: (progress: never) => post({ id, kind: 'progress', progress }) });
      post({ id, kind: 'result', result }, HANDED_OVER.has(kind) ? buffersOf(result) : undefined);
    } catch (error) {
      post(signal.aborted ? { id, kind: 'cancelled' } : { id, kind: 'error', message: sentence(error), ...coded(error) });
    } finally {
      running.delete(id);
    }
  }

  return async (request) => {
    if (request.kind === 'cancel') return running.get(request.id)?.abort();
    const controller = new AbortController();
    running.set(request.id, controller);
    if (!HEAVY.has(request.kind)) return answer(request, controller.signal);
    last = last.then(() => answer(request, controller.signal));
    return last;
  };
}
