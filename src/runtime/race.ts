/** The race: models timed in turn in their lanes, until each median is known well enough or the time is up. */
import type { Lane, LaneInput, OpenedModel } from './lane.ts';
import { medianInterval, quantile } from './statistics.ts';

export type Contender = { readonly lane: Lane; readonly bytes: Uint8Array; readonly input: LaneInput };

export type RaceRules = {
  readonly warmup: number;
  /** At least this many runs of each, so that the interval of the median reaches 95%: six or more. */
  readonly minRuns: number;
  readonly maxRuns: number;
  /** Enough runs were made when every 95% interval is at most this share of its median wide. */
  readonly precision: number;
  /** Milliseconds after which no further round starts. */
  readonly budgetMs: number;
};

export const RULES: RaceRules = { warmup: 3, minRuns: 12, maxRuns: 200, precision: 0.05, budgetMs: 30_000 };

export type Standing = Omit<OpenedModel, 'id'> & {
  readonly medianMs: number;
  /** The median's 95% interval. */
  readonly lowMs: number;
  readonly highMs: number;
  readonly p95Ms: number;
  readonly runs: number;
  readonly warmup: number;
  readonly batch: number;
  readonly imagesPerSecond: number;
};

/** A contender's standing, and what it answered to the input: [batch, classes]; or why its lane does not run it. */
export type Finish = { readonly standing: Standing; readonly logits: Float32Array } | { readonly refused: string };

export type RaceHooks = {
  readonly report?: (done: number, total: number, what: 'opened' | 'rounds') => void;
  readonly signal?: AbortSignal;
  readonly now?: () => number;
};

/**
 * Opens all models, warms each up, then runs them in turn (A B C A B C), so that a slow moment hurts all alike.
 * @returns one finish for each contender, in their order; a file that does not open leaves the race to the others
 * @throws the signal's reason, between two runs
 */
export async function raceInTurn(
  contenders: readonly Contender[],
  rules: RaceRules = RULES,
  hooks: RaceHooks = {},
): Promise<Finish[]> {
  const { report, signal, now = () => performance.now() } = hooks;
  const entries: Entry[] = [];
  const refused = new Map<Contender, string>();
  try {
    for (const contender of contenders) {
      signal?.throwIfAborted();
      report?.(entries.length + refused.size, contenders.length, 'opened');
      try {
        const opened = await contender.lane.open(contender.bytes, contender.input);
        entries.push({ contender, opened, times: [], logits: new Float32Array(0) });
      } catch (error) {
        refused.set(contender, error instanceof Error ? error.message : String(error));
      }
    }
    const start = now();
    for (let round = -rules.warmup; entries.length > 0 && round < rules.maxRuns; round++) {
      for (const entry of entries) {
        signal?.throwIfAborted();
        const { ms, logits } = await entry.contender.lane.run(entry.opened.id, entry.contender.input);
        entry.logits = logits;
        if (round >= 0) entry.times.push(ms);
      }
      const made = round + 1;
      report?.(Math.max(0, made), rules.maxRuns, 'rounds');
      const settled =
        made >= rules.minRuns &&
        (now() - start > rules.budgetMs || entries.every(({ times }) => isKnown(times, rules.precision)));
      if (settled) break;
    }
  } finally {
    for (const { contender, opened } of entries) await contender.lane.close(opened.id);
  }
  return contenders.map((contender) => {
    const entry = entries.find((each) => each.contender === contender);
    return entry
      ? { standing: standingOf(entry, rules.warmup), logits: entry.logits }
      : { refused: refused.get(contender) ?? '' };
  });
}

type Entry = {
  readonly contender: Contender;
  readonly opened: OpenedModel;
  readonly times: number[];
  logits: Float32Array;
};

function standingOf({ contender, opened, times }: Entry, warmup: number): Standing {
  const { loadMs, firstRunMs, heapBytes, operators } = opened;
  const medianMs = quantile(times, 0.5);
  const [lowMs, highMs] = medianInterval(times);
  const batch = contender.input.dims[0];
  return {
    loadMs,
    firstRunMs,
    heapBytes,
    operators,
    medianMs,
    lowMs,
    highMs,
    p95Ms: quantile(times, 0.95),
    runs: times.length,
    warmup,
    batch,
    imagesPerSecond: (1000 * batch) / medianMs,
  };
}

function isKnown(times: readonly number[], precision: number): boolean {
  const [low, high] = medianInterval(times);
  return high - low <= precision * quantile(times, 0.5);
}
