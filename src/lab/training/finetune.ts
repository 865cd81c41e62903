/** Fine-tuning as the lab runs it: a pretrained model and a dataset to a model that knows its classes, reporting and resumable. */
import { imagesAt, trainingImages, type TrainingImages } from '../../data/trainingImages.ts';
import type { Dataset } from '../../data/types.ts';
import { calibrationIndices } from '../../data/batches.ts';
import { graphCost } from '../../graph/cost.ts';
import type { FloatModel } from '../../graph/types.ts';
import { readCheckpoint, writeCheckpoint } from '../../tensor/train/checkpoint.ts';
import { finetune, withNewHead, type FinetuneSettings } from '../../tensor/train/finetune.ts';
import { gpuReadings } from '../../tensor/train/reading.ts';
import { readWeights, toLayersModel } from '../../tensor/model.ts';
import type { NamedCheckpoints } from '../resources.ts';
import type { EpochMean } from '../../quant/training/types.ts';
import type { Control } from '../../contract/progress.ts';

/** Steps between two checkpoints. */
const CHECKPOINT_EVERY = 100;

export type Finetuned = {
  /** With its batch norms. */
  readonly model: FloatModel;
  readonly parameters: number;
  readonly curve: readonly EpochMean[];
};

/** @throws naming the setting that makes no sense */
function checkSettings(
  { trainImages, batchSize, epochs, headShare, stageDecay, peakRate }: FinetuneSettings,
  train: TrainingImages,
): void {
  const rules: readonly (readonly [string, number, boolean, string])[] = [
    [
      'trainImages',
      trainImages,
      Number.isInteger(trainImages) && trainImages >= 1 && trainImages <= train.count,
      `a whole number from 1 to ${train.count}, the training images there are`,
    ],
    [
      'batchSize',
      batchSize,
      Number.isInteger(batchSize) && batchSize >= 2 && batchSize <= trainImages,
      `a whole number from 2 to ${trainImages}`,
    ],
    ['epochs', epochs, Number.isInteger(epochs) && epochs >= 1, 'a whole number of at least 1'],
    ['headShare', headShare, headShare >= 0 && headShare <= 1, 'a number from 0 to 1'],
    ['stageDecay', stageDecay, stageDecay > 0 && stageDecay <= 1, 'a number above 0, at most 1'],
    ['peakRate', peakRate, peakRate > 0 && Number.isFinite(peakRate), 'a number above 0'],
  ];
  for (const [name, value, holds, allowed] of rules) {
    if (!holds) throw new Error(`Fine-tuning: ${name} is ${value}; it must be ${allowed}.`);
  }
}

const part = (set: TrainingImages, count: number, seed: number): TrainingImages =>
  count === set.count ? set : imagesAt(set, calibrationIndices(set, count, seed));

/**
 * @param pretrained with its batch norms and any classifier
 * @throws the signal's reason, between two steps; when the checkpoint is of other settings; when the loss is no longer finite, naming the step
 */
export async function finetuned(
  pretrained: FloatModel,
  dataset: Dataset,
  settings: FinetuneSettings,
  { report, signal, checkpoints }: Control & { readonly checkpoints?: NamedCheckpoints } = {},
): Promise<Finetuned> {
  const { test } = dataset;
  const train = trainingImages(dataset);
  checkSettings(settings, train);
  if (test.height !== test.width)
    throw new Error(`Fine-tuning takes square images; those of ${dataset.name} are ${test.height} x ${test.width}.`);
  const start = withNewHead(pretrained, test.classes, test.height, settings.seed);
  const saved = await checkpoints?.load(checkpoints.name);
  const resume = saved && checkpoints ? readCheckpoint(saved, checkpoints.name, settings) : undefined;
  const network = toLayersModel(start.graph, resume?.weights ?? start.weights);
  let curve = resume?.curve ?? [];
  try {
    for await (const step of finetune(network, start, part(train, settings.trainImages, settings.seed), settings, {
      resume,
      signal,
      readWhen: gpuReadings((step) => step % CHECKPOINT_EVERY === 0),
    })) {
      const { step: done, steps: total, epoch, loss, accuracy, rate } = step;
      curve = step.curve;
      report?.({
        stage: 'Fine-tuning',
        done,
        total,
        unit: 'steps',
        training: { step: done, epoch, loss, accuracy, rate, curve },
      });
      if (checkpoints && (done % CHECKPOINT_EVERY === 0 || done === total)) {
        await checkpoints.save(checkpoints.name, writeCheckpoint(await step.checkpoint()));
      }
    }
    const weights = await readWeights(network);
    const copies = new Map([...weights].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]));
    return { model: { ...start, weights: copies }, parameters: graphCost(start.graph).parameters, curve };
  } finally {
    network.dispose();
  }
}
