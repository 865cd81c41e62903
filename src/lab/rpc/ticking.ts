/**
 * What a caller hears while a call runs: the worker's reports, and every second that there was none. The clock is the
 * caller's, so that a worker which is deep in a computation, or on a busy machine, does not leave anybody without a word.
 */
import type { Progress } from '../../contract/progress.ts';

/** Milliseconds. */
const EVERY_MS = 1000;

const UNCOUNTED: Progress = { stage: '', done: 0, total: 1, unit: '' };

export type Ticking = {
  /** To be told of every report of the worker's. */
  readonly hear: (progress: Progress) => void;
  /** The call has ended. */
  readonly stop: () => void;
};

/** @param tell hears every report with the seconds so far; of a second without one, the last report again, without a training's step */
export function ticking(tell: (progress: Progress) => void): Ticking {
  let ticks = 0;
  let { stage, done, total, unit, behind }: Progress = UNCOUNTED;
  const timer = setInterval(() => {
    ticks++;
    tell({ stage, done, total, unit, behind, seconds: ticks });
  }, EVERY_MS);
  return {
    hear(progress) {
      ({ stage, done, total, unit, behind } = progress);
      tell({ ...progress, seconds: ticks });
    },
    stop: () => clearInterval(timer),
  };
}
