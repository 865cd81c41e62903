/**
 * Trains ResNet-20 on CIFAR-10 in Node, on tfjs's WASM backend: `npm run train`. Goes on from the last checkpoint in the
 * folder, or from the one that the repository keeps if that is further. Needs .cache/cifar10, which
 * scripts/prepare-cifar10.ts makes. Leaves checkpoint.safetensors and log.jsonl in the folder.
 * `--recipe` names another of scripts/training/recipes.ts; docs/training.md has the commands that were used.
 */
import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { splitHeldOut } from '../../src/data/heldOut.ts';
import { nodeReader } from '../../src/data/node/reader.ts';
import { loadCifar10Full } from '../../src/data/source.ts';
import type { ImageSet } from '../../src/data/types.ts';
import { initialWeights } from '../../src/graph/init.ts';
import { resnet20 } from '../../src/graph/networks/resnet.ts';
import type { Weights } from '../../src/graph/types.ts';
import { openBackend } from '../../src/tensor/backend.ts';
import { parseCheckpoint, readCheckpoint, writeCheckpoint } from '../../src/tensor/train/checkpoint.ts';
import { predict } from '../../src/data/predict.ts';
import { networkOf } from '../../src/tensor/network.ts';
import { inHalves } from '../../src/tensor/train/halves.ts';
import { readWeights, toLayersModel, writeWeights } from '../../src/tensor/model.ts';
import { train, type Checkpoint } from '../../src/tensor/train/train.ts';
import { nodePlatform } from '../../src/tensor/wasm/node.ts';
import { DATASETS } from '../../src/contract/catalogue.ts';
import { startHelper } from '../training/halfHelper.ts';
import { CHECKPOINT, checkpointAt, KEPT_CHECKPOINT, KEPT_LOG, LOG, LONG_RUN } from '../training/kept.ts';
import { RECIPES, type RecipeName } from '../training/recipes.ts';
import type { TrainingSettings } from '../../src/quant/training/types.ts';

const { values: args } = parseArgs({
  options: {
    recipe: { type: 'string', default: 'long' },
    epochs: { type: 'string' },
    seed: { type: 'string' },
    peak: { type: 'string' },
    /** Training images kept apart; 0 for none. */
    'held-out': { type: 'string' },
    /** A finished run's checkpoint to start another cycle from, instead of random weights. */
    from: { type: 'string' },
    out: { type: 'string', default: LONG_RUN },
  },
});

if (!(args.recipe in RECIPES)) throw new Error(`--recipe is one of: ${Object.keys(RECIPES).join(', ')}.`);
const recipe: TrainingSettings = RECIPES[args.recipe as RecipeName];
const settings: TrainingSettings = {
  ...recipe,
  epochs: Number(args.epochs ?? recipe.epochs),
  seed: Number(args.seed ?? recipe.seed),
  peakRate: Number(args.peak ?? recipe.peakRate),
  ...(args['held-out'] !== undefined && { heldOut: Number(args['held-out']) }),
};

const SAVE_EVERY_MS = 120_000;
const LOG_EVERY = 100;
const EVALUATE_EVERY_EPOCHS = 2;
const checkpointFile = join(args.out, CHECKPOINT);
const logFile = join(args.out, LOG);

/** The folder's, or the repository's where that is of the same run and further. */
async function lastCheckpoint(): Promise<Checkpoint | undefined> {
  const bytes = await readFile(checkpointFile).catch(() => undefined);
  const own = bytes && readCheckpoint(new Uint8Array(bytes), checkpointFile, settings);
  const kept = args.from ? undefined : await checkpointAt(KEPT_CHECKPOINT);
  const same = kept && JSON.stringify(kept.settings) === JSON.stringify(settings);
  if (!same || (own?.step ?? 0) >= kept.step) return own;
  await writeFile(logFile, await readFile(KEPT_LOG));
  return kept;
}

/** Written aside, then renamed: a run killed while writing leaves the one before. */
async function save(checkpoint: Checkpoint): Promise<void> {
  await writeFile(`${checkpointFile}.part`, writeCheckpoint(checkpoint));
  await rename(`${checkpointFile}.part`, checkpointFile);
}

async function log(row: Record<string, unknown>): Promise<void> {
  const line = JSON.stringify({ time: new Date().toISOString(), ...row });
  console.log(line);
  await appendFile(logFile, `${line}\n`);
}

/** What a run logged after its last checkpoint is done again: those rows go. */
async function forgetAfter(step: number): Promise<void> {
  const lines = (await readFile(logFile, 'utf8').catch(() => '')).split('\n').filter(Boolean);
  const kept = lines.filter((line) => ((JSON.parse(line) as { step?: number }).step ?? 0) <= step);
  await writeFile(logFile, kept.map((line) => `${line}\n`).join(''));
}

await mkdir(args.out, { recursive: true });
// In halves, each thread has its own backend, of one thread.
const backend = await openBackend('wasm', settings.halves ? { ...nodePlatform, cores: 1 } : nodePlatform);
const dataset = await loadCifar10Full(nodeReader(join('.cache', 'cifar10')));
const split = settings.heldOut ? splitHeldOut(dataset.train, settings.heldOut, settings.seed) : undefined;
const trainSet = split?.train ?? dataset.train;
const graph = resnet20();
const resume = await lastCheckpoint();
await forgetAfter(resume?.step ?? 0);
const start = args.from
  ? parseCheckpoint(new Uint8Array(await readFile(args.from)), args.from).weights
  : initialWeights(graph, settings.seed);
const model = toLayersModel(graph, resume?.weights ?? start);
/** For weights other than those that are learning. */
const still = toLayersModel(graph, start);
await log({
  event: 'start',
  step: resume?.step ?? 0,
  from: args.from ?? null,
  backend: backend.description,
  trainImages: trainSet.count,
  settings,
});

async function accuracyOf(weights: Weights, set: ImageSet): Promise<number> {
  writeWeights(still, graph, weights);
  const { top1 } = await predict(networkOf(still), set, DATASETS.cifar10.normalization);
  return Number(top1.toFixed(4));
}

const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
const perEpoch = Math.floor(trainSet.count / settings.batchSize);
const measure = settings.halves ? inHalves(model, settings.labelSmoothing, startHelper()) : undefined;
let last = resume;
let saved = performance.now();
let losses: number[] = [];
let accuracies: number[] = [];
let since = performance.now();

for await (const { step, steps, epoch, loss, accuracy, rate, checkpoint } of train(
  model,
  trainSet,
  DATASETS.cifar10.normalization,
  settings,
  { resume, task: { measure } },
)) {
  losses.push(loss);
  accuracies.push(accuracy);
  const atEnd = step === steps;
  if (step % LOG_EVERY === 0 || atEnd) {
    const imagesPerSecond = (losses.length * settings.batchSize * 1000) / (performance.now() - since);
    await log({
      event: 'step',
      step,
      steps,
      epoch,
      rate: Number(rate.toFixed(5)),
      loss: Number(mean(losses).toFixed(4)),
      accuracy: Number(mean(accuracies).toFixed(4)),
      imagesPerSecond: Number(imagesPerSecond.toFixed(1)),
    });
    [losses, accuracies, since] = [[], [], performance.now()];
  }
  const evaluated = split && (atEnd || step % (EVALUATE_EVERY_EPOCHS * perEpoch) === 0);
  if (!evaluated && !atEnd && step % LOG_EVERY !== 0 && performance.now() - saved < SAVE_EVERY_MS) continue;
  last = await checkpoint();
  if (evaluated) {
    const before = performance.now();
    const heldOut = await accuracyOf(last.weights, split.heldOut);
    const heldOutAverage = last.average && (await accuracyOf(last.average, split.heldOut));
    await log({
      event: 'heldOut',
      step,
      epoch,
      images: split.heldOut.count,
      top1: heldOut,
      averageTop1: heldOutAverage,
    });
    since += performance.now() - before;
  }
  // After the row: a run killed in between measures again, and the row is forgotten.
  await save(last);
  saved = performance.now();
}

// Averaged weights where there are any: so decided beforehand, not by the test images.
const final = last?.average ?? (await readWeights(model));
await log({
  event: 'done',
  testImages: dataset.test.count,
  weights: last?.average ? 'averaged' : 'last',
  top1: await accuracyOf(final, dataset.test),
});
process.exit(0);
