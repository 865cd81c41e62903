/** The command line of the headless twin: parsed and checked before anything heavy is loaded. */
import { parseArgs } from 'node:util';
import { DATASET_NAMES, MODEL_NAMES, type DatasetName, type ModelName } from '../src/lab/catalogue.ts';
import { PRESET_NAMES, type PresetName } from '../src/lab/settings.ts';
import { schemeFor } from '../src/quant/schemes.ts';
import { BITS, type Bits } from '../src/quant/types.ts';
import { changedScheme, SCHEME_ARGS, type Given } from './schemeArgs.ts';
import type { QatSettings } from '../src/tensor/recipe.ts';

const METHODS = ['float32', 'ptq', 'qat', 'sensitivity'] as const;
const BACKENDS = ['wasm', 'cpu'] as const;

/** Bits of weights and of activations. */
export type BitPair = { readonly weights: Bits; readonly activations: Bits };

export type ExperimentArgs = {
  readonly model: ModelName;
  readonly dataset: DatasetName;
  readonly method: (typeof METHODS)[number];
  readonly bits: readonly BitPair[];
  readonly scheme: PresetName;
  readonly images: number;
  readonly calibration: number;
  readonly seed: number;
  readonly backend: (typeof BACKENDS)[number];
  readonly weights?: string;
  readonly export?: string;
  /** A folder for checkpoints, from which a training that was cut goes on. */
  readonly checkpoints?: string;
  /** Arguments that change the preset's scheme: see schemeArgs.ts. */
  readonly schemeChanges: Given;
  /** Bits a weight on average, spread over the layers by their sensitivities. */
  readonly mixed?: number;
  /** What is given of the recipe of src/tensor/recipe.ts; it has a default for the rest. */
  readonly training: Partial<QatSettings>;
};

const DEFAULTS = {
  model: 'resnet20', dataset: 'cifar10-sample', method: 'ptq', bits: '8', scheme: 'modern', images: '1000',
  calibration: '512', seed: '1', backend: 'wasm',
};

/** Arguments of method qat: what each sets in the recipe. The recipe has the defaults. */
const TRAINING: Readonly<Record<string, (argument: string, value: string) => Partial<QatSettings>>> = {
  epochs: (argument, value) => ({ epochs: wholeNumber(argument, value, 1) }),
  'train-images': (argument, value) => ({ trainImages: wholeNumber(argument, value, 1) }),
  'batch-size': (argument, value) => ({ batchSize: wholeNumber(argument, value, 1) }),
  lr: (argument, value) => ({ peakRate: numberIn(argument, value, 1e-7, 10) }),
  optimizer: (argument, value) => ({ optimizer: oneOf(argument, value, ['sgd', 'adam']) }),
  'weight-decay': (argument, value) => ({ weightDecay: numberIn(argument, value, 0, 1) }),
  'weight-ranges': (argument, value) => ({ weightRanges: oneOf(argument, value, ['learned', 'minmax']) }),
  'activation-ranges': (argument, value) => ({ activationRanges: oneOf(argument, value, ['learned', 'ema', 'fixed']) }),
  'freeze-statistics': (argument, value) => ({ freezeStatistics: numberIn(argument, value, 0, 1) }),
  'reestimate-batches': (argument, value) => ({ reestimateBatches: wholeNumber(argument, value, 0) }),
  distillation: (argument, value) => ({ distillation: numberIn(argument, value, 0, 1) }),
  'lower-bits': (argument, value) => ({ lowerBits: value === '' ? [] : value.split(',').map((bits) => knownBits(argument, bits)) }),
};

function knownBits(argument: string, value: string): Bits {
  const found = BITS.find((bits) => String(bits) === value);
  if (found === undefined) throw new RangeError(`--${argument} has "${value}"; allowed: ${BITS.join(', ')}, with commas between.`);
  return found;
}

function numberIn(argument: string, value: string, least: number, most: number): number {
  const number = value.trim() === '' ? NaN : Number(value);
  if (!(number >= least && number <= most)) {
    throw new RangeError(`--${argument} is "${value}"; allowed: a number from ${least} to ${most}.`);
  }
  return number;
}

function oneOf<const T extends string>(argument: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((name) => name === value);
  if (found === undefined) throw new RangeError(`--${argument} is "${value}"; allowed: ${allowed.join(', ')}.`);
  return found;
}

function wholeNumber(argument: string, value: string, least: number): number {
  if (!/^\d{1,9}$/.test(value) || Number(value) < least) {
    throw new RangeError(`--${argument} is "${value}"; allowed: a whole number of at least ${least}.`);
  }
  return Number(value);
}

/** "8" or "w4a8". */
function bitPair(text: string): BitPair {
  const [, weights, activations] = /^w(\d)a(\d)$/.exec(text) ?? [null, text, text];
  const known = (value: string): Bits | undefined => BITS.find((bits) => String(bits) === value);
  const pair = { weights: known(weights), activations: known(activations) };
  if (!pair.weights || !pair.activations) {
    throw new RangeError(`--bits has "${text}"; allowed: ${BITS.join(', ')}, or w4a8 for 4-bit weights and 8-bit activations, with commas between.`);
  }
  return { weights: pair.weights, activations: pair.activations };
}

/** @throws RangeError, one line that names the argument and the allowed values */
export function parseExperimentArgs(argv: readonly string[]): ExperimentArgs {
  const names = [...Object.keys(DEFAULTS), 'weights', 'export', 'checkpoints', 'mixed', ...SCHEME_ARGS, ...Object.keys(TRAINING)];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  let given: Record<string, string | undefined>;
  try {
    given = parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values as typeof given;
  } catch (error) {
    const [first] = (error as Error).message.split('\n');
    throw new RangeError(`${first} Allowed arguments: ${names.map((name) => `--${name}`).join(', ')}.`, { cause: error });
  }
  const value = { ...DEFAULTS, ...given } as Record<keyof typeof DEFAULTS, string> & { weights?: string; export?: string; checkpoints?: string };
  const training = Object.entries(TRAINING).flatMap(([name, parse]) => (given[name] === undefined ? [] : [parse(name, given[name])]));
  if (training.length > 0 && value.method !== 'qat') {
    throw new RangeError(`--${Object.keys(TRAINING).find((name) => given[name] !== undefined)} is for --method qat; the method is "${value.method}".`);
  }
  const schemeChanges = Object.fromEntries(SCHEME_ARGS.map((name) => [name, given[name]]));
  const bits = value.bits.split(',').map(bitPair);
  // Refused here, before anything heavy is loaded.
  for (const pair of bits) changedScheme(schemeFor(oneOf('scheme', value.scheme, PRESET_NAMES), pair.weights, pair.activations), schemeChanges);
  if (given.repair !== undefined && value.method !== 'ptq') throw new RangeError(`--repair is for --method ptq; the method is "${value.method}".`);
  if (given.mixed !== undefined && value.method !== 'ptq') throw new RangeError(`--mixed is for --method ptq; the method is "${value.method}".`);
  return {
    model: oneOf('model', value.model, MODEL_NAMES),
    dataset: oneOf('dataset', value.dataset, DATASET_NAMES),
    method: oneOf('method', value.method, METHODS),
    bits,
    scheme: oneOf('scheme', value.scheme, PRESET_NAMES),
    images: wholeNumber('images', value.images, 1),
    calibration: wholeNumber('calibration', value.calibration, 1),
    seed: wholeNumber('seed', value.seed, 0),
    backend: oneOf('backend', value.backend, BACKENDS),
    weights: value.weights,
    export: value.export,
    checkpoints: value.checkpoints,
    schemeChanges,
    mixed: given.mixed === undefined ? undefined : numberIn('mixed', given.mixed, 2, 8),
    training: Object.assign({}, ...training) as Partial<QatSettings>,
  };
}
