/** Training as an async generator: one step, one yield; a cut run goes on from its checkpoint as if it had not been cut. */
import * as tf from '@tensorflow/tfjs';
import { batchesPerEpoch, trainingBatches } from '../data/batches.ts';
import type { Batch } from '../data/batches.ts';
import type { ImageSet } from '../data/types.ts';
import type { NamedArray, Normalization, Weights } from '../graph/types.ts';
import { readWeights, variablesOf } from './model.ts';
import { learningRate } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import { sgd } from './sgd.ts';

export type TrainingSettings = {
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  /** Random crop with 4 pixels of padding, and horizontal flip. */
  readonly augment: boolean;
  readonly peakRate: number;
  readonly schedule: Schedule;
  readonly momentum: number;
  readonly weightDecay: number;
  /** Probability mass taken from the true class and spread evenly; 0 for none. */
  readonly labelSmoothing: number;
};

/** All that a run needs to go on: how many steps are done, the weights and the optimizer's velocities. */
export type Checkpoint = {
  readonly step: number;
  readonly settings: TrainingSettings;
  readonly weights: Weights;
  readonly velocities: Weights;
};

/** One step's own measurements, on its training batch before the update. */
export type TrainingStep = {
  /** 1 after the first step. */
  readonly step: number;
  readonly steps: number;
  /** 0 in the first epoch. */
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly rate: number;
  /** Copies the state after this step; valid until the generator is asked for the next one. */
  readonly checkpoint: () => Promise<Checkpoint>;
};

type Measured = { loss: tf.Scalar; logits: tf.Tensor2D; gradients: Map<string, tf.Tensor> };

/** Loss, logits and the gradient of each trainable variable, for one batch. The caller disposes of them. */
export function lossAndGradients(
  model: tf.LayersModel, trainable: ReadonlyMap<string, tf.LayerVariable>, batch: Pick<Batch, 'images' | 'labels' | 'shape'>,
  labelSmoothing = 0,
): Measured {
  const kept: tf.Tensor2D[] = [];
  const variables = [...trainable.values()].map((variable) => variable.read() as tf.Variable);
  const { value, grads } = tf.variableGrads(() => {
    const images = tf.tensor4d(batch.images, [...batch.shape]);
    const output = model.apply(images, { training: true }) as tf.Tensor2D;
    kept.push(tf.keep(output.clone()));
    const targets = tf.oneHot(tf.tensor1d(batch.labels, 'int32'), output.shape[1]);
    return tf.losses.softmaxCrossEntropy(targets, output, undefined, labelSmoothing) as tf.Scalar;
  }, variables);
  const gradients = new Map<string, tf.Tensor>();
  for (const [name, variable] of trainable) gradients.set(name, grads[(variable.read() as tf.Variable).name]);
  return { loss: value, logits: kept[0], gradients };
}

async function accuracyOf(logits: tf.Tensor2D, labels: Int32Array): Promise<number> {
  const best = logits.argMax(1);
  const predictions = await best.data();
  best.dispose();
  return labels.reduce((right, label, i) => right + (predictions[i] === label ? 1 : 0), 0) / labels.length;
}

const copied = (weights: Weights): Map<string, NamedArray> =>
  new Map([...weights].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]));

/**
 * Trains `model` (made from `toLayersModel` of an unfolded graph) in place.
 * @param resume a checkpoint of a run with the same settings; the model's weights must be the checkpoint's
 * @param signal stops before the next step, throwing its reason
 * @throws when the loss is no longer finite, naming the step
 */
export async function* train(
  model: tf.LayersModel, set: ImageSet, normalization: Normalization, settings: TrainingSettings,
  { resume, signal }: { resume?: Checkpoint; signal?: AbortSignal } = {},
): AsyncGenerator<TrainingStep, void> {
  const { epochs, batchSize, seed, augment, labelSmoothing } = settings;
  const perEpoch = batchesPerEpoch(set, batchSize);
  const steps = epochs * perEpoch;
  const trainable = new Map([...variablesOf(model)].filter(([, variable]) => variable.trainable));
  const optimizer = sgd(trainable, settings, resume?.velocities);
  try {
    let step = resume?.step ?? 0;
    for (let epoch = Math.floor(step / perEpoch); epoch < epochs; epoch++) {
      const firstBatch = step - epoch * perEpoch;
      for (const batch of trainingBatches(set, { batchSize, normalization, seed, epoch, augment, firstBatch })) {
        signal?.throwIfAborted();
        const rate = learningRate(settings.schedule, settings.peakRate, step, steps);
        const { loss, logits, gradients } = lossAndGradients(model, trainable, batch, labelSmoothing);
        optimizer.step(gradients, rate);
        const [lossValue] = await loss.data();
        const accuracy = await accuracyOf(logits, batch.labels);
        tf.dispose([loss, logits, ...gradients.values()]);
        step++;
        if (!Number.isFinite(lossValue)) {
          throw new Error(`Training diverged: the loss of step ${step} is ${lossValue}. Lower the learning rate (${settings.peakRate}).`);
        }
        const done = step;
        const checkpoint = async (): Promise<Checkpoint> => ({
          step: done, settings, weights: copied(await readWeights(model)), velocities: copied(await optimizer.state()),
        });
        yield { step, steps, epoch, loss: lossValue, accuracy, rate, checkpoint };
      }
    }
  } finally {
    optimizer.dispose();
  }
}
