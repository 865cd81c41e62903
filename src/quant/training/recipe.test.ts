import { describe, expect, test } from 'vitest';
import { RECIPE, recipeFor } from './recipe.ts';

describe('the recipe', () => {
  test('each knob says in one sentence why', () => {
    for (const { about } of Object.values(RECIPE)) expect(about).toMatch(/^[A-Z].*\.$/);
  });

  test('few images are all taken', () => {
    const images = { images: 'small', trainImages: 700, bits: 4 } as const;
    expect(recipeFor({ network: 'small', ...images }).trainImages).toBe(700);
    expect(recipeFor({ network: 'large', ...images }).trainImages).toBe(700);
  });

  test('what is given overrides, what is undefined does not', () => {
    const settings = recipeFor({ network: 'small', images: 'small', bits: 4 }, { epochs: 7, peakRate: undefined });
    expect(settings).toMatchObject({ epochs: 7, peakRate: 0.01 });
  });

  test('from 6 bits up some images are kept apart, so that a run that has not helped is not taken', () => {
    const there = { network: 'small', images: 'small', trainImages: 2_000 } as const;
    expect(recipeFor({ ...there, bits: 8 })).toMatchObject({ trainImages: 1_500, validationImages: 500 });
    expect(recipeFor({ ...there, bits: 6 })).toMatchObject({ trainImages: 1_500, validationImages: 500 });
    expect(recipeFor({ ...there, bits: 5 })).toMatchObject({ trainImages: 2_000, validationImages: 0 });
    expect(recipeFor({ ...there, images: 'photos', bits: 8 }).validationImages, 'photos are streamed').toBe(0);
    expect(recipeFor({ ...there, bits: 8 }, { trainImages: 2_000 }).validationImages, 'none are left').toBe(0);
    expect(recipeFor({ ...there, bits: 8 }, { trainImages: 1_400 }).validationImages).toBe(500);
  });
});
