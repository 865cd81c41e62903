/** The experiment grid as data: its cells in a fair order, what a cell leaves behind, and the command that repeats it. */
import type { Bits, QuantScheme, Repair } from '../../quant/types.ts';
import { float32Settings, ptqSettings, qatSettings, settingsKey, type PresetName } from '../settings.ts';
import type { EngineName } from '../engines.ts';
import type { EpochMean, QatSettings } from '../../quant/training/types.ts';
import type { RunSettings } from '../run.ts';

export const CELL_METHODS = ['float32', 'ptq', 'qat'] as const;
export type CellMethod = (typeof CELL_METHODS)[number];

/** What to run: every combination of the lists. JSON-serializable. */
export type GridSettings = {
  readonly models: readonly string[];
  readonly datasets: readonly string[];
  readonly methods: readonly CellMethod[];
  readonly bits: readonly Bits[];
  readonly scheme: PresetName;
  /** Repairs of the PTQ cells. */
  readonly repairs: readonly Repair[];
  /** Height and width of a dataset's images, where it is not the dataset's own. */
  readonly sides?: Readonly<Record<string, number>>;
  /** Test images of each cell, the first of the dataset. */
  readonly images: number;
  readonly calibrationImages: number;
  readonly seed: number;
  /** What is changed in the recipe of the QAT cells. */
  readonly training: Partial<QatSettings>;
};

export type Cell = {
  /** Of its settings: equal settings, equal keys. */
  readonly key: string;
  readonly settings: RunSettings;
};

/** Who measured: what makes a row repeatable besides its settings. */
export type Provenance = {
  readonly versions: Readonly<Record<string, string>>;
  /** Of the source that ran, or null where it is not known. */
  readonly commit: string | null;
  /** Who classified the test images, where that was not tfjs. */
  readonly runtime?: string;
};

/** One finished cell: the row of the headless twin, and what the page shows of it. JSON-serializable. */
export type GridRow = Provenance & {
  readonly key: string;
  readonly command: string;
  readonly model: string;
  readonly dataset: string;
  /** Height and width of the images. */
  readonly side: number;
  readonly method: CellMethod;
  readonly scheme: string | null;
  readonly weightBits: number;
  readonly activationBits: number;
  readonly repairs: readonly Repair[];
  readonly training: QatSettings | null;
  readonly images: number;
  readonly calibrationImages: number;
  readonly seed: number;
  /** The share of right answers; with `against`, of answers that are the float network's. */
  readonly top1: number;
  /** 'float': nobody knows the right answers, since the network's classes are not those of the images. */
  readonly against?: RunSettings['against'];
  /** With `against`, the mean KL divergence from the float network's answers, in nats. */
  readonly kl?: number;
  readonly sizeBytes: number;
  readonly onnxBytes: number;
  readonly backend: string;
  readonly device: string;
  /** What ran the network; absent in records from before rows said so. */
  readonly engine?: EngineName;
  /** Time of the attempt that finished; one that was cut before it is not counted. */
  readonly seconds: number;
  /** ISO 8601. */
  readonly finished: string;
  readonly classes: readonly string[];
  /**
   * The class of each test image (with `against`, the float network's answer) and what the network said, one character an
   * image: the class in base 36. Both empty, as are the classes, with `against` and more classes than there are characters.
   */
  readonly labels: string;
  readonly predictions: string;
  /** Means of each epoch on the training batches. */
  readonly curve: readonly EpochMean[];
  /** Of the exported file, beside the float network's, their runs taken in turn; absent: not timed. */
  readonly latency?: { readonly msPerImage: number; readonly float32MsPerImage: number; readonly runtime: string };
};

/** A cell that could not be run, and why. A later run tries it again. */
type GridFailure = { readonly key: string; readonly error: string };
export type GridRecord = GridRow | GridFailure;

export const isRow = (record: GridRecord): record is GridRow => 'top1' in record;

/** The bits in the order of what they tell: 4 decides, 8 is the anchor, the rest fill in. */
const BIT_ORDER: readonly Bits[] = [4, 8, 3, 2, 6, 5, 7];

function repairedScheme(scheme: QuantScheme, repairs: readonly Repair[]): QuantScheme {
  return repairs.length === 0 ? scheme : { ...scheme, name: `${scheme.name}+repair:${repairs.join(',')}`, repairs };
}

const cellOf = (settings: RunSettings): Cell => ({ key: settingsKey(settings), settings });

/**
 * The grid's cells: round by round, each round one cell of every model on every dataset, so that none waits for another
 * to be complete. The float networks come first, then PTQ, which is cheap, then QAT.
 */
export function cellsOf(grid: GridSettings): readonly Cell[] {
  const { images, seed, calibrationImages, scheme, repairs, training, sides = {} } = grid;
  const workloads = grid.datasets.flatMap((dataset) =>
    grid.models.map((model) => ({ model, dataset, images, seed, ...(dataset in sides && { side: sides[dataset] }) })),
  );
  const bits = BIT_ORDER.filter((wanted) => grid.bits.includes(wanted));
  const ptq =
    (wanted: Bits) =>
    (workload: (typeof workloads)[number]): RunSettings => {
      const settings = ptqSettings(workload, scheme, wanted);
      return { ...settings, calibrationImages, scheme: settings.scheme && repairedScheme(settings.scheme, repairs) };
    };
  const qat =
    (wanted: Bits) =>
    (workload: (typeof workloads)[number]): RunSettings => ({
      ...qatSettings(workload, scheme, wanted, wanted, training),
      calibrationImages,
    });
  const rounds: Readonly<Record<CellMethod, readonly ((workload: (typeof workloads)[number]) => RunSettings)[]>> = {
    float32: [float32Settings],
    ptq: bits.map(ptq),
    qat: bits.map(qat),
  };
  return CELL_METHODS.filter((method) => grid.methods.includes(method)).flatMap((method) =>
    rounds[method].flatMap((settingsFor) => workloads.map((workload) => cellOf(settingsFor(workload)))),
  );
}

const flag = (name: string, value: unknown): string => ` --${name} ${String(value)}`;

/** Recipe settings under the names of the headless twin's arguments. */
const TRAINING_ARGS: readonly (readonly [argument: string, knob: keyof QatSettings])[] = [
  ['epochs', 'epochs'],
  ['train-images', 'trainImages'],
  ['batch-size', 'batchSize'],
  ['lr', 'peakRate'],
  ['optimizer', 'optimizer'],
  ['weight-decay', 'weightDecay'],
  ['weight-ranges', 'weightRanges'],
  ['activation-ranges', 'activationRanges'],
  ['freeze-statistics', 'freezeStatistics'],
  ['reestimate-batches', 'reestimateBatches'],
  ['validation-images', 'validationImages'],
  ['distillation', 'distillation'],
];

/**
 * The headless twin's command for one cell.
 * @param weights the file that the network was read from, where it is not bundled
 * @param runtime whether ONNX Runtime classified the images
 */
export function commandOf(
  { model, dataset, side, method, scheme, images, calibrationImages, seed, training }: RunSettings,
  weights?: string,
  runtime = false,
): string {
  const bits =
    scheme &&
    (scheme.weightBits === scheme.activationBits
      ? scheme.weightBits
      : `w${scheme.weightBits}a${scheme.activationBits}`);
  return (
    'npm run --silent experiment --' +
    flag('model', model) +
    flag('dataset', dataset) +
    (side === undefined ? '' : flag('side', side)) +
    flag('method', method) +
    (weights === undefined ? '' : flag('weights', weights)) +
    (scheme
      ? flag('bits', bits) + flag('scheme', scheme.name.split('+')[0]) + flag('calibration', calibrationImages)
      : '') +
    (scheme?.repairs?.length ? flag('repair', scheme.repairs.join(',')) : '') +
    (training ? TRAINING_ARGS.map(([argument, knob]) => flag(argument, training[knob])).join('') : '') +
    flag('images', images) +
    flag('seed', seed) +
    (runtime ? flag('judge', 'onnxruntime') : '')
  );
}

/** Classes that have a character. */
export const ENCODED_CLASSES = 36;

/** Classes as one string, a character an image. @throws RangeError for a class beyond 35 */
export function encodeClasses(classes: ArrayLike<number>): string {
  return Array.from(classes, (value) => {
    if (!(value >= 0 && value < ENCODED_CLASSES))
      throw new RangeError(
        `Class ${value} has no character: a row keeps the predictions of at most ${ENCODED_CLASSES} classes.`,
      );
    return value.toString(36);
  }).join('');
}

/** The top-1 that a row's predictions give; null where the row keeps none. A row in a file may say another. */
export function countedTop1({ labels, predictions }: Partial<Pick<GridRow, 'labels' | 'predictions'>>): number | null {
  if (typeof labels !== 'string' || typeof predictions !== 'string' || predictions === '') return null;
  if (labels.length !== predictions.length) return 0;
  return [...predictions].filter((prediction, i) => prediction === labels[i]).length / predictions.length;
}

export const decodeClasses = (text: string): Int32Array =>
  Int32Array.from(text, (character) => parseInt(character, 36));
