/** Training as an async generator: one step, one yield; a cut run goes on from its checkpoint as if it had not been cut. */
import * as tf from '@tensorflow/tfjs';
import { batchesPerEpoch } from '../../data/batches.ts';
import type { Batch } from '../../data/types.ts';
import { batchesOf, type TrainingImages } from '../../data/trainingImages.ts';
import type { NamedArray, Normalization, Weights } from '../../graph/types.ts';
import { variablesOf } from '../model.ts';
import { learningRate } from '../../quant/training/schedule.ts';
import { stepSums, type Means } from './reading.ts';
import { sgd, type Optimizer } from './sgd.ts';
import { weightAverage } from './weightAverage.ts';
import type { TrainingSettings, EpochMean } from '../../quant/training/types.ts';

/** All that a run needs to go on: how many steps are done, the weights and the optimizer's velocities. */
export type Checkpoint = {
  readonly step: number;
  readonly settings: TrainingSettings;
  readonly weights: Weights;
  readonly velocities: Weights;
  /** The averaged weights and running statistics, where the settings ask for them. */
  readonly average?: Weights;
  /** One for each epoch begun; absent in files of before there was one. */
  readonly curve?: readonly EpochMean[];
  /** What whoever keeps it adds: curves, the best weights so far. Training itself does not read it. */
  readonly extras?: Weights;
};

/** One step's own measurements, on its training batch before the update; or means, see `readWhen`. */
export type TrainingStep = {
  /** 1 after the first step. */
  readonly step: number;
  readonly steps: number;
  /** 0 in the first epoch. */
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly rate: number;
  /** One for each epoch begun, the present one up to this step; means over the steps that were read. */
  readonly curve: readonly EpochMean[];
  /** Copies the state after this step; valid until the generator is asked for the next one. */
  readonly checkpoint: () => Promise<Checkpoint>;
};

/** What a batch says; whoever receives it disposes of it. */
export type Measured = { loss: tf.Scalar; logits: tf.Tensor2D; gradients: Map<string, tf.Tensor> };

/** What {@link lossAndGradients} does, done otherwise: on two threads, for one. */
export type Measure = (batch: Batch, trainable: ReadonlyMap<string, tf.LayerVariable>) => Promise<Measured>;

/** The probabilities [N, classes] that a batch should be given; tidied by the caller. */
export type Targets = (images: tf.Tensor4D, labels: tf.Tensor1D, classes: number) => tf.Tensor2D;

const hard: Targets = (_images, labels, classes) => tf.oneHot(labels, classes) as tf.Tensor2D;

/** Logits of a batch in a training forward, which may move running statistics and ranges, and their cross-entropy in nats. */
function trainingForward(
  model: tf.LayersModel,
  images: tf.Tensor4D,
  targets: tf.Tensor2D,
  labelSmoothing = 0,
): Pick<Measured, 'loss' | 'logits'> {
  const logits = model.apply(images, { training: true }) as tf.Tensor2D;
  return { logits, loss: tf.losses.softmaxCrossEntropy(targets, logits, undefined, labelSmoothing) as tf.Scalar };
}

const classesOf = (model: tf.LayersModel): number => model.outputs[0].shape[1] as number;

/**
 * Loss, logits and the gradient of each trainable variable that the loss depends on, for one batch. The caller
 * disposes of them.
 */
export function lossAndGradients(
  model: tf.LayersModel,
  trainable: ReadonlyMap<string, tf.LayerVariable>,
  batch: Pick<Batch, 'images' | 'labels' | 'shape'>,
  labelSmoothing = 0,
  targetsOf: Targets = hard,
): Measured {
  const kept: tf.Tensor2D[] = [];
  const variables = [...trainable.values()].map((variable) => variable.read() as tf.Variable);
  const images = tf.tensor4d(batch.images, [...batch.shape]);
  const targets = tf.tidy(() => targetsOf(images, tf.tensor1d(batch.labels, 'int32'), classesOf(model)));
  const { value, grads } = tf.variableGrads(() => {
    const { loss, logits } = trainingForward(model, images, targets, labelSmoothing);
    kept.push(tf.keep(logits.clone()));
    return loss;
  }, variables);
  tf.dispose([images, targets]);
  const gradients = new Map<string, tf.Tensor>();
  for (const [name, variable] of trainable) {
    const gradient = grads[(variable.read() as tf.Variable).name];
    if (gradient) gradients.set(name, gradient);
  }
  return { loss: value, logits: kept[0], gradients };
}

/** The loss alone, against the labels. */
export async function trainingLoss(
  model: tf.LayersModel,
  batch: Pick<Batch, 'images' | 'labels' | 'shape'>,
): Promise<number> {
  const loss = tf.tidy(() => {
    const images = tf.tensor4d(batch.images, [...batch.shape]);
    return trainingForward(model, images, hard(images, tf.tensor1d(batch.labels, 'int32'), classesOf(model))).loss;
  });
  const [value] = await loss.data();
  loss.dispose();
  return value;
}

async function accuracyOf(logits: tf.Tensor2D, labels: Int32Array): Promise<number> {
  const best = logits.argMax(1);
  const predictions = await best.data();
  best.dispose();
  return labels.reduce((right, label, i) => right + (predictions[i] === label ? 1 : 0), 0) / labels.length;
}

const copied = (weights: Weights): Map<string, NamedArray> =>
  new Map([...weights].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]));

/** The loss or a weight is no longer finite: a smaller learning rate is called for. */
export class DivergedError extends Error {}

/** What a kind of training changes about the loop; by default it trains all of a float model on its labels. */
export type TrainingTask = {
  /** All that makes up the state, by name; those that are trainable are trained. */
  readonly variables?: ReadonlyMap<string, tf.LayerVariable>;
  readonly targets?: Targets;
  /** Instead of `targets`: who computes loss and gradients. */
  readonly measure?: Measure;
  /** @param state what an optimizer of the same kind gave, to go on from */
  readonly optimizer?: (trainable: ReadonlyMap<string, tf.LayerVariable>, state?: Weights) => Optimizer;
  /** Whether a trainable variable learns in this step; those that do not cost no gradient. All do by default. */
  readonly learns?: (name: string, step: number, steps: number) => boolean;
  /** Called before each step (0 .. steps - 1); must depend on these numbers only, so that a resumed run is the same. */
  readonly prepare?: (step: number, steps: number) => void;
};

/** The curve with one more reading in its epoch's means. */
function extended(
  curve: readonly EpochMean[],
  epoch: number,
  { loss, accuracy, steps: more }: Means,
): readonly EpochMean[] {
  const last = curve[curve.length - 1] as EpochMean | undefined;
  if (last?.epoch !== epoch) return [...curve, { epoch, steps: more, loss, accuracy }];
  const steps = last.steps + more;
  const mean = (before: number, value: number): number => before + ((value - before) * more) / steps;
  return [
    ...curve.slice(0, -1),
    { epoch, steps, loss: mean(last.loss, loss), accuracy: mean(last.accuracy, accuracy) },
  ];
}

export type TrainOptions = {
  readonly resume?: Checkpoint;
  /**
   * Loss and accuracy are read, and a step yielded, only every so many steps and at the end of an epoch: 1 by default. On a GPU
   * each reading waits until the step is done, and meanwhile the next one is not prepared.
   */
  readonly readEvery?: number;
  /**
   * Instead of `readEvery`: whether there is a reading after this step (from 1); one after each epoch there always is. Loss and
   * accuracy are then means over all steps since the last reading.
   */
  readonly readWhen?: (step: number) => boolean;
  readonly signal?: AbortSignal;
  readonly task?: TrainingTask;
};

/** Copies of variables' values. */
export async function valuesOf(variables: ReadonlyMap<string, tf.LayerVariable>): Promise<Weights> {
  const entries = [...variables].map(async ([name, variable]) => {
    const tensor = variable.read();
    return [name, { shape: tensor.shape, data: (await tensor.data()) as Float32Array }] as const;
  });
  return new Map(await Promise.all(entries));
}

/**
 * Trains `model` (made from `toLayersModel` of an unfolded graph) in place.
 * @param resume a checkpoint of a run with the same settings; the model's weights must be the checkpoint's
 * @param signal stops before the next step, throwing its reason
 * @throws DivergedError when the loss is no longer finite, naming the step
 */
export async function* train(
  model: tf.LayersModel,
  set: TrainingImages,
  normalization: Normalization,
  settings: TrainingSettings,
  { resume, signal, task = {}, readEvery = 1, readWhen }: TrainOptions = {},
): AsyncGenerator<TrainingStep, void> {
  const { epochs, batchSize, seed, augment, labelSmoothing } = settings;
  const perEpoch = batchesPerEpoch(set, batchSize);
  const steps = epochs * perEpoch;
  const variables = task.variables ?? variablesOf(model);
  const trainable = new Map([...variables].filter(([, variable]) => variable.trainable));
  const { learns } = task;
  const learning = (step: number): ReadonlyMap<string, tf.LayerVariable> =>
    learns ? new Map([...trainable].filter(([name]) => learns(name, step, steps))) : trainable;
  const optimizer = task.optimizer?.(trainable, resume?.velocities) ?? sgd(trainable, settings, resume?.velocities);
  const { averageDecay } = settings;
  const average = averageDecay === undefined ? undefined : weightAverage(variables, averageDecay, resume?.average);
  const measure: Measure =
    task.measure ?? (async (batch, learners) => lossAndGradients(model, learners, batch, labelSmoothing, task.targets));
  const sums = readWhen && stepSums();
  const isRead = (step: number): boolean =>
    step % perEpoch === 0 || (readWhen ? readWhen(step) : step % readEvery === 0);
  try {
    let step = resume?.step ?? 0;
    let curve = resume?.curve ?? [];
    for (let epoch = Math.floor(step / perEpoch); epoch < epochs; epoch++) {
      const firstBatch = step - epoch * perEpoch;
      for await (const batch of batchesOf(set, { batchSize, normalization, seed, epoch, augment, firstBatch })) {
        signal?.throwIfAborted();
        task.prepare?.(step, steps);
        const rate = learningRate(settings.schedule, settings.peakRate, step, steps);
        const { loss, logits, gradients } = await measure(batch, learning(step));
        optimizer.step(gradients, rate);
        average?.update(step);
        step++;
        sums?.add(loss, logits, batch.labels);
        if (!isRead(step)) {
          tf.dispose([loss, logits, ...gradients.values()]);
          continue;
        }
        const means = sums
          ? await sums.read()
          : { loss: (await loss.data())[0], accuracy: await accuracyOf(logits, batch.labels), steps: 1 };
        const { loss: lossValue, accuracy } = means;
        tf.dispose([loss, logits, ...gradients.values()]);
        if (!Number.isFinite(lossValue)) {
          throw new DivergedError(
            `Training diverged: the loss of step ${step} is ${lossValue}. Lower the learning rate (${settings.peakRate}).`,
          );
        }
        curve = extended(curve, epoch, means);
        const [done, soFar] = [step, curve];
        const checkpoint = async (): Promise<Checkpoint> => ({
          step: done,
          settings,
          weights: copied(await valuesOf(variables)),
          velocities: copied(await optimizer.state()),
          average: average && copied(await average.state()),
          curve: soFar,
        });
        yield { step, steps, epoch, loss: lossValue, accuracy, rate, curve, checkpoint };
      }
    }
  } finally {
    optimizer.dispose();
    average?.dispose();
    sums?.dispose();
  }
}
