/**
 * The mean of the weights in which several cycles ended, which lies nearer the middle of the flat region that they walked around
 * than any of them (SWA, Izmailov et al. 2018): `npx tsx scripts/training/averageRuns.ts CHECKPOINT CHECKPOINT ... --out FILE`.
 * The running statistics of batch norm do not average: they are measured anew, on training images as training sees them.
 * The test images are not looked at.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { lookUp } from '../../src/base/lookUp.ts';
import { DATASETS } from '../../src/contract/catalogue.ts';
import { nodeReader } from '../../src/data/node/reader.ts';
import { loadCifar10Full } from '../../src/data/source.ts';
import { batchesOf } from '../../src/data/trainingImages.ts';
import { resnet20 } from '../../src/graph/networks/resnet.ts';
import type { NamedArray, Weights } from '../../src/graph/types.ts';
import { openBackend } from '../../src/tensor/backend.ts';
import { readWeights, toLayersModel } from '../../src/tensor/model.ts';
import { parseCheckpoint, writeCheckpoint } from '../../src/tensor/train/checkpoint.ts';
import { nodePlatform } from '../../src/tensor/wasm/node.ts';

const { values: args, positionals: files } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string' }, batches: { type: 'string', default: '80' } },
});
if (files.length < 2 || args.out === undefined)
  throw new Error('Name two checkpoints or more, and with --out the file that their mean is written to.');

/** As a half of a training batch has them, ten times over. */
const BATCH = 640;
/** The first batches only bring the running statistics near: PyTorch's momentum forgets in some twenty. */
const FIRST = 20;

const runs = await Promise.all(files.map(async (file) => parseCheckpoint(new Uint8Array(await readFile(file)), file)));
const last = runs[runs.length - 1];
const mean = meanOf(runs.map(({ average, weights }) => average ?? weights));

await openBackend('wasm', nodePlatform);
const { train } = await loadCifar10Full(nodeReader(join('.cache', 'cifar10')));
const model = toLayersModel(resnet20(), mean);
const seen: Weights[] = [];
let batch = 0;
for await (const { images, shape } of batchesOf(train, {
  batchSize: BATCH,
  normalization: DATASETS.cifar10.normalization,
  seed: last.settings.seed,
  epoch: 0,
  augment: true,
})) {
  tf.tidy(() => void model.apply(tf.tensor4d(images, [...shape]), { training: true }));
  batch++;
  if (batch > FIRST) seen.push(await readWeights(model));
  if (batch === Number(args.batches)) break;
}
if (seen.length === 0) throw new Error(`--batches must be more than ${FIRST}.`);
const weights = meanOf(seen);
await writeFile(
  args.out,
  writeCheckpoint({ ...last, weights, average: weights, velocities: new Map(), curve: undefined }),
);
console.log(
  JSON.stringify({
    event: 'averaged',
    runs: files.map((file) => file.split('/').at(-2)),
    batches: batch,
    images: batch * BATCH,
  }),
);
process.exit(0);

/** Of arrays of the same names and shapes; float64 while it is summed. */
function meanOf(all: readonly Weights[]): Map<string, NamedArray> {
  return new Map(
    [...all[0]].map(([name, { shape, data }]) => {
      const sum = new Float64Array(data.length);
      for (const weights of all) lookUp(weights, name, 'array').data.forEach((value, i) => (sum[i] += value));
      return [name, { shape, data: Float32Array.from(sum, (value) => value / all.length) }];
    }),
  );
}
