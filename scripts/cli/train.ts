/**
 * Trains ResNet-20 on the 50,000 CIFAR-10 training images in Node, on tfjs's WASM backend, and goes on from its last
 * checkpoint when it is cut: `npm run train -- --epochs 8 --out .cache/resnet20`. Needs .cache/cifar10, which
 * scripts/prepare-cifar10.ts makes. Leaves checkpoint.safetensors and log.jsonl in the folder. A second cycle, from
 * where the first ended: `npm run train -- --epochs 4 --peak 0.05 --seed 2 --from .cache/resnet20/checkpoint.safetensors
 * --out .cache/resnet20-second`.
 */
import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nodeReader } from '../../src/data/node/reader.ts';
import { loadCifar10Full } from '../../src/data/source.ts';
import { initialWeights } from '../../src/graph/init.ts';
import { resnet20 } from '../../src/graph/resnet.ts';
import { openBackend } from '../../src/tensor/backend.ts';
import { parseCheckpoint, readCheckpoint, writeCheckpoint } from '../../src/tensor/train/checkpoint.ts';
import { predict, top1 } from '../../src/tensor/evaluate.ts';
import { toLayersModel } from '../../src/tensor/model.ts';
import { train } from '../../src/tensor/train/train.ts';
import type { Checkpoint } from '../../src/tensor/train/train.ts';
import { nodePlatform } from '../../src/tensor/wasm/node.ts';
import { CIFAR10_NORMALIZATION } from '../cifar10.ts';
import type { TrainingSettings } from '../../src/quant/training/types.ts';

const { values: args } = parseArgs({
  options: {
    epochs: { type: 'string', default: '8' },
    seed: { type: 'string', default: '1' },
    peak: { type: 'string', default: '0.1' },
    /** A finished run's checkpoint to start another cycle from, instead of random weights. */
    from: { type: 'string' },
    out: { type: 'string', default: '.cache/resnet20' },
  },
});

const settings: TrainingSettings = {
  epochs: Number(args.epochs),
  batchSize: 64,
  seed: Number(args.seed),
  augment: true,
  peakRate: Number(args.peak),
  schedule: { kind: 'oneCycle', warmup: 0.25 },
  momentum: 0.9,
  weightDecay: 5e-4,
  labelSmoothing: 0,
};

const CHECKPOINT_EVERY = 100;
const checkpointFile = join(args.out, 'checkpoint.safetensors');

async function lastCheckpoint(): Promise<Checkpoint | undefined> {
  const bytes = await readFile(checkpointFile).catch(() => undefined);
  return bytes && readCheckpoint(new Uint8Array(bytes), checkpointFile, settings);
}

/** Written aside, then renamed: a run killed while writing leaves the one before. */
async function save(checkpoint: Checkpoint): Promise<void> {
  await writeFile(`${checkpointFile}.part`, writeCheckpoint(checkpoint));
  await rename(`${checkpointFile}.part`, checkpointFile);
}

async function log(row: Record<string, unknown>): Promise<void> {
  const line = JSON.stringify({ time: new Date().toISOString(), ...row });
  console.log(line);
  await appendFile(join(args.out, 'log.jsonl'), `${line}\n`);
}

await mkdir(args.out, { recursive: true });
const backend = await openBackend('wasm', nodePlatform);
const dataset = await loadCifar10Full(nodeReader('.cache/cifar10'));
const graph = resnet20();
const resume = await lastCheckpoint();
const start = args.from
  ? parseCheckpoint(new Uint8Array(await readFile(args.from)), args.from).weights
  : initialWeights(graph, settings.seed);
const model = toLayersModel(graph, resume?.weights ?? start);
await log({ event: 'start', step: resume?.step ?? 0, from: args.from ?? null, backend: backend.description, settings });

let losses: number[] = [];
let accuracies: number[] = [];
let since = performance.now();
const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;

for await (const { step, steps, epoch, loss, accuracy, rate, checkpoint } of train(
  model,
  dataset.train,
  CIFAR10_NORMALIZATION,
  settings,
  { resume },
)) {
  losses.push(loss);
  accuracies.push(accuracy);
  if (step % CHECKPOINT_EVERY !== 0 && step !== steps) continue;
  await save(await checkpoint());
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

const { classes } = await predict(model, dataset.test, CIFAR10_NORMALIZATION);
await log({ event: 'done', testImages: dataset.test.count, top1: top1(classes, dataset.test.labels) });
process.exit(0);
