/** The worker's side of any worker: requests in, responses out, each call handled by its kind's rule. */
import type { Answers } from './answers.ts';
import { buffersOf } from './transfer.ts';
import type { AnyProgress, CallMap, CallRequest, KindOf, Request, Response } from '../../contract/calls/messages.ts';
import type { CallRules } from '../../contract/calls/rules.ts';
import { codeOf, type FailureCode } from '../../contract/errors.ts';
import type { Control } from '../../contract/progress.ts';

export type Served<C extends CallMap> = {
  readonly answers: Answers<C>;
  readonly rules: CallRules<C>;
  /** The code of an error that the page can act on, where errors have others than the contract's. */
  readonly failureCode?: (error: unknown) => FailureCode | undefined;
};

/** How responses leave, and the time in milliseconds by which sampled progress is thinned. */
export type Port<C extends CallMap> = {
  /** @param handedOver buffers that the caller gets instead of a copy */
  readonly post: (response: Response<C>, handedOver?: ArrayBuffer[]) => void;
  readonly now?: () => number;
};

/** Milliseconds between two reports of a call whose progress is sampled. */
const SAMPLED_MS = 100;

type Waiting<C extends CallMap> = {
  readonly call: CallRequest<C>;
  readonly signal: AbortSignal;
  readonly done: () => void;
};

/** As browsers say that a file of code did not come. */
const NO_CODE = /dynamically imported module|importing a module script failed/i;

function sentence(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  return NO_CODE.test(said)
    ? 'A part of the page did not arrive: the network failed, or a new version of the page was put up. Load the page again.'
    : said;
}

/** @returns the handler of one request; it never throws */
export function serve<C extends CallMap>(
  { answers, rules, failureCode = codeOf }: Served<C>,
  { post, now = () => performance.now() }: Port<C>,
): (request: Request<C>) => Promise<void> {
  /** Every call that has come and not ended. */
  const open = new Map<number, AbortController>();
  const waiting: Waiting<C>[] = [];
  /** Of the calls that wait for a turn, those that have it. */
  const atWork = new Set<CallRequest<C>>();

  function reporter({ id, kind }: CallRequest<C>): ((progress: AnyProgress<C>) => void) | undefined {
    const { progress: which } = rules[kind];
    if (which === 'none') return undefined;
    let last = -Infinity;
    return (progress) => {
      const time = now();
      if (which === 'sampled' && time - last < SAMPLED_MS) return;
      last = time;
      post({ id, kind: 'progress', progress });
    };
  }

  async function answer(call: CallRequest<C>, signal: AbortSignal): Promise<void> {
    const { id, kind, args } = call;
    const respond = answers[kind] as (
      args: unknown,
      control: Control<AnyProgress<C>>,
    ) => Promise<C[KindOf<C>]['result']>;
    try {
      const result = await respond(args, { signal, report: reporter(call) });
      post({ id, kind: 'result', result }, rules[kind].handsOver ? buffersOf(result) : undefined);
    } catch (error) {
      const code = failureCode(error);
      post(
        signal.aborted
          ? { id, kind: 'cancelled' }
          : { id, kind: 'error', message: sentence(error), ...(code && { code }) },
      );
    } finally {
      open.delete(id);
    }
  }

  function mayStart({ kind }: CallRequest<C>): boolean {
    const { beside } = rules[kind];
    return beside === 'all' || [...atWork].every((other) => beside.includes(other.kind));
  }

  /** Starts what need not wait any longer, in the order of asking. */
  function next(): void {
    const at = waiting.findIndex(({ call }) => mayStart(call));
    if (at < 0) return;
    const [{ call, signal, done }] = waiting.splice(at, 1);
    atWork.add(call);
    void answer(call, signal).then(() => {
      atWork.delete(call);
      next();
      done();
    });
    next();
  }

  /** A call that waits is cancelled at once, not after the calls before it. */
  function cancel(id: number): void {
    open.get(id)?.abort();
    const at = waiting.findIndex(({ call }) => call.id === id);
    if (at < 0) return;
    const [{ done }] = waiting.splice(at, 1);
    open.delete(id);
    post({ id, kind: 'cancelled' });
    done();
  }

  return async (request) => {
    if (request.kind === 'ping') return post({ id: 0, kind: 'pong' });
    if (request.kind === 'cancel') return cancel(request.id);
    const call = request as CallRequest<C>;
    const controller = new AbortController();
    const { signal } = controller;
    open.set(call.id, controller);
    if (rules[call.kind].beside === 'all') return answer(call, signal);
    return new Promise((done) => {
      waiting.push({ call, signal, done });
      next();
    });
  };
}

/** Serves the page that has started this worker. */
export function serveWorker<C extends CallMap>(served: Served<C>): void {
  const handle = serve(served, {
    post: (response, handedOver = []) => self.postMessage(response, { transfer: handedOver }),
  });
  self.addEventListener('message', ({ data }: MessageEvent<Request<C>>) => void handle(data));
}
