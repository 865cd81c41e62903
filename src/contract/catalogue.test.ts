import { describe, expect, test } from 'vitest';
import { RECIPE, recipeFor } from '../quant/training/recipe.ts';
import { BITS, type Bits } from '../quant/types.ts';
import { BUNDLED, bundledFile, DATASET_NAMES, datasetsKnownBy, MODEL_NAMES, MODELS, recipeHints } from './catalogue.ts';

const recipeOf = (model: string, dataset: string, bits: Bits) =>
  recipeFor({ ...recipeHints({ model, dataset }), bits });

describe('the recipe of each pair in the catalogue', () => {
  const wanted = MODEL_NAMES.flatMap((model) =>
    [...DATASET_NAMES, 'pets'].flatMap((dataset) => BITS.map((bits) => ({ model, dataset, bits }))),
  );

  test.each(wanted)('has a default for every knob of $model on $dataset at $bits bits', ({ model, dataset, bits }) => {
    const settings = recipeOf(model, dataset, bits);
    expect(Object.keys(settings)).toEqual(Object.keys(RECIPE));
    expect(settings.trainImages).toBeGreaterThanOrEqual(settings.batchSize);
    expect(settings.peakRate).toBeGreaterThan(0);
    if (dataset === 'cifar10-sample') expect(settings.trainImages, 'the sample has 2,000').toBeLessThanOrEqual(2000);
  });

  test('the ImageNet networks take steps that were seen to work: on CIFAR-10 0.002 at batch 32, on photos 0.0005 at batch 16', () => {
    expect(recipeOf('resnet18', 'cifar10', 4)).toMatchObject({ peakRate: 0.002, batchSize: 32, trainImages: 3000 });
    expect(recipeOf('resnet50', 'imagenette', 4)).toMatchObject({ peakRate: 0.0005, batchSize: 16 });
  });

  test.each([
    ['resnet20', 'cifar10', 20_000, 64, 0.01, true],
    ['resnet20', 'cifar10-sample', 2_000, 64, 0.01, true],
    ['resnet20', 'imagenette', 20_000, 64, 0.01, true],
    ['resnet18', 'cifar10-sample', 2_000, 32, 0.002, false],
    ['own', 'cifar10', 3_000, 32, 0.002, false],
    ['own', 'folder:pets', 2_000, 16, 0.0005, false],
  ])(
    'of %s on %s is the one that the published rows were made with',
    (model, dataset, images, batch, rate, augment) => {
      expect(recipeOf(model, dataset, 4)).toMatchObject({
        trainImages: images,
        batchSize: batch,
        peakRate: rate,
        augment,
      });
    },
  );
});

test('what comes with the page is bundled, and goes together', () => {
  expect(MODELS[BUNDLED.model].source).toBe('bundled');
  expect(bundledFile(BUNDLED.model)).toMatch(/\.safetensors$/);
  expect(datasetsKnownBy(BUNDLED.model)[0]).toBe(BUNDLED.dataset);
});
