/**
 * A QAT step of ResNet-20 against its float32 step, interleaved in one run on tfjs's WASM backend:
 * `npx tsx bench/training.ts [--batch 64] [--runs 9] [--threads N]`. Prints medians in ms, the ratio, images/s, and
 * what of a step the fake quantizers cost.
 */
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { initialWeights } from '../src/graph/init.ts';
import { normal, seededRandom } from '../src/base/random.ts';
import { resnet20 } from '../src/graph/networks/resnet.ts';
import type { FloatModel } from '../src/graph/types.ts';
import { openBackend } from '../src/tensor/backend.ts';
import { toLayersModel, variablesOf } from '../src/tensor/model.ts';
import { convLayers, toQatNetwork, type QatNetwork } from '../src/tensor/qat/qatNetwork.ts';
import { sgd, type Optimizer } from '../src/tensor/train/sgd.ts';
import { stepRules, wasmSteps } from '../src/tensor/layers/steps.ts';
import { startFrom } from '../src/tensor/testing/start.ts';
import { lossAndGradients } from '../src/tensor/train/train.ts';
import { nodePlatform } from '../src/tensor/wasm/node.ts';

const { values: args } = parseArgs({
  options: {
    batch: { type: 'string', default: '64' },
    runs: { type: 'string', default: '9' },
    threads: { type: 'string' },
  },
});
const [batchSize, runs] = [Number(args.batch), Number(args.runs)];
const cores = args.threads ? Number(args.threads) : nodePlatform.cores;
const backend = await openBackend('wasm', { ...nodePlatform, cores, isolated: cores > 1 });

const graph = resnet20();
const classes = Array.from({ length: 10 }, (_, i) => String(i));
const float: FloatModel = {
  graph,
  weights: initialWeights(graph, 1),
  normalization: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
  classes,
};
const random = seededRandom(3);
const batch = {
  images: Float32Array.from({ length: batchSize * 32 * 32 * 3 }, () => normal(random)),
  labels: Int32Array.from({ length: batchSize }, (_, i) => i % 10),
  shape: [batchSize, 32, 32, 3] as const,
};
const some = {
  height: 32,
  width: 32,
  count: 8,
  pixels: Uint8Array.from({ length: 8 * 3072 }, () => random() * 256),
  labels: new Int32Array(8),
  classes,
};

type Contender = { readonly name: string; readonly step: () => Promise<void>; readonly times: number[] };

function contender(name: string, model: tf.LayersModel, variables: ReadonlyMap<string, tf.LayerVariable>): Contender {
  const trainable = new Map([...variables].filter(([, variable]) => variable.trainable));
  const optimizer: Optimizer = sgd(trainable, { momentum: 0.9, weightDecay: 1e-4 });
  return {
    name,
    times: [],
    async step() {
      const { loss, logits, gradients } = lossAndGradients(model, trainable, batch);
      optimizer.step(gradients, 0.001);
      await loss.data();
      tf.dispose([loss, logits, ...gradients.values()]);
    },
  };
}

const qat = async (): Promise<QatNetwork> =>
  toQatNetwork(float, await startFrom(float, some, 4), { weightRanges: 'learned', activationRanges: 'learned' });

const plain = toLayersModel(graph, float.weights);
const [learning, frozen] = [await qat(), await qat()];
for (const layer of convLayers(frozen)) layer.frozen = true;
const contenders = [
  contender('float32', plain, variablesOf(plain)),
  contender('QAT, 4 bits', learning.model, learning.variables),
  contender('QAT, statistics frozen', frozen.model, frozen.variables),
];

/** Milliseconds inside the fake quantizers' kernels, in all steps. */
let inKernels = 0;
const timed =
  <A extends unknown[], R>(run: (...given: A) => R) =>
  (...given: A): R => {
    const start = performance.now();
    const result = run(...given);
    inKernels += performance.now() - start;
    return result;
  };
stepRules.set('wasm', { forward: timed(wasmSteps.forward), backward: timed(wasmSteps.backward) });

const median = (list: readonly number[]): number => list.toSorted((p, q) => p - q)[list.length >> 1];
const quantizing: number[] = [];
for (let run = 0; run <= runs; run++) {
  for (const { name, step, times } of contenders) {
    inKernels = 0;
    const start = performance.now();
    await step();
    if (run === 0) continue;
    times.push(performance.now() - start);
    if (name === 'QAT, 4 bits') quantizing.push(inKernels / (performance.now() - start));
  }
}
const [base] = contenders.map(({ times }) => median(times));
for (const { name, times } of contenders) {
  const ms = median(times);
  console.log(
    JSON.stringify({
      step: name,
      batch: batchSize,
      runs,
      backend: backend.description,
      medianMs: Number(ms.toFixed(1)),
      imagesPerSecond: Number(((batchSize * 1000) / ms).toFixed(1)),
      ratioToFloat32: Number((ms / base).toFixed(3)),
    }),
  );
}
console.log(
  JSON.stringify({ fakeQuantizersShareOfStep: Number(median(quantizing).toFixed(3)), backend: backend.description }),
);
process.exit(0);
