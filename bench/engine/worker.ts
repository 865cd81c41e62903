/** The engine bench's worker: one race, or the kernels one by one. */
import { seededRandom } from '../../src/base/random.ts';
import { graphCost } from '../../src/graph/cost.ts';
import type { Graph, GraphNode } from '../../src/graph/types.ts';
import { openFloatNetwork, openIntegerNetwork } from '../../src/integer/wasm/network.ts';
import { askEighthBit, hasRelaxedSimd } from '../../src/integer/wasm/host/processor.ts';
import type { IntegerKernel } from '../../src/integer/wasm/kernels.ts';
import type { WasmNetwork } from '../../src/integer/wasm/types.ts';
import { quantizedSeeded, seededFloatModel } from '../../src/onnx/testing/seededModel.ts';
import { schemeFor } from '../../src/quant/schemes.ts';
import type { QuantScheme } from '../../src/quant/types.ts';
import { quantile } from '../../src/runtime/statistics.ts';
import { bitsOfForm } from './contenders.ts';
import { graphOf, oneLayer } from './networks.ts';
import { open, type Opened, type Subject } from './opened.ts';
import type { ModelName } from './options.ts';
import type { Contender } from './rows.ts';
import type { ContenderSamples, KernelSamples, RaceSamples } from './samples.ts';

export type Job =
  | {
      readonly kind: 'race';
      readonly model: ModelName;
      readonly side: number;
      readonly contenders: readonly Contender[];
      readonly seconds: number;
    }
  | { readonly kind: 'kernels'; readonly side: number; readonly seconds: number };

/** A clock of 5 microseconds should not be seen in a sample: shorter runs are timed together. */
const SAMPLE_MS = 0.5;
const FEWEST_TURNS = 3;
const MOST_TURNS = 2000;
const WARM_RUNS = 8;

function schemeOf(form: string): QuantScheme {
  const bits = bitsOfForm(form);
  if (!bits) throw new Error(`${form} has no scheme.`);
  return schemeFor('modern', bits.weightBits, bits.activationBits);
}

async function race({ model, side, contenders, seconds }: Extract<Job, { kind: 'race' }>): Promise<RaceSamples> {
  const float = seededFloatModel(graphOf(model, side));
  const random = seededRandom(2);
  const subject: Subject = {
    float,
    quantized: (form) => quantizedSeeded(float, schemeOf(form)),
    pixels: Uint8Array.from({ length: 3 * side * side }, () => Math.floor(256 * random())),
  };
  const opened: Opened[] = [];
  for (const contender of contenders) opened.push(await open(contender, subject));
  const logits: Float32Array[] = [];
  const together: number[] = [];
  for (const { run } of opened) {
    for (let i = 0; i < WARM_RUNS; i++) await run();
    const ms = await timed(run, 1);
    together.push(Math.max(1, Math.ceil(SAMPLE_MS / ms)));
    logits.push((await run()).slice());
  }
  const samples = opened.map((): number[] => []);
  const end = performance.now() + 1000 * seconds;
  for (let turn = 0; turn < MOST_TURNS && (turn < FEWEST_TURNS || performance.now() < end); turn++) {
    for (const [i, { run }] of opened.entries()) {
      // The others have taken the caches; who is used again and again has them.
      await run();
      samples[i].push(await timed(run, together[i]));
    }
  }
  const rows = opened.map(({ openMs, makeTensor, network }, i): ContenderSamples => ({
    contender: contenders[i],
    samples: samples[i],
    openMs,
    tensorMs: makeTensor ? tensorMs(makeTensor) : 0,
    kernels: network && countsOf(network),
    stepsMs: network && stepsOf(network, float.graph),
    memoryBytes: network && network.memoryBytes,
    logitsDiffer: differenceOf(contenders, logits, i),
  }));
  for (const { close } of opened) await close();
  return { relaxed: hasRelaxedSimd(), eighthBit: askEighthBit(), macs: graphCost(float.graph).macs, contenders: rows };
}

/** Milliseconds of one run, of `together` runs in a row. */
async function timed(run: Opened['run'], together: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < together; i++) {
    const logits = run();
    if (logits instanceof Promise) await logits;
  }
  return (performance.now() - start) / together;
}

function tensorMs(makeTensor: () => void): number {
  const samples = Array.from({ length: 50 }, () => {
    const start = performance.now();
    makeTensor();
    return performance.now() - start;
  });
  return quantile(samples, 0.5);
}

function countsOf({ layers }: WasmNetwork): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kernel } of layers) counts[kernel] = (counts[kernel] ?? 0) + 1;
  return counts;
}

/** Best of a few runs, summed over the steps of one kind. */
function stepsOf(network: WasmNetwork, { nodes }: Graph): Record<string, number> {
  const sums: Record<string, number> = {};
  network.timeLayers(10).forEach(({ ms }, i) => {
    const kind = i === 0 ? 'input' : kindOf(nodes[i - 1], i === 1);
    sums[kind] = (sums[kind] ?? 0) + ms;
  });
  return Object.fromEntries(Object.entries(sums).map(([kind, ms]) => [kind, Number(ms.toFixed(3))]));
}

function kindOf(node: GraphNode, first: boolean): string {
  if (node.kind !== 'conv') return node.kind;
  return first ? 'stem' : `conv${node.kernel.join('x')}`;
}

/** To ONNX Runtime's logits of the same form. */
function differenceOf(contenders: readonly Contender[], logits: readonly Float32Array[], i: number): number | null {
  const { engine, form } = contenders[i];
  const judge = contenders.findIndex((other) => other.engine === 'onnxruntime' && other.form === form);
  if (engine !== 'fewbit' || judge < 0) return null;
  const most = logits[judge].reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return logits[i].reduce((worst, x, c) => Math.max(worst, Math.abs(x - logits[judge][c])), 0) / most;
}

/** Each kernel at the widths that it is there for, forced on one layer; what is not exact is left out. */
const FORCED: readonly (readonly [IntegerKernel, readonly string[]])[] = [
  ['int16', ['w8a8']],
  ['int8', ['w8a8', 'w7a7']],
  ['int8Sum16', ['w6a6', 'w5a5', 'w4a4', 'w3a3']],
  ['lookUp', ['w2a4', 'w2a3', 'w2a2']],
];

async function kernels(side: number, seconds: number): Promise<KernelSamples> {
  const float = seededFloatModel(oneLayer(side));
  const [{ macs }] = graphCost(float.graph).nodes;
  const image = new Float32Array(side * side * 64).fill(0.5);
  const networks: { kernel: string; form: string; network: WasmNetwork; samples: number[] }[] = [];
  networks.push({ kernel: 'float32', form: 'fp32', network: await openFloatNetwork(float), samples: [] });
  for (const [kernel, forms] of FORCED) {
    for (const form of forms) {
      const scheme = { ...schemeOf(form), firstLastBits: null };
      const network = await openIntegerNetwork(quantizedSeeded(float, scheme), { choose: kernel });
      if (network.layers[0].kernel === kernel) networks.push({ kernel, form, network, samples: [] });
      else network.close();
    }
  }
  const time = (network: WasmNetwork): number => network.timeLayers(1)[1].ms;
  for (const { network } of networks) {
    network.run(image, 1);
    network.timeLayers(100);
  }
  const end = performance.now() + 1000 * seconds;
  for (let turn = 0; turn < MOST_TURNS && (turn < FEWEST_TURNS || performance.now() < end); turn++) {
    for (const { network, samples } of networks) {
      time(network);
      samples.push(time(network));
    }
  }
  for (const { network } of networks) network.close();
  return {
    relaxed: hasRelaxedSimd(),
    eighthBit: askEighthBit(),
    macs,
    kernels: networks.map(({ kernel, form, samples }) => ({ kernel, form, samples })),
  };
}

onmessage = async ({ data }: MessageEvent<Job>) => {
  try {
    postMessage({ result: data.kind === 'race' ? await race(data) : await kernels(data.side, data.seconds) });
  } catch (error) {
    postMessage({ problem: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
};
