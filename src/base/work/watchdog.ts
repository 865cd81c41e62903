/** Asks a busy worker whether it still hears: one that is stuck in a loop cannot answer, whatever it was told. */

/** Between two questions, in milliseconds. */
const ASK_MS = 1000;

/** Between two signs of life (life.ts) lies one kernel or one layer: a moment, on a slow machine a few seconds. */
const SILENCE_MS = 15_000;

/** Whoever has asked for a stop waits less. */
const HURRIED_MS = 8000;

/** Its code may have to come over a slow network first. */
const STARTING_MS = 600_000;

export type Watchdog = {
  /** The worker was heard. */
  readonly heard: () => void;
  /**
   * The worker has something to do.
   * @param silence milliseconds that it may be silent at it, where that is more than at anything else
   */
  readonly start: (silence?: number) => void;
  /** Somebody asked for a stop: patience ends sooner from here on. */
  readonly hurry: () => void;
  /** It has nothing to do, or is gone. */
  readonly stop: () => void;
};

/** Milliseconds. */
export type WatchdogLimits = { readonly silence?: number; readonly hurried?: number; readonly every?: number };

/**
 * Counts its own ticks, not the clock: a machine that slept, or a page in the background whose timers rest, is no silence
 * of the worker.
 */
export function createWatchdog(
  ask: () => void,
  onSilent: (seconds: number) => void,
  { silence = SILENCE_MS, hurried = HURRIED_MS, every = ASK_MS }: WatchdogLimits = {},
): Watchdog {
  let timer: ReturnType<typeof setInterval> | undefined;
  let silent = 0;
  let hasStarted = false;
  let isHurried = false;
  let patience = silence;

  function stop(): void {
    clearInterval(timer);
    timer = undefined;
    isHurried = false;
    patience = silence;
  }

  function tick(): void {
    silent += every;
    if (silent <= (!hasStarted ? STARTING_MS : isHurried ? hurried : patience)) return ask();
    stop();
    onSilent(silent / 1000);
  }

  return {
    heard() {
      silent = 0;
      hasStarted = true;
    },
    start(longer = 0) {
      patience = Math.max(patience, longer);
      if (timer !== undefined) return;
      silent = 0;
      timer = setInterval(tick, every);
    },
    hurry() {
      isHurried = true;
    },
    stop,
  };
}
