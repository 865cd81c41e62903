/** tf.loadLayersModel is the judge of layers models: every kind of layer that is read, and the three real models where they are here. */
import { existsSync, readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { firstPhotos } from '../scripts/checks/networks/photos.ts';
import { seededRandom } from '../src/base/random.ts';
import { PROJECT } from '../src/lab/hosts/node.ts';
import { openBackend } from '../src/tensor/backend.ts';
import { toLayersModel } from '../src/tensor/model.ts';
import { nodePlatform } from '../src/tensor/wasm/node.ts';
import type { TfjsFiles } from '../src/weights/tfjs/container.ts';
import { readTfjs, SIGNED } from '../src/weights/tfjs/read.ts';

const ASSETS = process.env.FEWBIT_ASSETS ?? `${PROJECT}/../shared/assets`;
const SIDE = 12;
const OPTIONS = { assumed: SIGNED, inputSize: 224 };

beforeAll(async () => {
  await openBackend('wasm', { ...nodePlatform, cores: 1, isolated: false });
});

type Saved = {
  readonly modelTopology: object;
  readonly weightSpecs: tf.io.WeightsManifestEntry[];
  readonly data: ArrayBuffer;
};

async function saved(model: tf.LayersModel): Promise<Saved> {
  let kept: tf.io.ModelArtifacts = {};
  await model.save(
    tf.io.withSaveHandler((artifacts) => {
      kept = artifacts;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
    }),
  );
  return {
    modelTopology: kept.modelTopology as object,
    weightSpecs: kept.weightSpecs ?? [],
    data: kept.weightData as ArrayBuffer,
  };
}

const filesOf = ({ modelTopology, weightSpecs, data }: Saved, metadata: TfjsFiles['metadata'] = null): TfjsFiles => ({
  model: new TextEncoder().encode(
    JSON.stringify({ modelTopology, weightsManifest: [{ paths: ['a.bin', 'b.bin'], weights: weightSpecs }] }),
  ),
  // In two shards, cut where no tensor ends.
  shards: new Map([
    ['a.bin', new Uint8Array(data.slice(0, 37))],
    ['b.bin', new Uint8Array(data.slice(37))],
  ]),
  metadata,
  chosen: null,
});

/** Weights that are none of those that training starts with: batch norms that do something. */
function shuffled(model: tf.LayersModel, seed: number): tf.LayersModel {
  const random = seededRandom(seed);
  const names = model.weights.map(({ originalName }) => originalName);
  const drawn = model.getWeights().map((weight, i) => {
    const isPositive = /variance|gamma/.test(names[i]);
    return tf.tensor(
      Float32Array.from({ length: weight.size }, () => (isPositive ? 0.5 + random() : random() - 0.5)),
      weight.shape,
    );
  });
  model.setWeights(drawn);
  return model;
}

const images = (n: number, side: number): tf.Tensor4D =>
  tf.randomUniform([n, side, side, 3], -1, 1, 'float32', 7) as tf.Tensor4D;

const numbers = (output: tf.Tensor | tf.Tensor[]): Float32Array =>
  ([output].flat()[0].dataSync() as Float32Array).slice();

/** What our reader and our layers make of the files. */
function ours(files: TfjsFiles, x: tf.Tensor4D): Float32Array {
  const { model } = readTfjs(files, 'model.json', OPTIONS);
  return numbers(toLayersModel(model.graph, model.weights).predict(x) as tf.Tensor);
}

function apart(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

/** The same model without the softmax at its end, as tfjs opens it. */
async function theirs(saved: Saved, x: tf.Tensor4D): Promise<Float32Array> {
  const topology = JSON.parse(
    JSON.stringify(saved.modelTopology).replaceAll(/"activation":"(?:softmax|sigmoid)"/g, '"activation":"linear"'),
  ) as object;
  const model = await tf.loadLayersModel(
    tf.io.fromMemory({ modelTopology: topology, weightSpecs: saved.weightSpecs, weightData: saved.data }),
  );
  return numbers(model.predict(x) as tf.Tensor);
}

const { layers } = tf;
const input = { inputShape: [SIDE, SIDE, 3] };
const conv = (filters: number, more: object = {}) =>
  layers.conv2d({ filters, kernelSize: 3, padding: 'same', ...more } as Parameters<typeof layers.conv2d>[0]);
const head = () => [layers.globalAveragePooling2d({}), layers.dense({ units: 4, activation: 'softmax' })];

/** A chain of layers behind one convolution with a ReLU. */
const chain = (...more: tf.layers.Layer[]): tf.LayersModel =>
  tf.sequential({ layers: [conv(6, { ...input, activation: 'relu' }), ...more] });

const MODELS: Readonly<Record<string, () => tf.LayersModel>> = {
  'strides, "same" and "valid", odd sizes': () =>
    chain(
      conv(5, { strides: 2 }),
      conv(4, { kernelSize: 2, padding: 'valid' }),
      conv(4, { kernelSize: [1, 3] as never, strides: 2 }),
      ...head(),
    ),
  'a depthwise convolution with a bias and an activation': () =>
    chain(layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', activation: 'relu6' }), ...head()),
  'a depthwise convolution with strides behind zero padding': () =>
    chain(
      layers.zeroPadding2d({
        padding: [
          [0, 1],
          [1, 0],
        ],
      }),
      layers.depthwiseConv2d({ kernelSize: 3, strides: 2, useBias: false }),
      ...head(),
    ),
  'a separable convolution': () =>
    chain(
      layers.separableConv2d({ filters: 5, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
      ...head(),
    ),
  'batch norms with and without gamma and beta': () =>
    chain(
      conv(6, { useBias: false }),
      layers.batchNormalization({ scale: false }),
      layers.reLU({ maxValue: 6 }),
      conv(6),
      layers.batchNormalization({ center: false, epsilon: 1e-2 }),
      layers.activation({ activation: 'relu6' }),
      ...head(),
    ),
  'a batch norm that stands alone, behind an activation': () =>
    chain(layers.batchNormalization(), layers.batchNormalization(), layers.reLU({}), ...head()),
  'a batch norm of the pixels': () =>
    tf.sequential({ layers: [layers.batchNormalization(input), conv(4, { activation: 'relu' }), ...head()] }),
  'zero padding that nothing takes in': () =>
    chain(
      layers.zeroPadding2d({ padding: 1 }),
      layers.batchNormalization(),
      layers.zeroPadding2d({ padding: 2 }),
      layers.averagePooling2d({ poolSize: 4, strides: 2 }),
      ...head(),
    ),
  'pools of every kind': () =>
    chain(
      layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
      layers.zeroPadding2d({ padding: 1 }),
      layers.maxPooling2d({ poolSize: 2, strides: 1 }),
      layers.averagePooling2d({ poolSize: 2, strides: 1, padding: 'same' }),
      layers.averagePooling2d({ poolSize: [2, 3], strides: 2 }),
      ...head(),
    ),
  'an average over the whole image': () =>
    chain(layers.averagePooling2d({ poolSize: SIDE }), layers.flatten(), layers.dense({ units: 4 })),
  'the greatest of the whole image': () => chain(layers.globalMaxPooling2d({}), layers.dense({ units: 4 })),
  'a dense layer over all pixels, and more behind it': () =>
    chain(
      layers.maxPooling2d({ poolSize: 4 }),
      layers.flatten(),
      layers.dense({ units: 7, activation: 'relu' }),
      layers.dropout({ rate: 0.5 }),
      layers.dense({ units: 4, useBias: false, activation: 'softmax' }),
    ),
  'a dense layer over all pixels at the end': () =>
    chain(layers.maxPooling2d({ poolSize: 4 }), layers.flatten(), layers.dense({ units: 4, activation: 'softmax' })),
  'batch norms between and behind dense layers': () =>
    chain(
      layers.globalAveragePooling2d({}),
      layers.batchNormalization(),
      layers.dense({ units: 7 }),
      layers.batchNormalization(),
      layers.reLU({}),
      layers.batchNormalization(),
      layers.dense({ units: 4 }),
      layers.batchNormalization(),
    ),
  'an activation of what is pooled': () =>
    chain(conv(6), layers.globalAveragePooling2d({}), layers.reLU({}), layers.dense({ units: 4 })),
  'a classifier that is a 1x1 convolution between reshapes': () =>
    chain(
      layers.globalAveragePooling2d({}),
      layers.reshape({ targetShape: [1, 1, 6] }),
      layers.dropout({ rate: 0.1 }),
      conv(4, { kernelSize: 1 }),
      layers.reshape({ targetShape: [-1] as never }),
      layers.activation({ activation: 'linear' }),
    ),
  'a dense layer over the channels of each pixel': () =>
    chain(layers.dense({ units: 5, activation: 'relu' }), ...head()),
  'a network without a dense layer': () => chain(conv(4, { kernelSize: 1 }), layers.globalAveragePooling2d({})),
  'several answers that a sigmoid gives': () =>
    chain(layers.globalAveragePooling2d({}), layers.dense({ units: 4, activation: 'sigmoid' })),
  'branches that are added, a ReLU behind them, and one that is read twice': () => {
    const x = tf.input({ shape: [SIDE, SIDE, 3] });
    const first = conv(6, { activation: 'relu' }).apply(x) as tf.SymbolicTensor;
    const second = conv(6).apply(first) as tf.SymbolicTensor;
    const bent = layers.reLU({}).apply(second) as tf.SymbolicTensor;
    const sum = layers.add().apply([first, second, bent]) as tf.SymbolicTensor;
    const out = head().reduce(
      (value, each) => each.apply(value) as tf.SymbolicTensor,
      layers.reLU({}).apply(sum) as tf.SymbolicTensor,
    );
    return tf.model({ inputs: x, outputs: out });
  },
  'a layer that is called twice': () => {
    const x = tf.input({ shape: [SIDE, SIDE, 3] });
    const first = conv(6, { activation: 'relu' }).apply(x) as tf.SymbolicTensor;
    const twice = conv(6, { activation: 'relu' });
    const second = twice.apply(twice.apply(first) as tf.SymbolicTensor) as tf.SymbolicTensor;
    const out = head().reduce((value, each) => each.apply(value) as tf.SymbolicTensor, second);
    return tf.model({ inputs: x, outputs: out });
  },
  'models in models in models': () =>
    tf.sequential({
      layers: [
        tf.sequential({
          layers: [MODELS['branches that are added, a ReLU behind them, and one that is read twice']()],
        }),
        tf.sequential({
          layers: [
            layers.dense({ units: 5, activation: 'relu', inputShape: [4] }),
            layers.dense({ units: 3, useBias: false, activation: 'softmax' }),
          ],
        }),
      ],
    }),
};

describe('logits are those of tf.loadLayersModel', () => {
  test.each(Object.entries(MODELS))('%s', async (name, build) => {
    const x = images(2, SIDE);
    const model = await saved(shuffled(build(), 5));
    // A softmax inside a model has no logits to compare with: the inner one is tfjs' own.
    const inner = /models in models/.test(name);
    const kept = inner ? { ...model, modelTopology: withoutInnerSoftmax(model.modelTopology) } : model;
    expect(apart(ours(filesOf(kept), x), await theirs(kept, x))).toBeLessThan(1e-4);
  });

  const withoutInnerSoftmax = (topology: object): object => {
    const text = JSON.stringify(topology);
    const last = text.lastIndexOf('"activation":"softmax"');
    return JSON.parse(
      text.slice(0, last).replaceAll('"activation":"softmax"', '"activation":"linear"') + text.slice(last),
    ) as object;
  };

  test.each(['uint8', 'uint16', 'float16'] as const)('weights that the converter quantized to %s', async (dtype) => {
    const x = images(2, SIDE);
    const whole = await saved(shuffled(MODELS['batch norms with and without gamma and beta'](), 6));
    const weights = tf.io.decodeWeights(whole.data, whole.weightSpecs);
    const parts = whole.weightSpecs.map((spec) =>
      quantizedWeight(spec, weights[spec.name].dataSync() as Float32Array, dtype),
    );
    const data = new Uint8Array(await new Blob(parts.map(({ bytes }) => bytes)).arrayBuffer()).buffer;
    const kept = { ...whole, weightSpecs: parts.map(({ spec }) => spec), data };
    expect(apart(ours(filesOf(kept), x), await theirs(kept, x))).toBeLessThan(1e-4);
  });
});

/** As tensorflowjs_converter does it: code = round((value - min) / scale). */
function quantizedWeight(
  spec: tf.io.WeightsManifestEntry,
  values: Float32Array,
  dtype: 'uint8' | 'uint16' | 'float16',
): { readonly spec: tf.io.WeightsManifestEntry; readonly bytes: Uint8Array<ArrayBuffer> } {
  if (dtype === 'float16') {
    const codes = Uint16Array.from(values, halfOf);
    return { spec: { ...spec, quantization: { dtype } }, bytes: new Uint8Array(codes.buffer) };
  }
  const levels = dtype === 'uint8' ? 255 : 65535;
  const min = values.reduce((least, value) => Math.min(least, value), Infinity);
  const scale = (values.reduce((most, value) => Math.max(most, value), -Infinity) - min) / levels || 1;
  const code = (value: number): number => Math.round((value - min) / scale);
  const codes = dtype === 'uint8' ? Uint8Array.from(values, code) : Uint16Array.from(values, code);
  return { spec: { ...spec, quantization: { dtype, scale, min } }, bytes: new Uint8Array(codes.buffer) };
}

/** Truncated to half precision: the judge reads the same code. */
function halfOf(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0];
  const exponent = ((bits >> 23) & 255) - 112;
  return exponent <= 0 ? 0 : ((bits >> 16) & 0x8000) | (exponent << 10) | ((bits >> 13) & 1023);
}

const present = existsSync(`${ASSETS}/teachable`);
if (!present) console.info('Skipped: real models of Teachable Machine, because they are not in FEWBIT_ASSETS.');

describe.skipIf(!present)('real models of Teachable Machine on real photos', () => {
  test.each([
    ['coins', 12],
    ['crops', 4],
    ['recyclables', 3],
  ])('%s', { timeout: 120_000 }, async (name, classes) => {
    const file = (part: string) => new Uint8Array(readFileSync(`${ASSETS}/teachable/${name}/${part}`));
    const json = JSON.parse(readFileSync(`${ASSETS}/teachable/${name}/model.json`, 'utf8')) as {
      readonly modelTopology: object;
      readonly weightsManifest: readonly { readonly weights: tf.io.WeightsManifestEntry[] }[];
    };
    const files: TfjsFiles = {
      model: file('model.json'),
      shards: new Map([['weights.bin', file('weights.bin')]]),
      metadata: file('metadata.json'),
      chosen: null,
    };
    const { model, normalizationFrom } = readTfjs(files, name, OPTIONS);
    expect(model.classes).toHaveLength(classes);
    expect(model.classes.every((label) => !/^class \d+$/.test(label))).toBe(true);
    expect([normalizationFrom, model.normalization]).toEqual(['file', SIGNED]);
    const pixels = await firstPhotos(`${ASSETS}/imagenette2-224-part.tgz`, 4, 224);
    const x = tf.tensor4d(
      Float32Array.from(pixels, (pixel) => pixel / 127.5 - 1),
      [4, 224, 224, 3],
    );
    const { weightsManifest, modelTopology } = json;
    const judge = await theirs(
      { modelTopology, weightSpecs: weightsManifest[0].weights, data: file('weights.bin').buffer },
      x,
    );
    expect(apart(ours(files, x), judge)).toBeLessThan(1e-4);
  });
});
