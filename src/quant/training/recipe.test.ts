import { describe, expect, test } from 'vitest';
import { BITS } from '../types.ts';
import { RECIPE, recipeFor } from './recipe.ts';

describe('the recipe', () => {
  const wanted = ['resnet20', 'resnet18', 'resnet50'].flatMap((model) =>
    ['cifar10-sample', 'cifar10', 'imagenette'].flatMap((dataset) => BITS.map((bits) => ({ model, dataset, bits }))),
  );

  test.each(wanted)('has a default for every knob of $model on $dataset at $bits bits', (each) => {
    const settings = recipeFor(each);
    expect(Object.keys(settings)).toEqual(Object.keys(RECIPE));
    expect(settings.trainImages).toBeGreaterThanOrEqual(settings.batchSize);
    expect(settings.peakRate).toBeGreaterThan(0);
    if (each.dataset === 'cifar10-sample')
      expect(settings.trainImages, 'the sample has 2,000').toBeLessThanOrEqual(2000);
  });

  test('the ImageNet networks take steps that were seen to work: on CIFAR-10 0.002 at batch 32, on photos 0.0005 at batch 16', () => {
    expect(recipeFor({ model: 'resnet18', dataset: 'cifar10', bits: 4 })).toMatchObject({
      peakRate: 0.002,
      batchSize: 32,
      trainImages: 3000,
    });
    expect(recipeFor({ model: 'resnet50', dataset: 'imagenette', bits: 4 })).toMatchObject({
      peakRate: 0.0005,
      batchSize: 16,
    });
  });

  test('each knob says in one sentence why', () => {
    for (const { about } of Object.values(RECIPE)) expect(about).toMatch(/^[A-Z].*\.$/);
  });

  test('what is given overrides, what is undefined does not', () => {
    const settings = recipeFor({ model: 'resnet20', dataset: 'cifar10', bits: 4 }, { epochs: 7, peakRate: undefined });
    expect(settings).toMatchObject({ epochs: 7, peakRate: 0.01 });
  });
});
