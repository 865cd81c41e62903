/** A new last layer, for a network that does not know the images' classes: a softmax regression on what it makes of them. */
import { STREAM, permutation, randomFor } from '../../base/shuffle.ts';
import { calibrationIndices } from '../../data/batches.ts';
import type { Dataset } from '../../data/types.ts';
import type { FloatModel, LinearNode, Weights } from '../../graph/types.ts';
import type { Control } from '../../contract/progress.ts';
import { activations } from '../../tensor/activations.ts';
import { headOf } from '../../tensor/train/finetune.ts';
import { atSizeOf } from './fitModel.ts';

/** kernel [inFeatures, classes], bias [classes]. */
export type Head = { readonly kernel: Float32Array; readonly bias: Float32Array };

/** Training images that a head is learned from: each goes through the network once. */
export const HEAD_IMAGES = 1_000;

/** The network at the dataset's size, with this head for the dataset's classes; all else stays. @throws when the head is another network's */
export function withHead(model: FloatModel, data: Dataset, { kernel, bias }: Head): FloatModel {
  const { classes } = data.test;
  const sized = atSizeOf(model, data);
  const { name, inFeatures } = headOf(sized.graph);
  if (kernel.length !== inFeatures * classes.length || bias.length !== classes.length)
    throw new Error(
      `The last layer that was learned for ${data.name} does not fit ${model.graph.name}: learn it again.`,
    );
  const head: LinearNode = { ...headOf(sized.graph), outFeatures: classes.length };
  const weights: Weights = new Map([
    ...sized.weights,
    [`${name}.kernel`, { shape: [inFeatures, classes.length], data: kernel }],
    [`${name}.bias`, { shape: [classes.length], data: bias }],
  ]);
  const nodes = sized.graph.nodes.map((node) => (node.name === name ? head : node));
  return { ...sized, graph: { ...sized.graph, nodes }, weights, classes };
}

/**
 * Learns a head from at most HEAD_IMAGES training images, balanced by class; nothing else of the network changes.
 * @param model folded
 * @throws the signal's reason, between two batches; when images of that size are too small for the network
 */
export async function learnHead(
  model: FloatModel,
  data: Dataset,
  seed: number,
  { report, signal }: Control = {},
): Promise<Head> {
  const sized = atSizeOf(model, data);
  const { input, inFeatures } = headOf(sized.graph);
  const total = Math.min(HEAD_IMAGES, data.train.count);
  const indices = calibrationIndices(data.train, total, seed);
  const features = new Float32Array(total * inFeatures);
  let done = 0;
  for await (const batch of activations(sized, data.train, indices, [input])) {
    signal?.throwIfAborted();
    const values = batch.get(input) ?? new Float32Array(0);
    features.set(values, done * inFeatures);
    done += values.length / inFeatures;
    report?.({ stage: 'Looking at the training images', done, total, unit: 'images' });
  }
  const labels = Int32Array.from(indices, (index) => data.train.labels[index]);
  return softmaxRegression(features, labels, data.test.classes.length, seed);
}

/** As a head's features differ in size, each is brought to mean 0 and deviation 1; the result takes them as they are. */
const EPOCHS = 60;
const RATE = 0.05;
const DECAY = 1e-3;
const BATCH = 32;

/** @param features [n, width] */
export function softmaxRegression(features: Float32Array, labels: Int32Array, classes: number, seed: number): Head {
  const n = labels.length;
  const width = features.length / n;
  const { mean, deviation } = momentsOf(features, width);
  const x = features.map((value, i) => (value - mean[i % width]) / deviation[i % width]);
  const w = new Float64Array(width * classes);
  const b = new Float64Array(classes);
  const random = randomFor(STREAM.shuffle, seed);
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const rate = (RATE / 2) * (1 + Math.cos((Math.PI * epoch) / EPOCHS));
    const order = permutation(n, random);
    for (let first = 0; first < n; first += BATCH) {
      const batch = order.subarray(first, first + BATCH);
      const errors = Array.from(batch, (image) => errorsOf(x, w, b, image * width, labels[image]));
      for (let i = 0; i < w.length; i++) w[i] -= rate * DECAY * w[i];
      batch.forEach((image, k) => {
        const step = rate / batch.length;
        for (let c = 0; c < classes; c++) {
          const error = step * errors[k][c];
          b[c] -= error;
          for (let i = 0; i < width; i++) w[i * classes + c] -= error * x[image * width + i];
        }
      });
    }
  }
  const kernel = Float32Array.from(w, (value, i) => value / deviation[Math.floor(i / classes)]);
  const bias = Float32Array.from(b, (value, c) => mean.reduce((sum, m, i) => sum - m * kernel[i * classes + c], value));
  return { kernel, bias };
}

/** Softmax less the label, for the image whose features begin at `at`. */
function errorsOf(x: Float32Array, w: Float64Array, b: Float64Array, at: number, label: number): Float64Array {
  const classes = b.length;
  const logits = Float64Array.from(b);
  for (let i = 0; i < w.length / classes; i++) {
    for (let c = 0; c < classes; c++) logits[c] += x[at + i] * w[i * classes + c];
  }
  const top = Math.max(...logits);
  const powers = logits.map((value) => Math.exp(value - top));
  const sum = powers.reduce((a, value) => a + value);
  return powers.map((power, c) => power / sum - (c === label ? 1 : 0));
}

function momentsOf(features: Float32Array, width: number) {
  const n = features.length / width;
  const mean = new Float64Array(width);
  const deviation = new Float64Array(width);
  features.forEach((value, i) => (mean[i % width] += value / n));
  features.forEach((value, i) => (deviation[i % width] += (value - mean[i % width]) ** 2 / n));
  // A feature that never changes says nothing; its mean is exact only to the last digits.
  const told = (variance: number, i: number): number => {
    const size = Math.sqrt(variance);
    return size > 1e-6 * Math.abs(mean[i]) ? size : 1;
  };
  return { mean, deviation: deviation.map(told) };
}

/** A head as bytes, and back: the kernel, then the bias, float32. */
export function headBytes({ kernel, bias }: Head): Uint8Array<ArrayBuffer> {
  const values = new Float32Array(kernel.length + bias.length);
  values.set(kernel);
  values.set(bias, kernel.length);
  return new Uint8Array(values.buffer);
}

export function readHead(bytes: Uint8Array, classes: number): Head {
  const values = new Float32Array(bytes.slice().buffer);
  return { kernel: values.slice(0, values.length - classes), bias: values.slice(values.length - classes) };
}
