/** Quantization-aware training as an async generator: train() with a network of quantized layers and a recipe. */
import * as tf from '@tensorflow/tfjs';
import { batchesPerEpoch, calibrationIndices } from '../../data/batches.ts';
import { subset } from '../../data/imageSet.ts';
import { batchesOf, imagesAt, type TrainingImages } from '../../data/trainingImages.ts';
import type { ImageSet } from '../../data/types.ts';
import type { Bits } from '../../quant/types.ts';
import { adam } from '../train/adam.ts';
import { STATISTICS_MOMENTUM } from '../layers/batchNorm.ts';
import { convLayers, quantizersOf, setNetworkBits, writeVariables, type QatNetwork } from './qatNetwork.ts';
import { bitsAt } from '../../quant/training/recipe.ts';
import { sgd, type Optimizer } from '../train/sgd.ts';
import { train, type Checkpoint, type Targets, type TrainingStep } from '../train/train.ts';
import type { QatSettings } from '../../quant/training/types.ts';

export type QatOptions = {
  /** Where to go on; the network's variables are set from it. */
  readonly resume?: Checkpoint;
  readonly signal?: AbortSignal;
  /** The float network (images [N, H, W, C] to logits) to learn from, where the settings ask for distillation. */
  readonly teacher?: tf.LayersModel;
  /** When the loss is read: see `TrainOptions`. */
  readonly readWhen?: (step: number) => boolean;
};

/** The training images a run uses: `trainImages` of the set, balanced by class. @throws when the set holds fewer */
export function qatTrainingSet(set: TrainingImages, { trainImages, seed }: QatSettings): TrainingImages {
  return trainImages === set.count ? set : imagesAt(set, calibrationIndices(set, trainImages, seed));
}

/**
 * Images of the training set that `qatTrainingSet` leaves out, balanced by class; null: none are wanted.
 * @throws when too few are left, or the images are photos that are streamed: those are not validated on
 */
export function qatValidationSet(
  set: TrainingImages,
  { trainImages, validationImages, seed }: QatSettings,
): ImageSet | null {
  if (validationImages === 0) return null;
  if ('batches' in set)
    throw new Error('Photos that are read batch by batch cannot be kept apart: set training.validationImages to 0.');
  const used = new Set(calibrationIndices(set, trainImages, seed));
  const rest = subset(
    set,
    Array.from({ length: set.count }, (_, i) => i).filter((i) => !used.has(i)),
  );
  return subset(rest, calibrationIndices(rest, validationImages, seed));
}

/** (1 - share) of the label and `share` of the teacher's softmax: cross-entropy to it is Hinton et al. 2015 at temperature 1. */
export function distilled(teacher: tf.LayersModel, share: number): Targets {
  return (images, labels, classes) => {
    const opinion = (teacher.predictOnBatch(images) as tf.Tensor2D).softmax();
    return tf
      .oneHot(labels, classes)
      .mul(1 - share)
      .add<tf.Tensor2D>(opinion.mul(share));
  };
}

/** Puts a checkpoint of a run of `steps` steps into the network: its variables, and the bits that its grids were made for. */
export function resumeNetwork(
  network: QatNetwork,
  { step, weights }: Checkpoint,
  settings: QatSettings,
  steps: number,
): void {
  writeVariables(network, weights);
  setNetworkBits(network, bitsOfStep(network, settings, Math.max(0, step - 1), steps), false);
}

/** The bits of the scheme at a step (0 .. steps - 1), where the settings lower them gradually. */
function bitsOfStep(
  { scheme }: QatNetwork,
  settings: QatSettings,
  step: number,
  steps: number,
): { weights: Bits; activations: Bits } {
  return {
    weights: bitsAt(settings, scheme.weightBits, step, steps),
    activations: bitsAt(settings, scheme.activationBits, step, steps),
  };
}

/**
 * Trains `network` in place; each step can be made a checkpoint, from which a run goes on as if it had not been cut
 * (bit for bit on WASM). At the end, `toQuantizedModel(network)`.
 * @param set the training images of the run: see `qatTrainingSet`
 * @throws DivergedError when the loss is no longer finite, naming the step; an Error when distillation is wanted without a teacher
 */
export async function* trainQuantized(
  network: QatNetwork,
  set: TrainingImages,
  settings: QatSettings,
  { resume, signal, teacher, readWhen }: QatOptions = {},
): AsyncGenerator<TrainingStep, void> {
  const { scheme, normalization, variables } = network;
  const { distillation, freezeStatistics, optimizer, reestimateBatches } = settings;
  if (distillation > 0 && !teacher) throw new Error('Distillation needs the float network as its teacher.');
  const total = settings.epochs * batchesPerEpoch(set, settings.batchSize);
  if (resume) resumeNetwork(network, resume, settings, total);
  let present = resume
    ? bitsOfStep(network, settings, resume.step - 1, total)
    : { weights: scheme.weightBits, activations: scheme.activationBits };

  function prepare(step: number, steps: number): void {
    const wanted = bitsOfStep(network, settings, step, steps);
    if (wanted.weights !== present.weights || wanted.activations !== present.activations)
      setNetworkBits(network, wanted);
    present = wanted;
    for (const layer of convLayers(network)) layer.frozen = step >= steps * (1 - freezeStatistics);
  }

  yield* train(network.model, set, normalization, settings, {
    resume,
    signal,
    readWhen,
    task: {
      variables,
      prepare,
      targets: teacher && distillation > 0 ? distilled(teacher, distillation) : undefined,
      optimizer: (trainable, state) =>
        holding(network, (optimizer === 'adam' ? adam : sgd)(trainable, settings, state)),
    },
  });
  if (reestimateBatches > 0) await reestimateStatistics(network, set, settings);
}

/** An optimizer after whose steps no learned grid has lost its range. */
const holding = (network: QatNetwork, optimizer: Optimizer): Optimizer => ({
  ...optimizer,
  step(gradients, rate) {
    optimizer.step(gradients, rate);
    for (const quantizer of quantizersOf(network)) quantizer.hold();
  },
});

/** Running statistics measured anew: the plain average over `reestimateBatches` batches of the quantized network. */
async function reestimateStatistics(
  network: QatNetwork,
  set: TrainingImages,
  { batchSize, seed, augment, reestimateBatches, epochs }: QatSettings,
): Promise<void> {
  const layers = convLayers(network);
  const frozen = layers.map((layer) => layer.frozen);
  let batches = 0;
  for await (const { images, shape } of batchesOf(set, {
    batchSize,
    normalization: network.normalization,
    seed,
    epoch: epochs,
    augment,
  })) {
    if (batches++ === reestimateBatches) break;
    for (const layer of layers) [layer.frozen, layer.statisticsMomentum] = [false, 1 / batches];
    tf.tidy(() => void network.model.apply(tf.tensor4d(images, [...shape]), { training: true }));
  }
  layers.forEach((layer, i) => ([layer.frozen, layer.statisticsMomentum] = [frozen[i], STATISTICS_MOMENTUM]));
}
