/** The command line of the headless twin: parsed and checked before anything heavy is loaded. */
import { DATASET_NAMES, MODEL_NAMES, type ModelName } from '../../src/contract/catalogue.ts';
import { NORMALIZATION_NAMES, type NormalizationName } from '../../src/contract/calls/data.ts';
import { PRESET_NAMES, type PresetName } from '../../src/contract/settings.ts';
import { schemeFor } from '../../src/quant/schemes.ts';
import { BITS, type Bits } from '../../src/quant/types.ts';
import { changedScheme, SCHEME_CHANGES, type Given } from '../../src/contract/schemeChanges.ts';
import type { FinetuneSettings } from '../../src/tensor/train/finetune.ts';
import { namedValues } from './namedValues.ts';
import type { QatSettings } from '../../src/quant/training/types.ts';

const METHODS = ['float32', 'ptq', 'qat', 'finetune', 'sensitivity', 'race', 'describe'] as const;
/** Bytes of the quantized weights in an exported or raced file: packed to their bits, or one each. */
const CONTAINERS = ['packed', 'int8'] as const;
const BACKENDS = ['wasm', 'webgpu', 'cpu'] as const;
export const JUDGES = ['tfjs', 'onnxruntime'] as const;

/** Bits of weights and of activations. */
export type BitPair = { readonly weights: Bits; readonly activations: Bits };

export type ExperimentArgs = {
  readonly model: ModelName;
  /** A name of the catalogue, or folder:PATH. */
  readonly dataset: string;
  /** A local archive, parquet file or folder to take the dataset from. */
  readonly data?: string;
  /** Which folder names the classes, where more than one could: its number, the outermost 1; outer; inner. */
  readonly classesFrom?: string;
  /** Goes on though more than a fifth of the pictures cannot be read. */
  readonly allowLeftOut: boolean;
  /** Height and width of the images; by default the dataset's own. */
  readonly side?: number;
  readonly method: (typeof METHODS)[number];
  readonly bits: readonly BitPair[];
  readonly scheme: PresetName;
  readonly images: number;
  readonly calibration: number;
  /** Whether these were given: a default is no more than there are images. */
  readonly counted: { readonly images: boolean; readonly calibration: boolean };
  readonly seed: number;
  readonly backend: (typeof BACKENDS)[number];
  /** Who classifies the test images: tfjs, or ONNX Runtime the exported file. */
  readonly judge: (typeof JUDGES)[number];
  /** A .safetensors or .onnx file, or a layers model of TensorFlow.js: its model.json, its folder or its zip. */
  readonly weights?: string;
  /** How the pixels of an .onnx file that does not say so are scaled. */
  readonly normalization?: NormalizationName;
  readonly export?: string;
  /** A folder for zips of layers models of TensorFlow.js. */
  readonly exportTfjs?: string;
  /** A folder for checkpoints, from which a training that was cut goes on. */
  readonly checkpoints?: string;
  /** Arguments that change the preset's scheme: see src/contract/schemeChanges.ts. */
  readonly schemeChanges: Given;
  /** Bits a weight on average, spread over the layers by their sensitivities; one network for each. */
  readonly mixed?: readonly number[];
  /** What is given of the recipe of src/quant/training/recipe.ts; it has a default for the rest. */
  readonly training: Partial<QatSettings>;
  /** What is given of the fine-tuning's settings (FINETUNE in src/tensor/train/finetune.ts); they have a default for the rest. */
  readonly finetuning: Partial<FinetuneSettings>;
  /** How --export and --method race write quantized weights. */
  readonly container: (typeof CONTAINERS)[number];
  /** Images a run of --method race: one race for each. */
  readonly batches: readonly number[];
  /** Training images that a last layer for the dataset's classes is learned from first; the other layers stay. */
  readonly learnHead?: number;
  /** The .safetensors file that a fine-tuned model is written to. */
  readonly save?: string;
};

const DEFAULTS = {
  model: 'resnet20',
  dataset: 'cifar10-sample',
  method: 'ptq',
  bits: '8',
  scheme: 'modern',
  images: '1000',
  calibration: '512',
  seed: '1',
  backend: 'wasm',
  judge: 'tfjs',
};

/** A divergence is smooth: so many images rank layers as well as all do. */
const SENSITIVITY_IMAGES = '256';

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
  'validation-images': (argument, value) => ({ validationImages: wholeNumber(argument, value, 0) }),
  'reestimate-batches': (argument, value) => ({ reestimateBatches: wholeNumber(argument, value, 0) }),
  distillation: (argument, value) => ({ distillation: numberIn(argument, value, 0, 1) }),
  'lower-bits': (argument, value) => ({
    lowerBits: value === '' ? [] : value.split(',').map((bits) => knownBits(argument, bits)),
  }),
};

/** Arguments of method finetune: what each sets. */
const FINETUNING: Readonly<Record<string, (argument: string, value: string) => Partial<FinetuneSettings>>> = {
  epochs: (argument, value) => ({ epochs: wholeNumber(argument, value, 1) }),
  'train-images': (argument, value) => ({ trainImages: wholeNumber(argument, value, 1) }),
  'batch-size': (argument, value) => ({ batchSize: wholeNumber(argument, value, 2) }),
  lr: (argument, value) => ({ peakRate: numberIn(argument, value, 1e-7, 10) }),
  'weight-decay': (argument, value) => ({ weightDecay: numberIn(argument, value, 0, 1) }),
  'head-share': (argument, value) => ({ headShare: numberIn(argument, value, 0, 1) }),
  'stage-decay': (argument, value) => ({ stageDecay: numberIn(argument, value, 0.01, 1) }),
};

/** The arguments that one method takes and others refuse. */
const OF_METHOD = { qat: TRAINING, finetune: FINETUNING } as const;

/** Every argument with its default; null: it has none, or what is computed has one. docs/twin.md tells of each. */
export const EXPERIMENT_ARGUMENTS: Readonly<Record<string, string | null>> = {
  ...DEFAULTS,
  data: null,
  'classes-from': null,
  'allow-left-out': 'false',
  side: null,
  weights: null,
  normalization: null,
  export: null,
  'export-tfjs': null,
  checkpoints: null,
  save: null,
  'learn-head': null,
  mixed: null,
  container: 'packed',
  batches: '1',
  ...Object.fromEntries(SCHEME_CHANGES.map((name) => [name, null])),
  ...Object.fromEntries(Object.values(OF_METHOD).flatMap((table) => Object.keys(table).map((name) => [name, null]))),
};

function given<S>(
  method: string,
  own: keyof typeof OF_METHOD,
  table: Readonly<Record<string, (argument: string, value: string) => Partial<S>>>,
  values: Given,
): Partial<S> {
  if (method !== own) return {};
  const parts = Object.entries(table).flatMap(([name, parse]) =>
    values[name] === undefined ? [] : [parse(name, values[name])],
  );
  return Object.assign({}, ...parts) as Partial<S>;
}

/** @throws RangeError when an argument is another method's */
function refuseOthers(method: string, values: Given): void {
  for (const table of Object.values(OF_METHOD)) {
    for (const name of Object.keys(table)) {
      const takers = (Object.keys(OF_METHOD) as (keyof typeof OF_METHOD)[]).filter((taker) => name in OF_METHOD[taker]);
      if (values[name] === undefined || takers.some((taker) => taker === method)) continue;
      throw new RangeError(`--${name} is for --method ${takers.join(' or ')}; the method is "${method}".`);
    }
  }
}

function knownBits(argument: string, value: string): Bits {
  const found = BITS.find((bits) => String(bits) === value);
  if (found === undefined)
    throw new RangeError(`--${argument} has "${value}"; allowed: ${BITS.join(', ')}, with commas between.`);
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

function datasetName(value: string): string {
  if (/^folder:./.test(value)) return value;
  const found = DATASET_NAMES.find((name) => name === value);
  if (found === undefined)
    throw new RangeError(
      `--dataset is "${value}"; allowed: ${DATASET_NAMES.join(', ')}, or folder:PATH for a folder or archive of yours.`,
    );
  return found;
}

function classesFrom(value: string): string {
  if (!/^(?:[1-9]|outer|inner)$/.test(value))
    throw new RangeError(
      `--classes-from is "${value}"; allowed: outer, inner, or the number of the folder, the outermost 1.`,
    );
  return value;
}

/** Below 16 pixels a ResNet has nothing to see; above 512 its activations fill the memory. */
function sideOf(value: string): number {
  const side = wholeNumber('side', value, 16);
  if (side > 512) throw new RangeError(`--side is "${value}"; allowed: a whole number from 16 to 512.`);
  return side;
}

/** "8" or "w4a8". */
function bitPair(text: string): BitPair {
  const [, weights, activations] = /^w(\d)a(\d)$/.exec(text) ?? [null, text, text];
  const known = (value: string): Bits | undefined => BITS.find((bits) => String(bits) === value);
  const pair = { weights: known(weights), activations: known(activations) };
  if (!pair.weights || !pair.activations) {
    throw new RangeError(
      `--bits has "${text}"; allowed: ${BITS.join(', ')}, or w4a8 for 4-bit weights and 8-bit activations, with commas between.`,
    );
  }
  return { weights: pair.weights, activations: pair.activations };
}

/** Only .safetensors and .onnx files hold the networks of the catalogue. */
const modelOf = (weights: string | undefined): string =>
  weights === undefined || /\.(?:safetensors|onnx)$/i.test(weights) ? DEFAULTS.model : 'own';

/** @throws RangeError, one line that names the argument and the allowed values */
export function parseExperimentArgs(argv: readonly string[]): ExperimentArgs {
  const values = namedValues(argv, Object.keys(EXPERIMENT_ARGUMENTS));
  const value = {
    ...DEFAULTS,
    ...(values.method === 'sensitivity' ? { images: SENSITIVITY_IMAGES } : {}),
    ...values,
  } as Record<keyof typeof DEFAULTS, string> & { weights?: string; export?: string; checkpoints?: string };
  refuseOthers(value.method, values);
  if (values.save !== undefined && value.method !== 'finetune')
    throw new RangeError(`--save is for --method finetune; the method is "${value.method}".`);
  const schemeChanges = Object.fromEntries(SCHEME_CHANGES.map((name) => [name, values[name]]));
  const bits = value.bits.split(',').map(bitPair);
  // Refused here, before anything heavy is loaded.
  for (const pair of bits)
    changedScheme(
      schemeFor(oneOf('scheme', value.scheme, PRESET_NAMES), pair.weights, pair.activations),
      schemeChanges,
    );
  if (values.repair !== undefined && value.method !== 'ptq')
    throw new RangeError(`--repair is for --method ptq; the method is "${value.method}".`);
  if (values.batches !== undefined && value.method !== 'race')
    throw new RangeError(`--batches is for --method race; the method is "${value.method}".`);
  if (values['learn-head'] !== undefined && ['finetune', 'describe'].includes(value.method))
    throw new RangeError(`--learn-head is for methods that measure a network; the method is "${value.method}".`);
  if (values.mixed !== undefined && value.method !== 'ptq')
    throw new RangeError(`--mixed is for --method ptq; the method is "${value.method}".`);
  return {
    model: oneOf('model', values.model ?? modelOf(value.weights), MODEL_NAMES),
    dataset: datasetName(value.dataset),
    data: values.data,
    classesFrom: values['classes-from'] === undefined ? undefined : classesFrom(values['classes-from']),
    allowLeftOut: oneOf('allow-left-out', values['allow-left-out'] ?? 'false', ['true', 'false']) === 'true',
    side: values.side === undefined ? undefined : sideOf(values.side),
    method: oneOf('method', value.method, METHODS),
    bits,
    scheme: oneOf('scheme', value.scheme, PRESET_NAMES),
    images: wholeNumber('images', value.images, 1),
    calibration: wholeNumber('calibration', value.calibration, 1),
    counted: { images: values.images !== undefined, calibration: values.calibration !== undefined },
    seed: wholeNumber('seed', value.seed, 0),
    backend: oneOf('backend', value.backend, BACKENDS),
    judge: oneOf('judge', value.judge, JUDGES),
    weights: value.weights,
    normalization:
      values.normalization === undefined
        ? undefined
        : oneOf('normalization', values.normalization, NORMALIZATION_NAMES),
    export: value.export,
    exportTfjs: values['export-tfjs'],
    checkpoints: value.checkpoints,
    schemeChanges,
    mixed: values.mixed?.split(',').map((budget) => numberIn('mixed', budget, 2, 8)),
    training: given(value.method, 'qat', TRAINING, values),
    finetuning: given(value.method, 'finetune', FINETUNING, values),
    save: values.save,
    learnHead: values['learn-head'] === undefined ? undefined : wholeNumber('learn-head', values['learn-head'], 1),
    container: oneOf('container', values.container ?? 'packed', CONTAINERS),
    batches: (values.batches ?? '1').split(',').map((batch) => wholeNumber('batches', batch, 1)),
  };
}
