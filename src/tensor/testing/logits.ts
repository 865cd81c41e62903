/** A network's logits over the first images of a set, by the network as a whole. */
import * as tf from '@tensorflow/tfjs';
import { evaluationBatches } from '../../data/batches.ts';
import type { ImageSet } from '../../data/types.ts';
import type { Normalization } from '../../graph/types.ts';
import { decide, top1 } from '../evaluate.ts';

/** @returns logits [count, classes] and the fraction classified right. @throws the signal's reason, between batches */
export async function predictLogits(
  model: tf.LayersModel,
  set: ImageSet,
  normalization: Normalization,
  count: number,
  signal?: AbortSignal,
): Promise<{ readonly logits: Float32Array; readonly top1: number }> {
  const parts: Float32Array[] = [];
  for (const { images, shape } of evaluationBatches(set, { batchSize: Math.min(64, count), normalization, count })) {
    signal?.throwIfAborted();
    const output = tf.tidy(() => model.predictOnBatch(tf.tensor4d(images, [...shape])) as tf.Tensor);
    parts.push((await output.data()) as Float32Array);
    output.dispose();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  const logits = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (logits.set(part, at), at + part.length), 0);
  return { logits, top1: top1(decide(logits, logits.length / count).classes, set.labels) };
}
