/** How fast a call gets on, by what it reports: how long others wait for it. */
import type { Progress } from '../../contract/progress.ts';

export type Pace = {
  /** What is no Progress tells nothing. */
  readonly seen: (report: unknown, now: number) => void;
  /** Until its stage is done, in seconds; null while nobody can tell. */
  readonly secondsLeft: (now: number) => number | null;
};

const isProgress = (report: unknown): report is Progress =>
  typeof report === 'object' && report !== null && 'stage' in report && 'done' in report && 'total' in report;

export function createPace(): Pace {
  let first: { readonly progress: Progress; readonly at: number } | null = null;
  let last: { readonly progress: Progress; readonly at: number } | null = null;
  return {
    seen(progress, at) {
      if (!isProgress(progress)) return;
      if (first?.progress.stage !== progress.stage || progress.done < first.progress.done) first = { progress, at };
      last = { progress, at };
    },
    secondsLeft(now) {
      if (!first || !last) return null;
      const [done, ms] = [last.progress.done - first.progress.done, last.at - first.at];
      if (done <= 0 || ms <= 0) return null;
      const left = ((last.progress.total - last.progress.done) * ms) / done - (now - last.at);
      return Math.max(0, left / 1000);
    },
  };
}
