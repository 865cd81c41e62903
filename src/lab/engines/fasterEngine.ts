/** Where there is a GPU: which of our own two engines runs a quantized network sooner. A short race finds out, once. */
import { breathe } from '../../base/breathe.ts';
import type { Graph } from '../../graph/types.ts';
import { graphCost } from '../../graph/cost.ts';
import { measureLatencies } from '../../runtime/latency.ts';
import { fittingBatch } from './evaluationBatch.ts';
import type { Made, OpenNetwork } from './types.ts';

/** Both compute the same codes: only time is left to choose by. */
export type Verdict = {
  readonly engine: 'fewbit' | 'fewbit-webgpu';
  /** In words, behind where it ran. */
  readonly why: string;
};

export type Contest = {
  readonly made: Made;
  /** The GPU, as it calls itself. */
  readonly device: string;
  /** Opens the network; it is closed again. */
  readonly open: (engine: Verdict['engine']) => Promise<OpenNetwork>;
  /** Why the GPU's engine need not be tried, in a sentence; null: it runs this network. */
  readonly whyNotGpu: () => Promise<string | null>;
  /** 'timed': by the clock, unless it is known. 'known': what is known, or as 'fixed'. 'fixed': WebAssembly, every time. */
  readonly choose: 'timed' | 'known' | 'fixed';
  readonly signal?: AbortSignal;
  readonly now?: () => number;
};

/** Most images of a turn; small networks fill neither engine with fewer. */
const MOST_IMAGES = 32;
const TURNS = 3;
/** Milliseconds of running after which no turn starts. */
const BUDGET_MS = 400;

const FIXED: Verdict = { engine: 'fewbit', why: 'not timed against the GPU' };

/** Verdicts of this session, by device and network. */
const known = new Map<string, Verdict>();

const shapeOf = ({ name, inputShape, nodes }: Graph): string => [name, ...inputShape, nodes.length].join();

/** @throws the signal's reason, between two runs; what keeps WebAssembly from running the network */
export async function fasterEngine(contest: Contest): Promise<Verdict> {
  const { made, device, choose, whyNotGpu } = contest;
  if (choose === 'fixed') return FIXED;
  const key = `${device} ${shapeOf(made.model.graph)} ${graphCost(made.model.graph).macs}`;
  const found = known.get(key);
  if (found || choose === 'known') return found ?? FIXED;
  const reason = await whyNotGpu();
  const verdict: Verdict = reason === null ? await raced(contest) : { engine: 'fewbit', why: withoutStop(reason) };
  known.set(key, verdict);
  return verdict;
}

async function raced({ made: { model }, open, signal, now = () => performance.now() }: Contest): Promise<Verdict> {
  const opened: OpenNetwork[] = [];
  try {
    const wasm = await open('fewbit');
    opened.push(wasm);
    const gpu = await open('fewbit-webgpu').catch((error: unknown) => {
      signal?.throwIfAborted();
      return withoutStop(error instanceof Error ? error.message : String(error));
    });
    if (typeof gpu === 'string') return { engine: 'fewbit', why: gpu };
    opened.push(gpu);
    const times = await turns([wasm, gpu], model.graph, now, signal);
    const [wasmMs, gpuMs] = times.map((ms) => `${ms.toFixed(ms < 10 ? 2 : 0)} ms`);
    return times[1] < times[0]
      ? { engine: 'fewbit-webgpu', why: `the faster here: ${gpuMs} an image, ${wasmMs} in WebAssembly` }
      : { engine: 'fewbit', why: `the faster here: ${wasmMs} an image, ${gpuMs} on the GPU` };
  } finally {
    for (const network of opened) await network.close();
  }
}

/** Milliseconds an image, best of a few turns; the first, which compiles, does not count. */
async function turns(
  networks: readonly OpenNetwork[],
  graph: Graph,
  now: () => number,
  signal: AbortSignal | undefined,
): Promise<readonly number[]> {
  const size = graph.inputShape.reduce((product, side) => product * side, 1);
  const contenders = networks.map(({ run, ranOn }) => {
    const count = Math.min(MOST_IMAGES, fittingBatch(ranOn.backend, graph));
    const images = new Float32Array(count * size);
    async function timed(): Promise<number> {
      const start = now();
      await run(images, count, signal);
      return now() - start;
    }
    return { count, timed };
  });
  const latencies = await measureLatencies(
    contenders.map(({ timed }) => timed),
    { warmup: 1, runs: TURNS, batch: MOST_IMAGES, signal, breathe, atLeast: { rounds: 1, ms: BUDGET_MS } },
  );
  return latencies.map(({ times }, i) => Math.min(...times) / contenders[i].count);
}

const withoutStop = (sentence: string): string => sentence.replace(/\.$/, '');
