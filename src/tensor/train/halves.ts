/**
 * A batch computed as two halves at the same time, here and by a helper on another thread. Each half has its own batch
 * statistics, as on two GPUs; the running ones are of the first half. On two cores this is faster than two threads
 * inside each convolution, which have to wait for each other and for what has no threads.
 */
import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../../data/types.ts';
import { lookUp } from '../../base/lookUp.ts';
import type { NamedArray, Weights } from '../../graph/types.ts';
import { variablesOf } from '../model.ts';
import { lossAndGradients, valuesOf, type Measure } from './train.ts';

type Half = Pick<Batch, 'images' | 'labels' | 'shape'>;

/** All that the second half's result depends on, so that it does not matter who computes it. */
export type HalfTask = { readonly weights: Weights; readonly half: Half; readonly labelSmoothing: number };

export type HalfResult = { readonly loss: number; readonly logits: Float32Array; readonly gradients: Weights };

export type Helper = (task: HalfTask) => Promise<HalfResult>;

/** @throws RangeError when the batch has an odd number of images */
export function halvesOf({ images, labels, shape: [n, height, width, channels] }: Half): readonly [Half, Half] {
  if (n % 2 !== 0) throw new RangeError(`A batch of ${n} has no two equal halves: choose an even batch size.`);
  const [count, floats] = [n / 2, images.length / 2];
  const half = (place: number): Half => ({
    images: images.slice(place * floats, (place + 1) * floats),
    labels: labels.slice(place * count, (place + 1) * count),
    shape: [count, height, width, channels],
  });
  return [half(0), half(1)];
}

/** What a helper does with a task, its model holding the task's weights. */
export async function computeHalf(model: tf.LayersModel, { half, labelSmoothing }: HalfTask): Promise<HalfResult> {
  const trainable = new Map([...variablesOf(model)].filter(([, variable]) => variable.trainable));
  const { loss, logits, gradients } = lossAndGradients(model, trainable, half, labelSmoothing);
  const arrays = new Map<string, NamedArray>();
  for (const [name, gradient] of gradients) {
    arrays.set(name, { shape: gradient.shape, data: (await gradient.data()) as Float32Array });
  }
  const result = { loss: (await loss.data())[0], logits: (await logits.data()) as Float32Array, gradients: arrays };
  tf.dispose([loss, logits, ...gradients.values()]);
  return result;
}

/** To be a training task's `measure`: the mean over both halves. */
export function inHalves(model: tf.LayersModel, labelSmoothing: number, help: Helper): Measure {
  return async (batch, trainable) => {
    const [first, second] = halvesOf(batch);
    const pending = help({ weights: await valuesOf(variablesOf(model)), half: second, labelSmoothing });
    // Awaited only after this thread's own half; a failure before that must not count as unhandled.
    pending.catch(() => undefined);
    const own = lossAndGradients(model, trainable, first, labelSmoothing);
    const other = await pending;
    const loss = tf.tidy(() => own.loss.add(other.loss).div<tf.Scalar>(2));
    const logits = tf.tidy(() => tf.concat2d([own.logits, tf.tensor2d(other.logits, own.logits.shape)], 0));
    const gradients = new Map<string, tf.Tensor>();
    for (const [name, gradient] of own.gradients) {
      const { data } = lookUp(other.gradients, name, 'gradient');
      gradients.set(
        name,
        tf.tidy(() => gradient.add(tf.tensor(data, gradient.shape)).div(2)),
      );
    }
    tf.dispose([own.loss, own.logits, ...own.gradients.values()]);
    return { loss, logits, gradients };
  };
}
