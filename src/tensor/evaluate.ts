/** A model over a set of images: what it predicts and how sure it is. */
import * as tf from '@tensorflow/tfjs';
import { evaluationBatches } from '../data/batches.ts';
import type { ImageSet } from '../data/types.ts';
import type { Normalization } from '../graph/types.ts';
import { breathe } from '../base/breathe.ts';

export type Predictions = {
  /** [count], the class of the largest logit, the first of equals. */
  readonly classes: Int32Array;
  /** [count], its softmax probability. */
  readonly confidences: Float32Array;
};

/** Mean of -log(softmax of the label's logit), in nats. @param logits [n, classCount] */
export function crossEntropy(logits: Float32Array, labels: ArrayLike<number>, classCount: number): number {
  let sum = 0;
  for (let i = 0; i < labels.length; i++) {
    const row = logits.subarray(i * classCount, (i + 1) * classCount);
    const top = row.reduce((most, value) => Math.max(most, value), -Infinity);
    sum += top + Math.log(row.reduce((total, value) => total + Math.exp(value - top), 0)) - row[labels[i]];
  }
  return sum / labels.length;
}

export type EvaluateOptions = {
  /** Images first .. first + count - 1; by default all. */
  readonly first?: number;
  readonly count?: number;
  readonly batchSize?: number;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
};

/** The ragged last batch is padded to the fixed shape, since a GPU backend keeps buffers for each shape it has seen. */
function padded(images: Float32Array, n: number, batchSize: number): Float32Array {
  if (n === batchSize) return images;
  const full = new Float32Array((images.length / n) * batchSize);
  full.set(images);
  return full;
}

/** @param logits [n, classCount] */
export function decide(logits: Float32Array, classCount: number): Predictions {
  const n = logits.length / classCount;
  const classes = new Int32Array(n);
  const confidences = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    const row = logits.subarray(i * classCount, (i + 1) * classCount);
    const best = row.reduce((top, value, k) => (value > row[top] ? k : top), 0);
    classes[i] = best;
    confidences[i] = 1 / row.reduce((sum, value) => sum + Math.exp(value - row[best]), 0);
  }
  return { classes, confidences };
}

/**
 * The logits of images of the set, in order: [count, classes].
 * @throws the signal's reason, between two batches
 */
export async function logitsOf(
  model: tf.LayersModel,
  set: ImageSet,
  normalization: Normalization,
  options: EvaluateOptions = {},
): Promise<Float32Array> {
  const { first = 0, count = set.count - first, batchSize = Math.min(100, count), onProgress, signal } = options;
  let all = new Float32Array(0);
  let done = 0;
  for (const { images, shape } of evaluationBatches(set, { batchSize, normalization, first, count })) {
    signal?.throwIfAborted();
    const [n, height, width, channels] = shape;
    const logits = tf.tidy(() => {
      const x = tf.tensor4d(padded(images, n, batchSize), [batchSize, height, width, channels]);
      return model.predictOnBatch(x) as tf.Tensor2D;
    });
    const values = (await logits.data()) as Float32Array;
    logits.dispose();
    const classCount = values.length / batchSize;
    if (done === 0) all = new Float32Array(count * classCount);
    all.set(values.subarray(0, n * classCount), done * classCount);
    done += n;
    onProgress?.(done, count);
    await breathe();
  }
  return all;
}

/** Runs the model over images of the set, in order. @throws the signal's reason, between two batches */
export async function predict(
  model: tf.LayersModel,
  set: ImageSet,
  normalization: Normalization,
  options: EvaluateOptions = {},
): Promise<Predictions> {
  const { first = 0, count = set.count - first } = options;
  const logits = await logitsOf(model, set, normalization, options);
  return decide(logits, logits.length / count);
}

/** The fraction of images whose prediction is their label; `labels` may be longer than the predictions. */
export function top1(predictions: ArrayLike<number>, labels: ArrayLike<number>): number {
  let right = 0;
  for (let i = 0; i < predictions.length; i++) if (predictions[i] === labels[i]) right++;
  return right / predictions.length;
}
