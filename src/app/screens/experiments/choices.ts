/** What the grid's form offers and remembers: read from storage only as far as it makes sense. */
import { BUNDLED, DATASET_NAMES, MODEL_NAMES, MODELS } from '../../../contract/catalogue.ts';
import { CELL_METHODS, type CellMethod, type GridSettings } from '../../../contract/grid/grid.ts';
import { CALIBRATION_IMAGES, PRESET_NAMES, type PresetName } from '../../../contract/settings.ts';
import type { Bits } from '../../../quant/types.ts';
import { WIDTHS } from '../../state/choice.ts';

/** A network of the user's has no row in the table of 2021, and a name that says nothing of it. */
export const GRID_MODELS = MODEL_NAMES.filter((name) => MODELS[name].source !== 'user');
export const GRID_DATASETS = DATASET_NAMES;

export type Choices = {
  readonly models: readonly string[];
  readonly datasets: readonly string[];
  readonly methods: readonly CellMethod[];
  readonly bits: readonly Bits[];
  readonly scheme: PresetName;
  readonly images: number;
  /** Of the QAT cells. */
  readonly epochs: number;
  readonly trainImages: number;
  /** Whether each cell is timed in ONNX Runtime Web too. */
  readonly timed: boolean;
};

export const DEFAULT_CHOICES: Choices = {
  models: [BUNDLED.model],
  datasets: [BUNDLED.dataset],
  methods: ['float32', 'ptq'],
  bits: [8, 4, 2],
  scheme: 'modern',
  images: 200,
  epochs: 1,
  trainImages: 500,
  timed: true,
};

/** Two copies of the page on one origin keep two. */
const storageName = (): string => `fewbit:${location.pathname}:grid`;

function among<T>(value: unknown, allowed: readonly T[], fallback: readonly T[]): readonly T[] {
  const found = Array.isArray(value) ? allowed.filter((one) => value.includes(one)) : [];
  return found.length > 0 ? found : fallback;
}

/** A whole number of at least 1, else the fallback. */
export const wholeOr = (value: unknown, fallback: number): number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 1e6 ? value : fallback;

export function parseChoices(text: string | null): Choices {
  let read: Partial<Record<keyof Choices, unknown>> = {};
  try {
    read = (JSON.parse(text ?? '{}') ?? {}) as typeof read;
  } catch {
    // Not ours, or damaged: the defaults.
  }
  const d = DEFAULT_CHOICES;
  return {
    models: among(read.models, GRID_MODELS, d.models),
    datasets: among(read.datasets, GRID_DATASETS, d.datasets),
    methods: among(read.methods, CELL_METHODS, d.methods),
    bits: among(read.bits, WIDTHS, d.bits),
    scheme: PRESET_NAMES.find((name) => name === read.scheme) ?? d.scheme,
    images: wholeOr(read.images, d.images),
    epochs: wholeOr(read.epochs, d.epochs),
    trainImages: wholeOr(read.trainImages, d.trainImages),
    timed: typeof read.timed === 'boolean' ? read.timed : d.timed,
  };
}

export function loadChoices(): Choices {
  try {
    return parseChoices(localStorage.getItem(storageName()));
  } catch {
    return DEFAULT_CHOICES;
  }
}

/** A page that may store nothing forgets them. */
export function keepChoices(choices: Choices): void {
  try {
    localStorage.setItem(storageName(), JSON.stringify(choices));
  } catch {
    // Nothing is lost but the form's memory.
  }
}

export const gridOf = (
  { models, datasets, methods, bits, scheme, images, epochs, trainImages }: Choices,
  seed: number,
): GridSettings => ({
  models,
  datasets,
  methods,
  bits,
  scheme,
  images,
  repairs: [],
  calibrationImages: CALIBRATION_IMAGES,
  seed,
  training: { epochs, trainImages },
});
