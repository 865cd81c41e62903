/** The settings of a run. The page and the headless twin both make them here, so that they agree. */
import { PRESETS, schemeFor, type PresetName } from '../quant/schemes.ts';
import type { Bits, QuantScheme } from '../quant/types.ts';
import { changedScheme, type Changes } from './schemeChanges.ts';
import { recipeHints } from './catalogue.ts';
import { recipeFor } from '../quant/training/recipe.ts';
import type { QatSettings } from '../quant/training/types.ts';
import type { RunSettings } from './run.ts';

export { PRESET_NAMES, type PresetName } from '../quant/schemes.ts';

/** Training images that ranges are measured on. */
export const CALIBRATION_IMAGES = 512;

/** Test images of a preview: enough to see a cliff, few enough for a slider on its way. */
export const PREVIEW_IMAGES = 64;

/** What every engine and method is given alike: the subject (model, dataset, side), how many test images, what they are compared with, and the seed. */
export type Workload = Pick<RunSettings, 'model' | 'dataset' | 'side' | 'images' | 'seed' | 'against'>;

/** The workload alone; a caller may hand over more. */
const measured = ({ model, dataset, side, images, seed, against }: Workload): Workload => ({
  model,
  dataset,
  ...(side === undefined ? {} : { side }),
  images,
  seed,
  ...(against === undefined ? {} : { against }),
});

/** The network as it was trained. */
export function float32Settings(workload: Workload): RunSettings {
  return { ...measured(workload), method: 'float32', scheme: null, calibrationImages: 0 };
}

/** Post-training quantization by a preset, weights and (unless they differ) activations at `bits`. */
export function ptqSettings(
  workload: Workload,
  preset: PresetName,
  bits: Bits,
  activationBits: Bits = bits,
): RunSettings {
  return {
    ...measured(workload),
    method: 'ptq',
    scheme: schemeFor(preset, bits, activationBits),
    calibrationImages: CALIBRATION_IMAGES,
  };
}

/** A quantized file that was brought, as it is. */
export const fileSettings = (workload: Workload, file: string, scheme: QuantScheme): RunSettings => ({
  ...measured(workload),
  method: 'ptq',
  scheme,
  calibrationImages: 0,
  file,
});

/** A preset with changes; the scheme's name says each of them. @throws RangeError at a change that is not allowed */
export function changedPtqSettings(workload: Workload, preset: PresetName, bits: Bits, changes: Changes): RunSettings {
  return { ...ptqSettings(workload, preset, bits), scheme: changedScheme(schemeFor(preset, bits, bits), changes) };
}

/** Quantization-aware training that starts from the preset: the recipe for this model and bitwidth, with `changes`. */
export function qatSettings(
  workload: Workload,
  preset: PresetName,
  bits: Bits,
  activationBits: Bits = bits,
  changes: Partial<QatSettings> = {},
): RunSettings {
  const training = recipeFor(
    { ...recipeHints(workload), bits: Math.min(bits, activationBits) as Bits },
    { seed: workload.seed, ...changes },
  );
  const start = ptqSettings(workload, preset, bits, activationBits);
  // Training finds what clipping costs by itself: it starts from the range that rounds best.
  const scheme = start.scheme && {
    ...start.scheme,
    weights: { ...start.scheme.weights, range: PRESETS[preset].weights.range },
  };
  return { ...start, scheme, method: 'qat', training };
}

/**
 * Steps of an epoch of a run that is watched: at 3 bits it took ResNet-20 from 73.4 to 79.3% of 1,000 test images in 49 s
 * on two cores that the tests used beside it (`npx tsx scripts/checks/liveTraining.ts`).
 */
const LIVE_STEPS = 40;

/** Images in each of an epoch's steps on a CPU. */
const LIVE_BATCH = 16;

/** Images in a recipe's steps, for which its rate was found. */
const RECIPE_BATCH = 64;

/** A GPU is given as many as it has room for, as long as enough steps are left of so many images. */
function liveBatch(images: number, room: number): number {
  const half = room / 2;
  return half >= LIVE_BATCH && images < (LIVE_STEPS / 2) * room ? liveBatch(images, half) : room;
}

/** Training images kept apart in the page, on which each epoch is judged. */
const LIVE_VALIDATION = 200;

/**
 * A training to watch in the page, from what `start` rounds: the recipe, made short enough for a lesson.
 * @param images training images there are, and how many a step takes where a GPU has room for more; streamed photos are not
 *   judged in between
 */
export function liveQatSettings(
  start: RunSettings,
  images: { readonly trainImages: number; readonly streamed: boolean; readonly batch?: number | null },
  changes: Partial<QatSettings> = {},
): RunSettings {
  const { weightBits = 8, activationBits = 8 } = start.scheme ?? {};
  const validationImages = images.streamed ? 0 : LIVE_VALIDATION;
  const available = images.trainImages - validationImages;
  const batchSize = liveBatch(available, images.batch ?? LIVE_BATCH);
  const trainImages = Math.min(LIVE_STEPS * batchSize, available);
  const short = { epochs: 3, batchSize, trainImages, validationImages, seed: start.seed };
  const wanted = { ...recipeHints(start), bits: Math.min(weightBits, activationBits) as Bits };
  const recipe = recipeFor(wanted, short);
  // Where rounding takes little, a few hundred steps with the labels would only unlearn: they follow the float network
  // at a rate that is smaller as their batches are.
  const gentle = wanted.bits >= 4 ? { distillation: 1, peakRate: (recipe.peakRate * batchSize) / RECIPE_BATCH } : {};
  return { ...start, method: 'qat', training: { ...recipe, ...gentle, ...changes } };
}

/** A scheme's name with its repairs, where the name does not tell of them. */
export function schemeTitle(scheme: QuantScheme | null, otherwise: string): string {
  if (!scheme) return otherwise;
  const untold = (scheme.repairs ?? []).filter((repair) => !scheme.name.includes(repair));
  return [scheme.name, ...untold].join('+');
}

/** What the float network's exported file is called, without its precision. */
export const floatExportName = ({ model, dataset, side }: Workload): string =>
  [model, dataset, ...(side === undefined ? [] : [side])].join('-').replace(/[^\w.+-]+/g, '_');

/**
 * The name of an exported file, without its ending. A float file has the method and scheme of the file it is
 * compared with.
 */
export const exportName = (
  workload: Workload,
  method: string,
  scheme: string,
  weightBits: number,
  activationBits: number,
): string =>
  [
    workload.model,
    workload.dataset,
    ...(workload.side === undefined ? [] : [workload.side]),
    method,
    scheme,
    `w${weightBits}a${activationBits}`,
  ]
    .join('-')
    .replace(/[^\w.+-]+/g, '_');

/** One string for one choice of settings: equal settings, equal keys. */
export const settingsKey = ({
  model,
  dataset,
  side,
  method,
  scheme,
  images,
  calibrationImages,
  seed,
  training,
  file,
  engine,
  against,
}: RunSettings): string =>
  JSON.stringify([
    model,
    dataset,
    method,
    scheme,
    images,
    calibrationImages,
    seed,
    side ?? null,
    ...(training ? [training] : []),
    ...(file === undefined ? [] : [{ file }]),
    ...(engine === undefined ? [] : [{ engine }]),
    ...(against === undefined ? [] : [{ against }]),
  ]);

/** One string for one network: how many images it is tested on, and what runs it, do not change it. */
export const networkKey = (settings: RunSettings): string => settingsKey({ ...settings, images: 0, engine: undefined });

/** Eight hexadecimal digits that tell one choice of settings from another in a file's name (FNV-1a). */
export function settingsHash(settings: RunSettings): string {
  let hash = 0x811c9dc5;
  for (const character of settingsKey(settings)) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
