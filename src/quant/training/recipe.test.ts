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
});
