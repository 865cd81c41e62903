/** Requests in, responses out: heavy calls one after the other, any of them cancellable between two batches. */
import type { Answers } from './answers.ts';
import { failureCode } from '../failure.ts';
import type { CallKind, Calls } from '../../contract/calls/calls.ts';
import { buffersOf } from './transfer.ts';
import type { FailureCode } from '../../contract/errors.ts';
import type { Request, Response } from '../../contract/calls/messages.ts';

/** Calls that compute wait for each other, so that none disturbs another's timing. */
const HEAVY: ReadonlySet<CallKind> = new Set([
  'evaluate',
  'preview',
  'race',
  'exportOnnx',
  'sensitivity',
  'train',
  'endTraining',
  'raceField',
  'classify',
  'gridCell',
]);

/** Among them a slider's, which takes moments: a training, which takes minutes, lets it in between two steps. */
const SHORT: CallKind = 'preview';
const LETS_SHORT_IN: CallKind = 'train';

/** Calls whose results are made for the caller alone: their arrays are handed over, not copied. */
const HANDED_OVER: ReadonlySet<CallKind> = new Set(['channels', 'snap', 'clipCurve', 'featureMaps', 'numberPath']);

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function coded(error: unknown): { code?: FailureCode } {
  const code = failureCode(error);
  return code ? { code } : {};
}

type Call = Exclude<Request, { kind: 'cancel' }>;

type Waiting = { readonly call: Call; readonly signal: AbortSignal; readonly done: () => void };

/**
 * @param post sends a response, handing over these buffers
 * @returns the handler of one request; it never throws
 */
export function serve(
  answers: Answers<Calls>,
  post: (response: Response, handedOver?: ArrayBuffer[]) => void,
): (request: Request) => Promise<void> {
  const running = new Map<number, AbortController>();
  const waiting: Waiting[] = [];
  const busy = new Set<CallKind>();

  async function answer({ id, kind, args }: Call, signal: AbortSignal): Promise<void> {
    try {
      const respond = answers[kind] as (args: unknown, control: object) => Promise<never>;
      const result = await respond(args, {
        signal,
        report: (progress: never) => post({ id, kind: 'progress', progress }),
      });
      post({ id, kind: 'result', result }, HANDED_OVER.has(kind) ? buffersOf(result) : undefined);
    } catch (error) {
      post(
        signal.aborted ? { id, kind: 'cancelled' } : { id, kind: 'error', message: sentence(error), ...coded(error) },
      );
    } finally {
      running.delete(id);
    }
  }

  const free = (kind: CallKind): boolean =>
    busy.size === 0 || (kind === SHORT && busy.size === 1 && busy.has(LETS_SHORT_IN));

  /** Starts what need not wait any longer, in the order of asking. */
  function next(): void {
    const at = waiting.findIndex(({ call }) => free(call.kind));
    if (at < 0) return;
    const [{ call, signal, done }] = waiting.splice(at, 1);
    busy.add(call.kind);
    void answer(call, signal).then(() => {
      busy.delete(call.kind);
      next();
      done();
    });
    next();
  }

  /** One that waits is told at once: who cancels it would else wait for the call before it. */
  function cancel(id: number): void {
    running.get(id)?.abort();
    const at = waiting.findIndex(({ call }) => call.id === id);
    if (at < 0) return;
    const [{ done }] = waiting.splice(at, 1);
    running.delete(id);
    post({ id, kind: 'cancelled' });
    done();
  }

  return async (request) => {
    if (request.kind === 'cancel') return cancel(request.id);
    const controller = new AbortController();
    const { signal } = controller;
    running.set(request.id, controller);
    if (!HEAVY.has(request.kind)) return answer(request, signal);
    return new Promise((done) => {
      waiting.push({ call: request, signal, done });
      next();
    });
  };
}
