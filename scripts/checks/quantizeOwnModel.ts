/**
 * A small Keras-style tfjs model, no ResNet, trained in float and then at 2 bits: `npx tsx scripts/checks/quantizeOwnModel.ts`.
 * Prints one JSON object: the accuracy of each on images that neither was trained on. Explained in docs/qat.md.
 */
import * as tf from '@tensorflow/tfjs';
import { normal, seededRandom } from '../../src/base/random.ts';
import { RELU } from '../../src/graph/activations.ts';
import { openBackend } from '../../src/tensor/backend.ts';
import { FakeQuantize } from '../../src/tensor/layers/fakeQuantize.ts';
import { QuantConv2D, QuantDense } from '../../src/tensor/layers/quantLayers.ts';
import { QuantGlobalAveragePooling2D, QuantMaxPooling2D } from '../../src/tensor/layers/quantMerge.ts';
import { nodePlatform } from '../../src/tensor/wasm/node.ts';

const [SIDE, CLASSES, BITS] = [16, 4, 2] as const;

/** Noise with stripes in one of four directions: [n, 16, 16, 1] and one-hot labels. */
function stripes(n: number, seed: number): { readonly images: tf.Tensor4D; readonly labels: tf.Tensor2D } {
  const random = seededRandom(seed);
  const kinds = Array.from({ length: n }, (_, i) => i % CLASSES);
  const directions = [
    [0, 1],
    [1, 0],
    [1, 1],
    [1, -1],
  ];
  const pixels = kinds.flatMap((kind) => {
    const [[down, across], phase] = [directions[kind], random() * 6];
    return Array.from(
      { length: SIDE * SIDE },
      (_, i) => Math.sin(phase + down * Math.floor(i / SIDE) + across * (i % SIDE)) + 2.2 * normal(random),
    );
  });
  return {
    images: tf.tensor4d(pixels, [n, SIDE, SIDE, 1]),
    labels: tf.oneHot(tf.tensor1d(kinds, 'int32'), CLASSES) as tf.Tensor2D,
  };
}

const inputShape = [SIDE, SIDE, 1];

function floatModel(): tf.Sequential {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape,
        filters: 8,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: tf.initializers.heNormal({ seed: 1 }),
      }),
      tf.layers.maxPooling2d({ poolSize: 2, strides: 2 }),
      tf.layers.conv2d({
        filters: 16,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: tf.initializers.heNormal({ seed: 2 }),
      }),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dense({ units: CLASSES, kernelInitializer: tf.initializers.heNormal({ seed: 3 }) }),
    ],
  });
}

/** The same layers with a grid behind every weight and every activation; the first and the last keep 8 bits. */
function quantizedModel(): tf.Sequential {
  const outputs = { bits: BITS, ranges: 'learned' } as const;
  return tf.sequential({
    layers: [
      tf.layers.inputLayer({ inputShape }),
      new FakeQuantize({ bits: 8, ranges: 'ema' }),
      new QuantConv2D({ filters: 8, kernelSize: [3, 3], padding: 1, activation: RELU, weights: { bits: 8 }, outputs }),
      new QuantMaxPooling2D({ poolSize: [2, 2], strides: 2 }),
      new QuantConv2D({
        filters: 16,
        kernelSize: [3, 3],
        padding: 1,
        activation: RELU,
        weights: { bits: BITS },
        outputs,
      }),
      new QuantGlobalAveragePooling2D({ bits: 8, ranges: 'ema' }),
      new QuantDense({ units: CLASSES, weights: { bits: 8 }, outputs: null }),
    ],
  });
}

/** Kernels and biases, layer by layer; the grids find their own start. */
function copyWeights(from: tf.Sequential, to: tf.Sequential): void {
  const weighted = from.layers.filter((layer) => layer.getWeights().length > 0);
  const quantized = to.layers.filter((layer) => layer instanceof QuantConv2D || layer instanceof QuantDense);
  quantized.forEach((layer, i) =>
    ['kernel', 'bias'].forEach((part, k) => layer.variables.get(part)?.write(weighted[i].getWeights()[k])),
  );
}

async function trained(
  model: tf.Sequential,
  data: ReturnType<typeof stripes>,
  rate: number,
  epochs: number,
): Promise<void> {
  model.compile({
    optimizer: tf.train.adam(rate),
    loss: (labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits),
  });
  await model.fit(data.images, data.labels, { epochs, batchSize: 32, shuffle: false, verbose: 0 });
}

async function accuracy(model: tf.Sequential, { images, labels }: ReturnType<typeof stripes>): Promise<number> {
  const right = tf.tidy(() => (model.predict(images) as tf.Tensor).argMax(1).equal(labels.argMax(1)).mean());
  return Number((await right.data())[0].toFixed(4));
}

await openBackend('wasm', { ...nodePlatform, cores: 1 });
const [train, test] = [stripes(512, 1), stripes(512, 2)];
const float = floatModel();
await trained(float, train, 0.01, 6);

const quantized = quantizedModel();
copyWeights(float, quantized);
// The first batch sets every grid's range.
tf.tidy(() => void quantized.apply(train.images, { training: true }));
const rounded = await accuracy(quantized, test);
await trained(quantized, train, 0.003, 4);
console.log(
  JSON.stringify({
    bits: BITS,
    images: 512,
    float32: await accuracy(float, test),
    rounded,
    trained: await accuracy(quantized, test),
  }),
);
process.exit(0);
