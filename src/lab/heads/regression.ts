/** A softmax regression on features, by stochastic gradient descent: seeded, in slices, so that a cancel is heard. */
import { breathe } from '../../base/breathe.ts';
import { STREAM, permutation, randomFor } from '../../base/shuffle.ts';
import type { Control } from '../../contract/progress.ts';
import type { Features } from './features.ts';

/** kernel [features, classes], bias [classes]. */
export type Head = { readonly kernel: Float32Array; readonly bias: Float32Array };

export type RegressionSettings = {
  readonly epochs: number;
  /** Falls to zero by half a cosine. */
  readonly rate: number;
  /** Of the weights, not of the biases, in each step. */
  readonly decay: number;
  readonly batchSize: number;
};

export const REGRESSION: RegressionSettings = { epochs: 60, rate: 0.05, decay: 1e-3, batchSize: 32 };

/** Multiplications between two moments in which a cancel is heard: a few milliseconds. */
const SLICE = 4_000_000;

/**
 * As features differ in size, each is brought to mean 0 and deviation 1; the result takes them as they are.
 * @throws the signal's reason
 */
export async function softmaxRegression(
  { values, labels }: Features,
  classes: number,
  seed: number,
  { epochs, rate: peak, decay, batchSize }: RegressionSettings = REGRESSION,
  { report, signal }: Control = {},
): Promise<Head> {
  const n = labels.length;
  const width = values.length / n;
  const { mean, deviation } = momentsOf(values, width);
  const x = values.map((value, i) => (value - mean[i % width]) / deviation[i % width]);
  const w = new Float64Array(width * classes);
  const b = new Float64Array(classes);
  const random = randomFor(STREAM.shuffle, seed);
  let work = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = (peak / 2) * (1 + Math.cos((Math.PI * epoch) / epochs));
    const order = permutation(n, random);
    for (let first = 0; first < n; first += batchSize) {
      const batch = order.subarray(first, first + batchSize);
      const errors = Array.from(batch, (image) => errorsOf(x, w, b, image * width, labels[image]));
      const keep = 1 - rate * decay;
      for (let i = 0; i < w.length; i++) w[i] *= keep;
      batch.forEach((image, k) => learn(w, b, x, image * width, errors[k], rate / batch.length));
      work += 2 * batch.length * w.length;
      if (work < SLICE) continue;
      work = 0;
      await breathe();
      signal?.throwIfAborted();
    }
    report?.({ stage: 'Learning the last layer', done: epoch + 1, total: epochs, unit: 'epochs' });
  }
  const kernel = Float32Array.from(w, (value, i) => value / deviation[Math.floor(i / classes)]);
  const bias = Float32Array.from(b, (value, c) => mean.reduce((sum, m, i) => sum - m * kernel[i * classes + c], value));
  return { kernel, bias };
}

function learn(
  w: Float64Array,
  b: Float64Array,
  x: Float32Array,
  at: number,
  errors: Float64Array,
  step: number,
): void {
  const classes = b.length;
  for (let c = 0; c < classes; c++) b[c] -= step * errors[c];
  for (let i = 0, k = 0; k < w.length; i++) {
    const scaled = step * x[at + i];
    for (let c = 0; c < classes; c++) w[k++] -= scaled * errors[c];
  }
}

/** Softmax less the label, for the image whose features begin at `at`. */
function errorsOf(x: Float32Array, w: Float64Array, b: Float64Array, at: number, label: number): Float64Array {
  const classes = b.length;
  const logits = Float64Array.from(b);
  for (let i = 0, k = 0; k < w.length; i++) {
    const value = x[at + i];
    for (let c = 0; c < classes; c++) logits[c] += value * w[k++];
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
