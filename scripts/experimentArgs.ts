/** The command line of the headless twin: parsed and checked before anything heavy is loaded. */
import { parseArgs } from 'node:util';
import { DATASET_NAMES, MODEL_NAMES, type DatasetName, type ModelName } from '../src/lab/catalogue.ts';
import { PRESET_NAMES, type PresetName } from '../src/lab/settings.ts';
import { BITS, type Bits } from '../src/quant/types.ts';

const METHODS = ['float32', 'ptq'] as const;
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
};

const DEFAULTS = {
  model: 'resnet20', dataset: 'cifar10-sample', method: 'ptq', bits: '8', scheme: 'modern', images: '1000',
  calibration: '512', seed: '1', backend: 'wasm',
};

function oneOf<T extends string>(argument: string, value: string, allowed: readonly T[]): T {
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
  const names = [...Object.keys(DEFAULTS), 'weights', 'export'];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  let given: Record<string, string | undefined>;
  try {
    given = parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values as typeof given;
  } catch (error) {
    const [first] = (error as Error).message.split('\n');
    throw new RangeError(`${first} Allowed arguments: ${names.map((name) => `--${name}`).join(', ')}.`, { cause: error });
  }
  const value = { ...DEFAULTS, ...given } as Record<keyof typeof DEFAULTS, string> & { weights?: string; export?: string };
  return {
    model: oneOf('model', value.model, MODEL_NAMES),
    dataset: oneOf('dataset', value.dataset, DATASET_NAMES),
    method: oneOf('method', value.method, METHODS),
    bits: value.bits.split(',').map(bitPair),
    scheme: oneOf('scheme', value.scheme, PRESET_NAMES),
    images: wholeNumber('images', value.images, 1),
    calibration: wholeNumber('calibration', value.calibration, 1),
    seed: wholeNumber('seed', value.seed, 0),
    backend: oneOf('backend', value.backend, BACKENDS),
    weights: value.weights,
    export: value.export,
  };
}
