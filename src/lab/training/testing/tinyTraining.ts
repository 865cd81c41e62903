/** A tiny network that has learned colours, and what its trainings need, for suites that train. */
import type { FloatModel } from '../../../graph/types.ts';
import { initialWeights } from '../../../graph/init.ts';
import { readWeights, toLayersModel } from '../../../tensor/model.ts';
import { recipeFor } from '../../../quant/training/recipe.ts';
import { colours, NORMALIZATION } from '../../../tensor/testing/colours.ts';
import { startFrom } from '../../../tensor/testing/start.ts';
import { twoBlocks } from '../../../tensor/testing/twoBlocks.ts';
import { train } from '../../../tensor/train/train.ts';
import type { CheckpointStore } from '../../resources.ts';
import { qatSettings } from '../../../contract/settings.ts';
import type { Prepared } from '../run.ts';
import type { QatSettings } from '../../../quant/training/types.ts';
import type { RunSettings } from '../../../contract/run.ts';

const set = colours(80);
export const dataset = { name: 'colours', train: set, test: set };

export async function learnedColours(): Promise<FloatModel> {
  const model = toLayersModel(twoBlocks, initialWeights(twoBlocks, 2));
  const settings = recipeFor(
    { network: 'small', images: 'small', bits: 8 },
    { epochs: 8, batchSize: 10, peakRate: 0.05, augment: false },
  );
  const run = train(model, set, NORMALIZATION, settings);
  while (!(await run.next()).done);
  const weights = await readWeights(model);
  model.dispose();
  return { graph: twoBlocks, weights, normalization: NORMALIZATION, classes: set.classes };
}

export const preparedFrom = async (float: FloatModel): Promise<Prepared> => ({
  float,
  start: await startFrom(float, set, 3),
  dataset,
});

/** 60 images to train on, 20 to validate on, six steps an epoch. */
export const settingsWith = (changes: Partial<QatSettings> = {}): RunSettings =>
  qatSettings({ model: 'resnet20', dataset: 'colours', images: 10, seed: 1 }, 'modern', 3, 3, {
    epochs: 4,
    batchSize: 10,
    trainImages: 60,
    validationImages: 20,
    peakRate: 0.02,
    ...changes,
  });

export function memoryCheckpoints(
  keepsEnded = true,
): CheckpointStore & { readonly files: Map<string, Uint8Array<ArrayBuffer>> } {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    files,
    keepsEnded,
    load: async (name) => files.get(name) ?? null,
    save: async (name, bytes) => void files.set(name, bytes),
    remove: async (name) => void files.delete(name),
  };
}
