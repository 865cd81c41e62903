/** The stopwatch of those that are run in turn. */
import { latencyStatistics, type LatencyStatistics } from './statistics.ts';

export type Latency = LatencyStatistics & {
  readonly runs: number;
  readonly warmup: number;
  /** Images of each run. */
  readonly batch: number;
  readonly times: readonly number[];
};

/** One run, in milliseconds by the clock of whatever runs it. */
export type TimedRun = () => Promise<number>;

export type LatencyOptions = {
  readonly warmup: number;
  readonly runs: number;
  readonly batch: number;
  readonly signal?: AbortSignal;
  /** Awaited before each run: where a thread hears of an abort, which no run lets it do. */
  readonly breathe?: () => Promise<void>;
  /** Told before each round how many count already. */
  readonly report?: (done: number) => void;
  /** Once as many rounds were made as `rounds`, none starts after so many milliseconds of running. */
  readonly atLeast?: { readonly rounds: number; readonly ms: number };
};

/**
 * Runs several contenders in turn (A B A B), so that a slow moment of the machine hurts all alike: `runs` of each after
 * `warmup` that do not count.
 *
 * @returns one latency for each contender
 * @throws the signal's reason when it is aborted between two runs
 */
export async function measureLatencies(
  contenders: readonly TimedRun[],
  { warmup, runs, batch, signal, breathe, report, atLeast }: LatencyOptions,
): Promise<Latency[]> {
  const entries = contenders.map((run) => ({ run, times: [] as number[] }));
  let spentMs = 0;
  for (let round = -warmup; round < runs; round++) {
    if (atLeast && round >= atLeast.rounds && spentMs > atLeast.ms) break;
    report?.(Math.max(0, round));
    for (const { run, times } of entries) {
      await breathe?.();
      signal?.throwIfAborted();
      const ms = await run();
      spentMs += ms;
      if (round >= 0) times.push(ms);
    }
  }
  return entries.map(({ times }) => ({ ...latencyStatistics(times), times, runs: times.length, warmup, batch }));
}
