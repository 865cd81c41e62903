/** tf.loadLayersModel is the judge of the layers models that are written: the rounded network's own logits, and ours read back. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../src/base/random.ts';
import { changedPtqSettings, ptqSettings } from '../src/contract/settings.ts';
import type { RunSettings } from '../src/contract/run.ts';
import { foldBatchNorm } from '../src/graph/fold.ts';
import { elementCount, namedArray } from '../src/graph/arrays.ts';
import { randomMobile } from '../src/integer/testing/randomMobile.ts';
import { randomModel } from '../src/integer/testing/randomModel.ts';
import { layersModel } from '../src/lab/engines/layersFile.ts';
import type { Made } from '../src/lab/engines/types.ts';
import { nodeResources, PROJECT } from '../src/lab/hosts/node.ts';
import { openStages } from '../src/lab/stages/stages.ts';
import type { QuantizedModel } from '../src/quant/types.ts';
import { openBackend } from '../src/tensor/backend.ts';
import { dequantizedWeights } from '../src/tensor/fakeQuantized.ts';
import { toLayersModel } from '../src/tensor/model.ts';
import { nodePlatform } from '../src/tensor/wasm/node.ts';
import { readTfjs, SIGNED } from '../src/weights/tfjs/read.ts';
import type { Written } from '../src/weights/tfjs/write/write.ts';

const ASSETS = process.env.FEWBIT_ASSETS ?? `${PROJECT}/../shared/assets`;
const IMAGES = 2;

beforeAll(async () => {
  await openBackend('wasm', { ...nodePlatform, cores: 1, isolated: false });
});

/** What TensorFlow.js itself makes of the files: its logits for pixels of 0 to 255. */
async function theirs({ model, shards, logits }: Written, pixels: Float32Array, shape: readonly number[]) {
  const { modelTopology, weightsManifest } = JSON.parse(new TextDecoder().decode(model)) as {
    readonly modelTopology: object;
    readonly weightsManifest: readonly { readonly weights: tf.io.WeightsManifestEntry[] }[];
  };
  const [{ buffer }] = shards.values();
  const loaded = await tf.loadLayersModel(
    tf.io.fromMemory({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData: buffer }),
  );
  const names = loaded.layers.map(({ name }) => name);
  const ends = tf.model({ inputs: loaded.inputs, outputs: loaded.getLayer(logits).output });
  const given = names.includes('rescaling') ? pixels : pixels.map((pixel) => pixel / 127.5 - 1);
  const x = tf.tensor(given, [IMAGES, ...shape]);
  const [own, answer] = [ends.predict(x) as tf.Tensor, loaded.predict(x) as tf.Tensor];
  const softmax = tf.softmax(own);
  const found = { logits: await own.data(), names, probabilities: await answer.data(), softmax: await softmax.data() };
  tf.dispose([x, own, answer, softmax]);
  loaded.dispose();
  return found;
}

async function ours(
  { graph, normalization: { mean, std } }: QuantizedModel,
  weights: Made['model']['weights'],
  pixels: Float32Array,
) {
  const model = toLayersModel(graph, weights);
  const x = tf.tensor(
    pixels.map((pixel, i) => (pixel / 255 - mean[i % 3]) / std[i % 3]),
    [IMAGES, ...graph.inputShape],
  );
  const y = model.predict(x) as tf.Tensor;
  const logits = await y.data();
  tf.dispose([x, y]);
  model.dispose();
  return logits;
}

/** A loop: of millions of weights a matcher takes minutes. */
function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
}

/** @returns the layers' names */
async function hold(quantized: QuantizedModel): Promise<readonly string[]> {
  const { graph } = quantized;
  const random = seededRandom(7);
  const pixels = Float32Array.from({ length: IMAGES * elementCount(graph.inputShape) }, () =>
    Math.floor(256 * random()),
  );
  const rounded = dequantizedWeights(quantized);
  const written = layersModel({ model: { ...quantized, weights: rounded }, quantized });
  const own = await ours(quantized, rounded, pixels);
  const { logits, names, probabilities, softmax } = await theirs(written, pixels, graph.inputShape);
  expect(logits).toHaveLength(own.length);
  const most = Math.max(1, ...own.map(Math.abs));
  expect(furthest(logits, own) / most).toBeLessThan(1e-4);
  expect(furthest(probabilities, softmax)).toBeLessThan(1e-6);

  const { model: read } = readTfjs(written, 'written.zip', { assumed: SIGNED, inputSize: 224 });
  expect(read.classes.slice(0, quantized.classes.length)).toEqual(quantized.classes.slice(0, read.classes.length));
  read.normalization.mean.forEach((mean, c) => expect(mean).toBeCloseTo(quantized.normalization.mean[c], 12));
  const folded = foldBatchNorm(read.graph, read.weights);
  expect(folded.graph.nodes.map(({ kind }) => kind)).toEqual(graph.nodes.map(({ kind }) => kind));
  // Weight for weight: nothing is lost on the way.
  graph.nodes.forEach(({ name }, i) => {
    if (!quantized.weights.has(name)) return;
    for (const part of ['kernel', 'bias']) {
      const [back, own] = [`${folded.graph.nodes[i].name}.${part}`, `${name}.${part}`];
      const off = furthest(namedArray(folded.weights, back).data, namedArray(rounded, own).data);
      expect(off, own).toBe(0);
    }
  });
  return names;
}

/** The first of a kind that read colour pictures give logits, and have no pool that Keras pads in another way. */
function coloured(make: (seed: number) => QuantizedModel): readonly QuantizedModel[] {
  const found: QuantizedModel[] = [];
  for (let seed = 1; found.length < 6; seed++) {
    const each = make(seed);
    const pools = each.graph.nodes.filter(({ kind }) => kind === 'avgPool' || kind === 'maxPool');
    const isPlain = pools.every((pool) => 'padding' in pool && pool.padding === 0);
    const last = each.graph.nodes[each.graph.nodes.length - 1];
    const answers = 'activation' in last && last.activation === null;
    if (each.graph.inputShape[2] === 3 && isPlain && answers) found.push(each);
  }
  return found;
}

describe('made networks', () => {
  test.each(coloured(randomModel))('of plain convolutions, %#', async (quantized) => void (await hold(quantized)));
  test.each(coloured(randomMobile))('of depthwise ones, %#', async (quantized) => void (await hold(quantized)));

  test('a pool that Keras pads in another way is refused by name', () => {
    for (let seed = 1; ; seed++) {
      const quantized = randomMobile(seed);
      const padded = quantized.graph.nodes.find(
        (node) => node.kind === 'avgPool' && [node.padding].flat().some((side) => side > 0),
      );
      if (!padded) continue;
      expect(() => layersModel({ model: { ...quantized, weights: new Map() }, quantized })).toThrow(
        `${padded.name} is an average pool with padding, which Keras counts differently: export it as .onnx.`,
      );
      return;
    }
  });
});

async function made(settings: RunSettings, weights?: string): Promise<QuantizedModel> {
  const stages = await openStages(nodeResources(weights), 'wasm');
  const subject = await stages.subject(settings).catch(() => stages.subject({ ...settings, against: 'float' }));
  const { quantized } = await stages.make({
    ...settings,
    ...(subject.model.classes.length === 10 ? {} : { against: 'float' }),
  });
  if (!quantized) throw new Error('nothing was quantized');
  return quantized;
}

const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: 1, seed: 1 };
const few = (settings: RunSettings): RunSettings => ({ ...settings, calibrationImages: 16 });

describe('ResNet-20', () => {
  test.each(['modern', '2021'] as const)('%s: a byte for each weight, at 4 bits and at 8', async (preset) => {
    for (const bits of [4, 8] as const) {
      const quantized = await made(few(ptqSettings(workload, preset, bits)));
      const names = await hold(quantized);
      expect(names.includes('conv1_scale')).toBe(preset === 'modern');
      const { shards } = layersModel({ model: { ...quantized, weights: new Map() }, quantized });
      const [bytes] = shards.values();
      expect(bytes.length).toBeLessThan(290_000);
    }
  });
});

test('an unrounded network keeps its floats', async () => {
  const stages = await openStages(nodeResources(), 'wasm');
  const { model } = await stages.subject(workload);
  const { model: read } = readTfjs(layersModel({ model, quantized: null }), 'float.zip', {
    assumed: SIGNED,
    inputSize: 224,
  });
  const { weights } = foldBatchNorm(read.graph, read.weights);
  expect(namedArray(weights, 'conv1.kernel').data).toEqual(namedArray(model.weights, 'conv1.kernel').data);
});

describe('real networks', () => {
  const files = [
    ['teachable/coins', 96],
    ['teachable/crops', 96],
    ['teachable/recyclables', 96],
    ['resnet18-imagenet-partial.safetensors', 32],
  ] as const;
  test.each(files)('%s', async (file, side) => {
    const path = join(ASSETS, file);
    if (!existsSync(path)) return;
    for (const granularity of ['tensor', 'channel'])
      await hold(
        await made(few(changedPtqSettings({ ...workload, model: 'own', side }, 'modern', 6, { granularity })), path),
      );
  });
});
