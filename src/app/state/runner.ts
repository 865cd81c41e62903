/**
 * Carries out one job at a time in the lab; a job that is no longer wanted is cancelled before the next begins. A preview is
 * asked for in the same breath: it waits in the lab's own queue, and not for this thread, which draws meanwhile. A job that
 * waits for a cancelled one to end says so every second.
 */
import { isAbsent, isUnknownClasses, type CallOptions, type Lab } from '../../lab/rpc/client.ts';
import { ticking, type Ticking } from '../../lab/rpc/ticking.ts';
import type { Progress } from '../../contract/progress.ts';
import { jobKey, type Job } from './job.ts';
import type { Action } from './reducer.ts';

export type Runner = {
  /** Says what is to be done now; null: nothing. The job under way, said again, goes on. */
  readonly want: (job: Job | null) => void;
};

/** What these bring belongs to the subject that they were asked for: it may be another by now. */
const OF_ITS_SUBJECT: ReadonlySet<Action['kind']> = new Set(['opened', 'images']);

/** The lab itself lets them wait until what was cancelled has ended. */
const WAITS_IN_LAB: ReadonlySet<Job['kind']> = new Set(['preview', 'evaluate', 'score']);

export function createRunner(lab: Lab, dispatch: (action: Action) => void): Runner {
  type Running = { readonly job: Job; readonly controller: AbortController };
  let running: Running | null = null;
  let next: Job | null = null;
  /** Cancelled ones that a preview did not wait for, and that have not ended. */
  const ending = new Set<Running>();

  let waiting: Ticking | null = null;

  function wait(job: Job, { kind }: Job): void {
    waiting?.stop();
    waiting = ticking((progress) =>
      dispatch({
        kind: 'progress',
        progress: { ...progress, behind: { kind, secondsLeft: null } },
        job,
        at: performance.now(),
      }),
    );
  }

  async function start(job: Job): Promise<void> {
    waiting?.stop();
    const controller = new AbortController();
    const { signal } = controller;
    const own: Running = { job, controller };
    running = own;
    next = null;
    const onProgress = (progress: Progress): void => {
      if (!signal.aborted) dispatch({ kind: 'progress', progress, job, at: performance.now() });
    };
    const outcome = await perform(lab, job, { signal, onProgress }).catch((error: unknown): Action | null =>
      signal.aborted
        ? null
        : {
            kind: 'failed',
            job,
            message: error instanceof Error ? error.message : String(error),
            absent: isAbsent(error),
            unknownClasses: isUnknownClasses(error),
          },
    );
    if (running === own) running = null;
    ending.delete(own);
    if (next) begin(next);
    if (outcome && !(signal.aborted && OF_ITS_SUBJECT.has(outcome.kind))) dispatch(outcome);
  }

  /** Starts a job as soon as nothing stands before it. */
  function begin(job: Job): void {
    next = job;
    if (running && job.kind === 'preview' && WAITS_IN_LAB.has(running.job.kind)) {
      ending.add(running);
      running = null;
    }
    const before = running ?? (job.kind === 'preview' ? null : ([...ending].at(0) ?? null));
    if (before) wait(job, before.job);
    else void start(job);
  }

  return {
    want: (job) => {
      // It waits already.
      if (job && next && jobKey(job) === jobKey(next)) return;
      waiting?.stop();
      if (job && running && !running.controller.signal.aborted && jobKey(job) === jobKey(running.job)) {
        next = null;
      } else {
        next = null;
        running?.controller.abort();
        if (job) begin(job);
      }
    },
  };
}

async function perform(lab: Lab, job: Job, options: Required<CallOptions>): Promise<Action> {
  switch (job.kind) {
    case 'open':
      return {
        kind: 'opened',
        opened: await lab.call(
          'open',
          { backend: job.backend, model: job.model, dataset: job.dataset, side: job.side },
          options,
        ),
      };
    case 'images':
      return { kind: 'images', images: await lab.call('images', { first: 0, count: job.count }, options) };
    case 'preview':
      return { kind: 'preview', result: await lab.call('preview', job.settings, options) };
    case 'evaluate':
      return { kind: 'run', result: await lab.call('evaluate', job.settings, options) };
    case 'score':
      return { kind: 'score', result: await lab.call('score', job.settings, options) };
  }
}
