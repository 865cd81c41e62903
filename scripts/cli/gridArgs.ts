/** The command line of the grid: parsed and checked before anything heavy is loaded. */
import { MODEL_NAMES } from '../../src/contract/catalogue.ts';
import { CELL_METHODS, type GridSettings } from '../../src/contract/grid/grid.ts';
import { EXPORTS, type ExportFormat } from '../../src/contract/grid/gridExport.ts';
import { REPAIRS } from '../../src/quant/types.ts';
import { parseExperimentArgs, type ExperimentArgs } from './experimentArgs.ts';
import { namedValues } from './namedValues.ts';

export type GridArgs = {
  readonly grid: GridSettings;
  /** Weights files by "model/dataset" or by model. */
  readonly weights: ReadonlyMap<string, string>;
  readonly backend: ExperimentArgs['backend'];
  readonly judge: ExperimentArgs['judge'];
  readonly data?: string;
  readonly out: string;
  readonly checkpoints: string;
  readonly format: ExportFormat | null;
};

const DEFAULTS = {
  models: 'resnet20',
  datasets: 'cifar10-sample',
  methods: CELL_METHODS.join(','),
  bits: '8,7,6,5,4,3,2',
  scheme: 'modern',
  images: '1000',
  calibration: '512',
  seed: '1',
  backend: 'wasm',
  judge: 'tfjs',
  out: '.cache/grid/rows.jsonl',
  checkpoints: '.cache/grid/checkpoints',
};

/** Handed on to the QAT cells as the headless twin takes them. */
const TRAINING = ['epochs', 'train-images', 'batch-size', 'lr', 'optimizer', 'weight-decay', 'distillation'] as const;

/** Every argument with its default; null: it has none, or the recipe has one. docs/twin.md tells of each. */
export const GRID_ARGUMENTS: Readonly<Record<string, string | null>> = {
  ...DEFAULTS,
  repair: null,
  sides: null,
  weights: null,
  data: null,
  format: null,
  ...Object.fromEntries(TRAINING.map((name) => [name, null])),
};

function listOf<T extends string>(argument: string, value: string, allowed: readonly T[]): readonly T[] {
  return [...new Set(value.split(','))].map((text) => {
    const found = allowed.find((name) => name === text);
    if (found === undefined)
      throw new RangeError(`--${argument} has "${text}"; allowed: ${allowed.join(', ')}, with commas between.`);
    return found;
  });
}

function pairs(argument: string, value: string | undefined): ReadonlyMap<string, string> {
  return new Map(
    (value ?? '')
      .split(',')
      .filter(Boolean)
      .map((text) => {
        const at = text.indexOf('=');
        if (at < 1 || at === text.length - 1)
          throw new RangeError(`--${argument} has "${text}"; allowed: NAME=VALUE, with commas between.`);
        return [text.slice(0, at), text.slice(at + 1)];
      }),
  );
}

/** @throws RangeError, one line that names the argument and the allowed values */
export function parseGridArgs(argv: readonly string[]): GridArgs {
  const values = namedValues(argv, Object.keys(GRID_ARGUMENTS));
  const value = { ...DEFAULTS, ...values } as Record<keyof typeof DEFAULTS, string>;
  const twin = (dataset: string): ExperimentArgs =>
    parseExperimentArgs([
      '--method',
      'qat',
      '--dataset',
      dataset,
      '--bits',
      value.bits,
      '--scheme',
      value.scheme,
      '--images',
      value.images,
      '--calibration',
      value.calibration,
      '--seed',
      value.seed,
      '--backend',
      value.backend,
      '--judge',
      value.judge,
      ...TRAINING.flatMap((name) => (values[name] === undefined ? [] : [`--${name}`, values[name]])),
    ]);
  const [first, ...rest] = value.datasets.split(',').map(twin);
  const sides = [...pairs('sides', values.sides)].map(([dataset, side]) => {
    if (!/^\d{2,3}$/.test(side))
      throw new RangeError(`--sides has "${dataset}=${side}"; allowed: DATASET=PIXELS, with commas between.`);
    return [dataset, Number(side)] as const;
  });
  return {
    grid: {
      models: listOf('models', value.models, MODEL_NAMES),
      datasets: [first, ...rest].map(({ dataset }) => dataset),
      methods: listOf('methods', value.methods, CELL_METHODS),
      bits: first.bits.map(({ weights }) => weights),
      scheme: first.scheme,
      repairs: values.repair === undefined ? [] : listOf('repair', values.repair, REPAIRS),
      ...(sides.length > 0 && { sides: Object.fromEntries(sides) }),
      images: first.images,
      calibrationImages: first.calibration,
      seed: first.seed,
      training: first.training,
    },
    weights: pairs('weights', values.weights),
    backend: first.backend,
    judge: first.judge,
    data: values.data,
    out: value.out,
    checkpoints: value.checkpoints,
    format:
      values.format === undefined ? null : listOf('format', values.format, Object.keys(EXPORTS) as ExportFormat[])[0],
  };
}
