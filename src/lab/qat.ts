/** Quantization-aware training as the lab runs it: from a float model and its PTQ to a QuantizedModel, reporting and resumable. */
import { trainingImages, type TrainingImages } from '../data/trainingImages.ts';
import type { Dataset } from '../data/types.ts';
import { foldBatchNorm } from '../graph/fold.ts';
import type { FloatModel } from '../graph/types.ts';
import type { QuantizedModel } from '../quant/types.ts';
import { readCheckpoint, writeCheckpoint } from '../tensor/checkpoint.ts';
import { qatTrainingSet, trainQuantized } from '../tensor/qat.ts';
import { toQuantizedModel } from '../tensor/qatModel.ts';
import { toQatNetwork } from '../tensor/qatNetwork.ts';
import type { QatSettings } from '../tensor/recipe.ts';
import { toLayersModel } from '../tensor/model.ts';
import type { Control } from './engine.ts';
import type { CheckpointStore } from './resources.ts';

export type QatRun = Control & {
  /** Where the run's checkpoints are kept, and under which name; without it a run that is cut starts again. */
  readonly checkpoints?: CheckpointStore & { readonly name: string };
};

/** Steps between two checkpoints: about a minute of a ResNet-20. */
const CHECKPOINT_EVERY = 100;

/** @throws naming the setting that makes no sense */
function checkSettings({ trainImages, batchSize, epochs, peakRate }: QatSettings, train: TrainingImages): void {
  const refuse = (name: string, value: number, allowed: string): never => {
    throw new Error(`training.${name} is ${value}; it must be ${allowed}.`);
  };
  if (!Number.isInteger(trainImages) || trainImages < 1 || trainImages > train.count) {
    refuse('trainImages', trainImages, `a whole number from 1 to ${train.count}, the training images there are`);
  }
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > trainImages) refuse('batchSize', batchSize, `a whole number from 1 to ${trainImages}`);
  if (!Number.isInteger(epochs) || epochs < 1) refuse('epochs', epochs, 'a whole number of at least 1');
  if (!(peakRate > 0 && Number.isFinite(peakRate))) refuse('peakRate', peakRate, 'a number above 0');
}

/**
 * @param float with its batch norms
 * @param start its PTQ: where every grid begins
 * @throws the signal's reason, between two steps; when the checkpoint is of other settings; when the loss is no longer finite, naming the step
 */
export async function trainToQuantized(
  float: FloatModel, start: QuantizedModel, dataset: Dataset, settings: QatSettings, { report, signal, checkpoints }: QatRun = {},
): Promise<QuantizedModel> {
  const train = trainingImages(dataset);
  checkSettings(settings, train);
  const network = toQatNetwork(float, start, settings);
  const folded = foldBatchNorm(float.graph, float.weights);
  const teacher = settings.distillation > 0 ? toLayersModel(folded.graph, folded.weights) : undefined;
  try {
    const set = qatTrainingSet(train, settings);
    const saved = await checkpoints?.load(checkpoints.name);
    const resume = saved && checkpoints ? readCheckpoint(saved, checkpoints.name, settings) : undefined;
    for await (const step of trainQuantized(network, set, settings, { resume, signal, teacher })) {
      const { step: done, steps: total, epoch, loss, accuracy, rate, curve } = step;
      report?.({ stage: 'Training', done, total, unit: 'steps', training: { step: done, epoch, loss, accuracy, rate, curve } });
      // Not at the end: what goes on from a checkpoint has a step left to report.
      if (checkpoints && done % CHECKPOINT_EVERY === 0 && done < total) await checkpoints.save(checkpoints.name, writeCheckpoint(await step.checkpoint()));
    }
    const made = await toQuantizedModel(network);
    await checkpoints?.remove(checkpoints.name);
    return made;
  } finally {
    network.model.dispose();
    teacher?.dispose();
  }
}
