/** How a long call reports, and how it is stopped. */
import type { TrainingReport } from './trainingReport.ts';

/** Done of total, in `unit`s, of the stage named: "Calibrating", 128 of 512 "images"; '': nothing is counted yet. */
export type Progress = {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  /** The step that a training has just made. */
  readonly training?: TrainingReport;
  /** It waits: the kind of the call that goes first, and for about how long, where anybody can tell. */
  readonly behind?: { readonly kind: string; readonly secondsLeft: number | null };
  /** Whole seconds since the call was made, by the caller's clock: who makes the call adds them (lab/rpc/ticking.ts). */
  readonly seconds?: number;
};

/** How a long call reports and is stopped. `never`: it reports nothing. */
export type Control<P = Progress> = {
  readonly report?: (progress: P) => void;
  readonly signal?: AbortSignal;
  /**
   * Asked between two pieces of work by calls that let others go first. null: go on. A promise: it resolves when this call's
   * turn has come again, or it is cancelled.
   */
  readonly standAside?: () => Promise<void> | null;
};
