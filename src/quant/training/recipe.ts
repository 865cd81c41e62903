/** The recipe of quantization-aware training: every knob, its default for each model and bitwidth, and one sentence why. */
import type { Bits } from '../types.ts';
import type { QatSettings } from './types.ts';

/** What decides the defaults besides the bits. Whoever knows the network and the dataset says it (src/contract/catalogue.ts). */
export type RecipeHints = {
  /** Large: ten and more times the size of a network for CIFAR-10. */
  readonly network: 'small' | 'large';
  /** Photos: twenty times the pixels of CIFAR-10's images. */
  readonly images: 'small' | 'photos';
  /** Training images that there are, where that is fewer than the recipe would take. */
  readonly trainImages?: number;
};

/** `bits`: of the layers in the model's middle. */
export type RecipeFor = RecipeHints & { readonly bits: Bits };

type Knob<T> = { readonly value: (wanted: RecipeFor) => T; readonly about: string };

/** Smaller batches and steps fit a large network into a laptop's memory and time. */
const isLarge = ({ network }: RecipeHints): boolean => network === 'large';

/** A large network is pretrained on photos: it knows them nearly as they are. */
const ofPhotos = (wanted: RecipeHints): boolean => isLarge(wanted) && wanted.images === 'photos';

/** Training images kept apart where that decides whether the run has helped at all. */
const APART = 500;

/** At so many bits a run can only lose what rounding left: it is asked, where the images stay in memory and there are enough. */
const apartFor = ({ bits, images, trainImages = Infinity }: RecipeFor): number =>
  bits >= 6 && images === 'small' && trainImages >= 4 * APART ? APART : 0;

/** The table. The first layer, the last one and what they read stay at 8 bits by the scheme, not by a knob here. */
export const RECIPE: { readonly [K in keyof QatSettings]: Knob<QatSettings[K]> } = {
  epochs: { value: () => 2, about: 'How often each training image is seen; a trained network needs few.' },
  trainImages: {
    value: (wanted) =>
      Math.min(
        (wanted.trainImages ?? Infinity) - apartFor(wanted),
        ofPhotos(wanted) ? 2_000 : isLarge(wanted) ? 3_000 : 20_000,
      ),
    about: 'Training images used, balanced by class; more is slower and better.',
  },
  validationImages: {
    value: apartFor,
    about:
      'Training images kept apart, on which the best epoch is chosen, or what was rounded without training; 0 takes the last weights, which the cosine has settled: right from 5 bits down, where training always helps.',
  },
  batchSize: {
    value: (wanted) => (ofPhotos(wanted) ? 16 : isLarge(wanted) || wanted.bits === 2 ? 32 : 64),
    about: 'Images in one step; fewer need less memory and give more, noisier steps: at 2 bits there is much to learn.',
  },
  seed: { value: () => 1, about: 'Decides every random choice: the same seed gives the same run on WASM.' },
  augment: {
    value: (wanted) => !isLarge(wanted),
    about: 'Random crops and flips, as the bundled float network was trained with.',
  },
  optimizer: { value: () => 'sgd', about: 'SGD with momentum, as the published 4-bit results use, or Adam.' },
  peakRate: {
    value: (wanted) =>
      ofPhotos(wanted)
        ? 0.0005
        : isLarge(wanted)
          ? 0.002
          : { 8: 0.002, 7: 0.002, 6: 0.002, 5: 0.01, 4: 0.01, 3: 0.02, 2: 0.03 }[wanted.bits],
    about:
      'The first learning rate; fewer bits leave more to repair and bear a larger one, a pretrained network on photos a smaller one: 0.004 ruined ResNet-18 at 4 bits.',
  },
  schedule: {
    value: () => ({ kind: 'cosine' }),
    about: 'Half a cosine down to 0: the last steps settle weights that swing between two codes.',
  },
  momentum: { value: () => 0.9, about: 'How much of the last step is kept in the next.' },
  weightDecay: {
    value: ({ bits }) => (bits <= 3 ? 2.5e-5 : 1e-4),
    about: 'Pulls kernels to zero; rounding regularizes by itself, so less than in float training.',
  },
  labelSmoothing: {
    value: () => 0,
    about: 'Probability taken from the true class and spread evenly; distillation does it better.',
  },
  weightRanges: {
    value: () => 'learned',
    about: 'Steps of the weights: learned (LSQ), or over the weights of the moment (min/max).',
  },
  activationRanges: {
    value: () => 'learned',
    about: 'Steps of the activations: learned (LSQ), a moving average of min and max, or as calibrated.',
  },
  freezeStatistics: {
    value: ({ bits }) => (bits === 2 ? 0.15 : 1 / 3),
    about: 'For this last part of the steps batch norm uses its running statistics, as the integers will.',
  },
  reestimateBatches: {
    value: () => 0,
    about: 'Batches on which the running statistics are measured anew at the end; 0 trusts training.',
  },
  distillation: {
    value: ({ bits }) => (bits >= 6 ? 1 : 0.5),
    about:
      "Share of the target taken from the float network's answer instead of the label; where rounding takes little, all: there is nothing to win but what it took.",
  },
  lowerBits: {
    value: () => [],
    about: 'Bitwidths passed through in the first half of the run before the wanted one, for example 6, 4.',
  },
};

/** The defaults, overridden by `changes`; where those leave too few images to keep apart, none are. */
export function recipeFor(wanted: RecipeFor, changes: Partial<QatSettings> = {}): QatSettings {
  const defaults = Object.fromEntries(Object.entries(RECIPE).map(([knob, { value }]) => [knob, value(wanted)]));
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  const settings = { ...defaults, ...Object.fromEntries(given) } as QatSettings;
  const left = (wanted.trainImages ?? Infinity) - settings.trainImages;
  const tooFew = changes.validationImages === undefined && left < settings.validationImages;
  return tooFew ? { ...settings, validationImages: 0 } : settings;
}

/** Bits at a step (0 .. steps - 1): `lowerBits` share the first half of the run, the wanted bits have the rest. */
export function bitsAt({ lowerBits }: Pick<QatSettings, 'lowerBits'>, wanted: Bits, step: number, steps: number): Bits {
  const stage = Math.floor((step / steps) * 2 * lowerBits.length);
  return lowerBits[stage] ?? wanted;
}
