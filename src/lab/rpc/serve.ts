/** The worker's side of any worker: requests in, responses out, each call handled by its kind's rule. */
import type { Answers } from './answers.ts';
import { plainText } from '../../base/plainText.ts';
import { hearLife } from '../../base/work/life.ts';
import { buffersOf } from './transfer.ts';
import type { AnyProgress, CallMap, CallRequest, KindOf, Request, Response } from '../../contract/calls/messages.ts';
import type { CallRules } from '../../contract/calls/rules.ts';
import { codeOf, type FailureCode } from '../../contract/errors.ts';
import type { Control, Progress } from '../../contract/progress.ts';
import { createPace, type Pace } from './pace.ts';
import { createTurns } from './turns.ts';

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

/** Whoever waits for longer is told, as often, what for. */
const TOLD_MS = 1000;

/** As browsers say that a file of code did not come. */
const NO_CODE = /dynamically imported module|importing a module script failed/i;

/** Names in a file, whatever they hold, can be in a sentence about it. */
const LONGEST = 1000;

function sentence(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  return NO_CODE.test(said)
    ? 'A part of the page did not arrive: the network failed, or a new version of the page was put up. Load the page again.'
    : plainText(said, LONGEST);
}

/** @returns the handler of one request; it never throws */
export function serve<C extends CallMap>(
  { answers, rules, failureCode = codeOf }: Served<C>,
  { post, now = () => performance.now() }: Port<C>,
): (request: Request<C>) => Promise<void> {
  const open = new Map<
    number,
    { readonly call: CallRequest<C>; readonly controller: AbortController; readonly done: () => void }
  >();
  const turns = createTurns<C>(rules);
  const paces = new Map<CallRequest<C>, Pace>();
  let telling: ReturnType<typeof setInterval> | undefined;

  function reporter(call: CallRequest<C>): ((progress: AnyProgress<C>) => void) | undefined {
    const { id, kind } = call;
    const { progress: which } = rules[kind];
    if (which === 'none') return undefined;
    const pace = createPace();
    paces.set(call, pace);
    let last = -Infinity;
    return (progress) => {
      const time = now();
      pace.seen(progress, time);
      if (which === 'sampled' && time - last < SAMPLED_MS) return;
      last = time;
      post({ id, kind: 'progress', progress });
    };
  }

  /** Tells those that wait what they wait for, as long as anybody does. */
  function tell(): void {
    const waiting = turns.waiting();
    for (const { call, behind } of waiting) {
      if (rules[call.kind].progress === 'none') continue;
      const secondsLeft = paces.get(behind)?.secondsLeft(now()) ?? null;
      const progress: Progress = { stage: '', done: 0, total: 1, unit: '', behind: { kind: behind.kind, secondsLeft } };
      post({ id: call.id, kind: 'progress', progress: progress as AnyProgress<C> });
    }
    if (waiting.length > 0) return;
    clearInterval(telling);
    telling = undefined;
  }

  const watchWaiting = (): void => void (telling ??= setInterval(tell, TOLD_MS));

  function standAside(call: CallRequest<C>): Promise<void> | null {
    const again = turns.standAside(call);
    if (again) watchWaiting();
    return again;
  }

  async function answer(call: CallRequest<C>, signal: AbortSignal): Promise<void> {
    const { id, kind, args } = call;
    const respond = answers[kind] as (
      args: unknown,
      control: Control<AnyProgress<C>>,
    ) => Promise<C[KindOf<C>]['result']>;
    try {
      const result = await respond(args, {
        signal,
        report: reporter(call),
        ...((rules[kind].standsAside || rules[kind].inTurns) && { standAside: () => standAside(call) }),
      });
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
      paces.delete(call);
    }
  }

  return async (request) => {
    if (request.kind === 'ping') return post({ id: 0, kind: 'pong' });
    if (request.kind === 'cancel') {
      const found = open.get(request.id);
      found?.controller.abort();
      // A call that waits is cancelled at once, not after the calls before it.
      if (!found || !turns.withdraw(found.call)) return;
      open.delete(request.id);
      post({ id: request.id, kind: 'cancelled' });
      return found.done();
    }
    const call = request as CallRequest<C>;
    const controller = new AbortController();
    return new Promise((done) => {
      open.set(call.id, { call, controller, done });
      turns.enter(call, () => {
        void answer(call, controller.signal).then(() => {
          turns.leave(call);
          done();
        });
      });
      if (turns.waiting().length > 0) watchWaiting();
    });
  };
}

/** Serves the page that has started this worker. */
export function serveWorker<C extends CallMap>(served: Served<C>): void {
  // Posted out of the middle of a computation, it is heard at once.
  hearLife(() => self.postMessage({ id: 0, kind: 'pong' }));
  const handle = serve(served, {
    post: (response, handedOver = []) => self.postMessage(response, { transfer: handedOver }),
  });
  self.addEventListener('message', ({ data }: MessageEvent<Request<C>>) => void handle(data));
}
