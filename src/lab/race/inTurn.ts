/** Float32 and quantized networks in our own engine, run in turn on one image: whose times compare. */
import { breathe } from '../../base/breathe.ts';
import { evaluationBatches } from '../../data/batches.ts';
import { measureLatencies } from '../../runtime/latency.ts';
import type { Stages } from '../stages/stages.ts';
import type { OpenNetwork } from '../engines/types.ts';
import type { RunSettings, TimedRace } from '../../contract/run.ts';
import { float32Settings, networkKey } from '../../contract/settings.ts';
import type { Control } from '../../contract/progress.ts';

const WARMUP = 5;
const RUNS = 50;
/** However slow they are: enough for a 95% interval of the median, and then milliseconds of running until no round starts. */
const FEWEST = 12;
const BUDGET_MS = 4_000;
/** Networks of one race at most: the slider's positions and float32. */
const MOST = 8;

/** One thread: what bits do to the work, not how it is shared out. */
const THREADS = 1;

/** Races each new network with those that it raced before, so that one race has all that is shown. */
export type Racer = {
  /** @throws the signal's reason, between two runs */
  readonly time: (settings: RunSettings, control?: Control) => Promise<TimedRace>;
};

export function createRacer(stages: Stages): Racer {
  let before: readonly RunSettings[] = [];

  /** Float32 first, then those of the same network that were timed last, then this one. */
  function fieldOf(settings: RunSettings): readonly RunSettings[] {
    const float32 = float32Settings(settings);
    const same = before.filter((each) => networkKey(float32Settings(each)) === networkKey(float32));
    const others = same.filter((each) => ![float32, settings].some((own) => networkKey(own) === networkKey(each)));
    return [float32, ...others.slice(2 - MOST), ...(settings.scheme ? [settings] : [])];
  }

  async function time(settings: RunSettings, control: Control = {}): Promise<TimedRace> {
    const field = fieldOf(settings);
    const { signal, report, standAside } = control;
    const opened: OpenNetwork[] = [];
    try {
      for (const each of field)
        opened.push(await stages.openNetwork(await stages.make(each, control), 'fewbit', { threads: THREADS, signal }));
      const { model, dataset } = await stages.subject(settings);
      const [{ images }] = evaluationBatches(dataset.test, {
        batchSize: 1,
        normalization: model.normalization,
        count: 1,
      });
      async function breatheAside(): Promise<void> {
        await breathe();
        await standAside?.();
      }
      async function timedRun({ run }: OpenNetwork): Promise<number> {
        const from = performance.now();
        await run(images, 1, signal);
        return performance.now() - from;
      }
      const latencies = await measureLatencies(
        opened.map((network) => () => timedRun(network)),
        {
          warmup: WARMUP,
          runs: RUNS,
          batch: 1,
          signal,
          breathe: breatheAside,
          report: (done) => report?.({ stage: 'Timing in turn', done, total: RUNS, unit: 'runs' }),
          atLeast: { rounds: FEWEST, ms: BUDGET_MS },
        },
      );
      report?.({ stage: 'Timing in turn', done: RUNS, total: RUNS, unit: 'runs' });
      before = field.filter(({ scheme }) => scheme);
      return {
        engine: 'fewbit',
        threads: opened[0].ranOn.threads,
        entries: field.map((each, i) => {
          const { medianMs, p5Ms, p95Ms, runs, warmup, batch } = latencies[i];
          return { settings: each, latency: { medianMs, p5Ms, p95Ms, runs, warmup, batch } };
        }),
      };
    } finally {
      for (const network of opened) await network.close();
    }
  }

  return { time };
}
