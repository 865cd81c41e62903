/**
 * Turns the last checkpoint of scripts/cli/train.ts into the model that the page bundles, and measures it as bundled:
 * `npx tsx scripts/bundle-model.ts [CHECKPOINT]`. Writes public/models/resnet20-cifar10.safetensors.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeReader } from '../src/data/node/reader.ts';
import { loadCifar10Full } from '../src/data/source.ts';
import { resnet20 } from '../src/graph/networks/resnet.ts';
import { openBackend } from '../src/tensor/backend.ts';
import { parseCheckpoint } from '../src/tensor/train/checkpoint.ts';
import { predict } from '../src/data/predict.ts';
import { networkOf } from '../src/tensor/network.ts';
import { toLayersModel } from '../src/tensor/model.ts';
import { nodePlatform } from '../src/tensor/wasm/node.ts';
import { readModel, writeModel } from '../src/weights/model.ts';
import { DATASETS } from '../src/contract/catalogue.ts';

const CHECKPOINT = process.argv[2] ?? join('.cache', 'resnet20', 'checkpoint.safetensors');
const TARGET = join('public', 'models', 'resnet20-cifar10.safetensors');

const checkpoint = parseCheckpoint(new Uint8Array(await readFile(CHECKPOINT)), CHECKPOINT);
const { step, settings } = checkpoint;
/** Averaged weights where there are any, as scripts/cli/train.ts measures them. */
const weights = checkpoint.average ?? checkpoint.weights;
const images = (50_000 - (settings.heldOut ?? 0)).toLocaleString('en');
const { test } = await loadCifar10Full(nodeReader(join('.cache', 'cifar10')));
const bytes = writeModel(
  { graph: resnet20(), weights, normalization: DATASETS.cifar10.normalization, classes: test.classes },
  'F16',
  {
    source: `Trained by Fewbit (scripts/cli/train.ts; last cycle ${settings.epochs} epochs, seed ${settings.seed}, step ${step}; docs/training.md) on ${images} CIFAR-10 training images`,
    licence: 'MIT',
  },
);
await mkdir(join('public', 'models'), { recursive: true });
await writeFile(TARGET, bytes);

await openBackend('wasm', nodePlatform);
const model = readModel(bytes, TARGET);
const network = networkOf(toLayersModel(model.graph, model.weights));
const { top1 } = await predict(network, test, model.normalization);
console.log(JSON.stringify({ file: TARGET, bytes: bytes.length, step, testImages: test.count, top1 }));
process.exit(0);
