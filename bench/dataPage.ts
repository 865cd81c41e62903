/** The data bench's page: imports as the product does, reads shuffled training batches back from IndexedDB, trains beside it. */
import * as tf from '@tensorflow/tfjs';
import { batchesPerEpoch, trainingBatches } from '../src/data/batches.ts';
import { openImageSet } from '../src/data/photos/photoSet.ts';
import { toDataset, trainingPhotos } from '../src/data/photos/photoBatches.ts';
import { importImages } from '../src/data/import/importImages.ts';
import { blobSource } from '../src/data/import/byteSource.ts';
import { browserDatasets } from '../src/lab/hosts/datasetsBrowser.ts';
import { createDatasets } from '../src/lab/rpc/datasetsClient.ts';
import { initialWeights } from '../src/graph/init.ts';
import { resnet18 } from '../src/graph/networks/resnet.ts';
import { openBackend } from '../src/tensor/backend.ts';
import { toLayersModel, variablesOf } from '../src/tensor/model.ts';
import { sgd } from '../src/tensor/train/sgd.ts';
import { lossAndGradients } from '../src/tensor/train/train.ts';
import { browserPlatform } from '../src/tensor/wasm/browser.ts';

const NORMALIZATION = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const BATCH = 64;

/** As large as the recipe's for ResNet-18. */
const TRAINING_BATCH = 16;

function chosen(): File {
  const file = document.querySelector('input')?.files?.[0];
  if (!file) throw new Error('No file was chosen.');
  return file;
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** One pass over `count` images of an epoch; images a second. */
async function readingRate(name: string, side: number, epochs: number, count: number): Promise<number[]> {
  const { store, decode } = await browserDatasets();
  const set = await openImageSet(store, name, decode);
  if (!set) throw new Error(`${name} was not imported.`);
  const rates: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    let images = 0;
    const spent = await seconds(async () => {
      for await (const { indices } of trainingPhotos(set.train, {
        batchSize: BATCH,
        normalization: NORMALIZATION,
        side,
        seed: 1,
        epoch,
        augment: true,
      })) {
        images += indices.length;
        if (images >= count) break;
      }
    });
    rates.push(images / spent);
  }
  return rates;
}

export const bench = {
  /** In the datasets' worker, as the page does it. */
  importHere: (name: string | null): Promise<number> =>
    seconds(() =>
      createDatasets().call('import', {
        name,
        from: { kind: 'files', files: [{ path: chosen().name, file: chosen() }] },
      }),
    ),

  /** Kept as JPEG files, so that reading includes decoding. */
  importFiles: async (name: string, keepSide: number): Promise<number> => {
    const { store, memory, decode } = await browserDatasets();
    const file = chosen();
    return seconds(() =>
      importImages({
        name,
        inputs: [{ kind: 'file', source: blobSource(file, file.name) }],
        keepSide,
        seed: 1,
        store,
        whenFull: memory,
        decode,
      }),
    );
  },

  readingRate,

  /**
   * Reading shuffled, augmented batches against training a ResNet-18 on one, in turn: images a second of each, by
   * round. The first round warms both up and is not among them.
   */
  readingAgainstTraining: async (
    name: string,
    side: number,
    rounds: number,
  ): Promise<{ reading: number[]; training: number[]; backend: string }> => {
    const { description } = await openBackend('wasm', browserPlatform);
    const graph = resnet18({ classes: 10, inputSize: side });
    const model = toLayersModel(graph, initialWeights(graph, 1));
    const trainable = new Map([...variablesOf(model)].filter(([, variable]) => variable.trainable));
    const optimizer = sgd(trainable, { momentum: 0.9, weightDecay: 1e-4 });
    const labels = Int32Array.from({ length: TRAINING_BATCH }, (_, i) => i % 10);
    const images = new Float32Array(TRAINING_BATCH * side * side * 3).fill(0.1);
    const step = async (): Promise<void> => {
      const { loss, logits, gradients } = lossAndGradients(model, trainable, {
        images,
        labels,
        shape: [TRAINING_BATCH, side, side, 3],
      });
      optimizer.step(gradients, 0.001);
      await loss.data();
      tf.dispose([loss, logits, ...gradients.values()]);
    };
    const [reading, training]: [number[], number[]] = [[], []];
    for (let round = 0; round <= rounds; round++) {
      const [read] = await readingRate(name, side, 1, 256);
      const spent = await seconds(step);
      if (round === 0) continue;
      reading.push(read);
      training.push(TRAINING_BATCH / spent);
    }
    return { reading, training, backend: description };
  },

  /** From IndexedDB into memory, then one epoch of augmented batches. */
  cifarRates: async (): Promise<{ loadSeconds: number; imagesPerSecond: number }> => {
    const { store, decode } = await browserDatasets();
    const set = await openImageSet(store, 'cifar10', decode);
    if (!set) throw new Error('cifar10 was not imported.');
    let train = null;
    const loadSeconds = await seconds(async () => ({ train } = await toDataset(set, 32)));
    const images = train ?? (await toDataset(set, 32)).train;
    let sum = 0;
    const spent = await seconds(async () => {
      for (const batch of trainingBatches(images, {
        batchSize: BATCH,
        normalization: NORMALIZATION,
        seed: 1,
        epoch: 0,
        augment: true,
      }))
        sum += batch.images[0];
    });
    return {
      loadSeconds,
      imagesPerSecond: Number.isFinite(sum) ? (batchesPerEpoch(images, BATCH) * BATCH) / spent : NaN,
    };
  },
};

Object.assign(globalThis, { bench });
