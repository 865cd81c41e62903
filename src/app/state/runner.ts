/** Carries out one job at a time in the lab; a job that is no longer wanted is cancelled before the next begins. */
import { isAbsent, isUnknownClasses, type Lab } from '../../lab/rpc/client.ts';
import type { Progress } from '../../contract/progress.ts';
import { jobKey, type Job } from './job.ts';
import type { Action } from './reducer.ts';

export type Runner = {
  /** Says what is to be done now; null: nothing. The job under way, said again, goes on. */
  readonly want: (job: Job | null) => void;
};

/** What these bring belongs to the subject that they were asked for: it may be another by now. */
const OF_ITS_SUBJECT: ReadonlySet<Action['kind']> = new Set(['opened', 'images']);

export function createRunner(lab: Lab, dispatch: (action: Action) => void): Runner {
  let running: { readonly job: Job; readonly controller: AbortController } | null = null;
  let next: Job | null = null;

  async function start(job: Job): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    running = { job, controller };
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
    running = null;
    if (next) void start(next);
    if (outcome && !(signal.aborted && OF_ITS_SUBJECT.has(outcome.kind))) dispatch(outcome);
  }

  return {
    want: (job) => {
      if (!running) {
        if (job) void start(job);
      } else if (job && !running.controller.signal.aborted && jobKey(job) === jobKey(running.job)) {
        next = null;
      } else {
        next = job;
        running.controller.abort();
      }
    },
  };
}

async function perform(lab: Lab, job: Job, options: Parameters<Lab['call']>[2]): Promise<Action> {
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
