/** How the bundled ResNet-20 is trained; docs/training.md says what came of it. */
import type { TrainingSettings } from '../../src/quant/training/types.ts';

export const RECIPES = {
  /** 64 epochs on 45,000 images, to at least the published accuracy; goes on over several sittings. */
  long: {
    epochs: 64,
    batchSize: 128,
    seed: 1,
    augment: true,
    peakRate: 0.2,
    schedule: { kind: 'oneCycle', warmup: 0.1 },
    momentum: 0.9,
    weightDecay: 5e-4,
    labelSmoothing: 0.05,
    nesterov: true,
    averageDecay: 0.998,
    halves: true,
    heldOut: 5000,
  },
  /** Each of the two cycles that made the first bundled network. */
  cycle: {
    epochs: 8,
    batchSize: 64,
    seed: 1,
    augment: true,
    peakRate: 0.1,
    schedule: { kind: 'oneCycle', warmup: 0.25 },
    momentum: 0.9,
    weightDecay: 5e-4,
    labelSmoothing: 0,
  },
} as const satisfies Record<string, TrainingSettings>;

export type RecipeName = keyof typeof RECIPES;
