/** One run of quantization-aware training, held open between its steps: it can be watched, paused, kept and ended. */
import { batchesPerEpoch } from '../../data/batches.ts';
import { predict } from '../../data/predict.ts';
import { batchesOf, trainingImages, type TrainingImages } from '../../data/trainingImages.ts';
import type { Batch, Dataset } from '../../data/types.ts';
import { foldBatchNorm } from '../../graph/fold.ts';
import { crossEntropy } from '../../base/answers.ts';
import { lookUp } from '../../base/lookUp.ts';
import type { FloatModel, Normalization, Weights } from '../../graph/types.ts';
import type { QuantizedModel } from '../../quant/types.ts';
import { readCheckpoint, writeCheckpoint } from '../../tensor/train/checkpoint.ts';
import { networkOf } from '../../tensor/network.ts';
import { toLayersModel } from '../../tensor/model.ts';
import { qatTrainingSet, qatValidationSet, resumeNetwork, trainQuantized } from '../../tensor/qat/qat.ts';
import { toQuantizedModel } from '../../tensor/qat/qatModel.ts';
import { readVariables, setNetworkBits, toQatNetwork, writeVariables } from '../../tensor/qat/qatNetwork.ts';
import { QuantLayer } from '../../tensor/layers/quantLayers.ts';
import { bitsAt } from '../../quant/training/recipe.ts';
import { DivergedError, trainingLoss, type Checkpoint, type TrainingStep } from '../../tensor/train/train.ts';
import { gpuReadings } from '../../tensor/train/reading.ts';
import { sampleWeights } from '../../tensor/qat/weightSample.ts';
import type { NamedCheckpoints } from '../resources.ts';
import type { TrainingState } from '../../contract/calls/training.ts';
import { emptyRecord, readRecord, recordArrays } from './record.ts';
import type { QatSettings } from '../../quant/training/types.ts';
import type { RunSettings } from '../../contract/run.ts';
import { isBetter, type TrainingReport, type Validation } from '../../contract/trainingReport.ts';

/** Where a run starts: a float model with its batch norms, and its PTQ, where every grid begins. */
export type Prepared = { readonly float: FloatModel; readonly start: QuantizedModel; readonly dataset: Dataset };

export type SessionOptions = Prepared & {
  readonly settings: RunSettings & { readonly training: QatSettings };
  /** Where checkpoints go, and under which name; null: a run that is cut starts again. */
  readonly checkpoints: NamedCheckpoints | null;
};

export type TrainingSession = {
  readonly state: () => TrainingState;
  /** Steps taken so far. */
  readonly taken: () => number;
  /** The layer whose weights the reports show from now on; null: none. @throws when it has no weights */
  readonly watch: (layer: string | null) => void;
  /**
   * One step; on a GPU several, at most `most`, that are read at once. Null once the run has ended.
   * @throws DivergedError when the loss or a weight is no longer finite: the checkpoint is the last good one
   */
  readonly step: (most?: number) => Promise<TrainingReport | null>;
  /** Makes a checkpoint of the last step, if there is none yet. */
  readonly save: () => Promise<void>;
  /** Takes the best weights, those before the first step included (the last ones, where none were validated), as the run's result. */
  readonly end: () => Promise<void>;
  readonly quantized: () => Promise<QuantizedModel>;
  readonly dispose: () => Promise<void>;
};

/** Steps between two checkpoints: some ten seconds of a ResNet-20. */
const CHECKPOINT_EVERY = 25;

/** Weights shown of the layer that is watched. */
const SAMPLED = 24;

/** @throws naming the setting that makes no sense */
function checkSettings(
  { trainImages, validationImages, batchSize, epochs, peakRate }: QatSettings,
  train: TrainingImages,
): void {
  const refuse = (name: string, value: number, allowed: string): never => {
    throw new Error(`training.${name} is ${value}; it must be ${allowed}.`);
  };
  if (!Number.isInteger(trainImages) || trainImages < 1 || trainImages > train.count) {
    refuse('trainImages', trainImages, `a whole number from 1 to ${train.count}, the training images there are`);
  }
  const left = train.count - trainImages;
  if (!Number.isInteger(validationImages) || validationImages < 0 || validationImages > left) {
    refuse('validationImages', validationImages, `a whole number from 0 to ${left}, the training images that are left`);
  }
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > trainImages)
    refuse('batchSize', batchSize, `a whole number from 1 to ${trainImages}`);
  if (!Number.isInteger(epochs) || epochs < 1) refuse('epochs', epochs, 'a whole number of at least 1');
  if (!(peakRate > 0 && Number.isFinite(peakRate))) refuse('peakRate', peakRate, 'a number above 0');
}

/** How many steps a run has, and how many make an epoch. */
export function stepsOf({ trainImages, batchSize, epochs }: QatSettings): {
  readonly steps: number;
  readonly stepsPerEpoch: number;
} {
  const stepsPerEpoch = Math.floor(trainImages / batchSize);
  return { steps: stepsPerEpoch * epochs, stepsPerEpoch };
}

function requireFinite(step: number, weights: Weights): void {
  for (const [name, { data }] of weights) {
    if (!data.every(Number.isFinite))
      throw new DivergedError(`Training diverged: after step ${step} ${name} is not finite.`);
  }
}

async function firstBatch(
  set: TrainingImages,
  { batchSize, seed }: QatSettings,
  normalization: Normalization,
): Promise<Batch> {
  for await (const batch of batchesOf(set, { batchSize, normalization, seed, epoch: 0, augment: false })) return batch;
  throw new Error('The training set has no whole batch.');
}

/** @throws when the checkpoint is damaged, naming it; when a setting makes no sense */
export async function openSession({
  float,
  start,
  dataset,
  settings,
  checkpoints,
}: SessionOptions): Promise<TrainingSession> {
  const { training } = settings;
  const images = trainingImages(dataset);
  checkSettings(training, images);
  const set = qatTrainingSet(images, training);
  const validationSet = qatValidationSet(images, training);
  const stepsPerEpoch = batchesPerEpoch(set, training.batchSize);
  const steps = stepsPerEpoch * training.epochs;
  const bytes = await checkpoints?.load(checkpoints.name);
  const saved = bytes && checkpoints ? readCheckpoint(bytes, checkpoints.name, training) : undefined;

  const record = saved?.extras?.size ? readRecord(saved.extras) : emptyRecord();
  const network = toQatNetwork(float, start, training);
  const folded = training.distillation > 0 && !record.ended ? foldBatchNorm(float.graph, float.weights) : null;
  const teacher = folded ? toLayersModel(folded.graph, folded.weights) : undefined;
  const layers = [...network.layers].flatMap(([name, layer]) => (layer instanceof QuantLayer ? [name] : []));
  if (saved) resumeNetwork(network, saved, training, steps);
  let until = 0;
  const readWhen = gpuReadings((at) => at === until || at % CHECKPOINT_EVERY === 0);
  const run = trainQuantized(network, set, training, { resume: saved, teacher, readWhen });
  let probe: Batch | null = null;
  let last: TrainingStep | null = null;
  let done = saved?.step ?? 0;
  let savedStep = checkpoints ? done : null;
  let watched: string | null = null;
  let problem: string | null = null;

  /** @throws DivergedError when a weight, or the loss that these weights give, is not finite: the next step could only fail */
  async function requireSound({ step: at, weights }: Checkpoint): Promise<void> {
    requireFinite(at, weights);
    probe ??= await firstBatch(set, training, network.normalization);
    const loss = await trainingLoss(network.model, probe);
    // A forward in training moves running statistics and ranges.
    writeVariables(network, weights);
    if (!Number.isFinite(loss)) throw new DivergedError(`Training diverged: after step ${at} the loss is ${loss}.`);
  }

  async function keep(checkpoint: Checkpoint): Promise<void> {
    await requireSound(checkpoint);
    if (!checkpoints) return;
    try {
      await checkpoints.save(checkpoints.name, writeCheckpoint({ ...checkpoint, extras: recordArrays(record) }));
      [savedStep, problem] = [checkpoint.step, null];
    } catch (error) {
      // A full disk ends no training.
      problem = error instanceof Error ? error.message : String(error);
    }
  }

  async function save(): Promise<void> {
    if (last && savedStep !== done && !record.ended) await keep(await last.checkpoint());
  }

  async function validate(): Promise<Validation[]> {
    if (!validationSet) return [];
    const { labels, classes } = validationSet;
    const { logits, top1 } = await predict(networkOf(network.model), validationSet, network.normalization);
    const validation = {
      step: done,
      top1: Math.fround(top1),
      loss: Math.fround(crossEntropy(logits, labels, classes.length)),
    };
    record.validations.push(validation);
    const settled = bitsAt(training, network.scheme.weightBits, done - 1, steps) === network.scheme.weightBits;
    if (settled && isBetter(validation, record.best))
      record.best = { ...validation, weights: await readVariables(network) };
    return [validation];
  }

  async function end(): Promise<void> {
    if (record.ended) return;
    await run.return();
    // Ended between two epochs: what was learned since is judged, too, or it would never be the best.
    if (done > 0 && record.validations.at(-1)?.step !== done) await validate();
    if (record.best) writeVariables(network, record.best.weights);
    // Where the bits were still being lowered.
    setNetworkBits(network, { weights: network.scheme.weightBits, activations: network.scheme.activationBits });
    record.ended = true;
    if (record.best) record.best = { ...record.best, weights: new Map() };
    last = null;
    const result = { step: done, settings: training, weights: await readVariables(network), velocities: new Map() };
    await requireSound(result);
    // Elsewhere the last checkpoint is before the last step: a run that is cut here has that one left to report.
    if (checkpoints?.keepsEnded) await keep(result);
  }

  async function step(most = 1): Promise<TrainingReport | null> {
    if (record.ended) return null;
    const validations = done === 0 ? await validate() : [];
    until = done + most;
    const { value, done: over } = await run.next();
    if (over) return null;
    const taken = new Array<undefined>(value.step - done).fill(undefined);
    done = value.step;
    const [atEpoch, atEnd] = [done % stepsPerEpoch === 0, done === steps];
    last = atEnd ? null : value;
    // Where the recipe asks for it, the statistics are measured anew after the last step.
    if (atEnd) await run.next();
    record.losses.push(...taken.map(() => Math.fround(value.loss)));
    record.accuracies.push(...taken.map(() => Math.fround(value.accuracy)));
    if (atEpoch) validations.push(...(await validate()));
    if (atEpoch || done % CHECKPOINT_EVERY === 0) await save();
    const { epoch, loss, accuracy, rate, curve } = value;
    const layer = watched === null ? null : (lookUp(network.layers, watched, 'layer') as QuantLayer);
    const sample = layer && { layer: watched as string, ...(await sampleWeights(layer, SAMPLED)) };
    if (atEnd) await end();
    return {
      step: done,
      epoch,
      loss,
      accuracy,
      rate,
      curve,
      ...(validations.length > 0 && { validations }),
      ...(sample && { sample }),
    };
  }

  return {
    state: () => ({
      settings,
      step: done,
      steps,
      stepsPerEpoch,
      losses: Float32Array.from(record.losses),
      accuracies: Float32Array.from(record.accuracies),
      validations: [...record.validations],
      best: record.best && { step: record.best.step, top1: record.best.top1, loss: record.best.loss },
      savedStep,
      problem,
      finished: record.ended,
    }),
    taken: () => done,
    watch(layer) {
      if (layer !== null && !layers.includes(layer))
        throw new Error(`${layer} has no weights to watch; the layers that have: ${layers.join(', ')}.`);
      watched = layer;
    },
    step,
    save,
    end,
    // Where no epoch was better than rounding alone, the result is what was rounded, to the last code.
    quantized: async () => (record.ended && record.best?.step === 0 ? start : toQuantizedModel(network)),
    async dispose() {
      await run.return();
      network.model.dispose();
      teacher?.dispose();
    },
  };
}
