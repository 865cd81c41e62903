import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import * as jpeg from 'jpeg-js';
import { describe, expect, test } from 'vitest';
import { gunzipped, tarEntries } from '../src/data/archives/tar.ts';
import { IMAGENETTE_CLASSES } from '../src/data/imagenette.ts';
import { decide, top1 } from '../src/base/answers.ts';
import { nodeReader } from '../src/data/node/reader.ts';
import { parseManifest } from '../src/data/manifest.ts';
import { loadSample } from '../src/data/source.ts';
import { subset } from '../src/data/imageSet.ts';
import type { Bytes, ImageSet } from '../src/data/types.ts';
import { withLogits } from '../src/graph/adapt.ts';
import { foldBatchNorm } from '../src/graph/fold.ts';
import type { FloatModel } from '../src/graph/types.ts';
import { openBackend } from '../src/tensor/backend.ts';
import { predict } from '../src/data/predict.ts';
import { networkOf } from '../src/tensor/network.ts';
import { toLayersModel } from '../src/tensor/model.ts';
import { nodePlatform } from '../src/tensor/wasm/node.ts';
import { readModel } from '../src/weights/model.ts';
import { PROJECT } from '../src/lab/hosts/node.ts';

/** Real weights and photos, beside the repository; not part of it. */
const ASSETS = process.env.FEWBIT_ASSETS ?? `${PROJECT}/../shared/assets`;
const present = existsSync(`${ASSETS}/README.md`);
if (!present) console.info('Skipped: the scores of real weights, because there is no FEWBIT_ASSETS folder.');

const SIDE = 224;

/** The first `perClass` validation photos of each class, 224 x 224, labelled with their place among ImageNet's 1000 classes. */
async function imagenette(perClass: number): Promise<ImageSet> {
  const archive = 'imagenette2-224-part.tgz';
  const stream = Readable.toWeb(createReadStream(`${ASSETS}/${archive}`)) as ReadableStream<Bytes>;
  const found = new Map<string, Bytes[]>(IMAGENETTE_CLASSES.map(({ synset }) => [synset, []]));
  for await (const { path, read } of tarEntries(gunzipped(stream, archive), archive)) {
    const [, split, synset] = path.split('/');
    const photos = split === 'val' ? found.get(synset) : undefined;
    if (!photos || photos.length >= perClass) continue;
    const { width, height, data } = jpeg.decode(await read(), { useTArray: true, formatAsRGBA: false });
    expect([width, height]).toEqual([SIDE, SIDE]);
    photos.push(new Uint8Array(data));
  }
  const pixels = new Uint8Array(10 * perClass * SIDE * SIDE * 3);
  const labels = new Int32Array(10 * perClass);
  IMAGENETTE_CLASSES.forEach(({ synset, imagenetIndex }, c) =>
    found.get(synset)?.forEach((photo, i) => {
      pixels.set(photo, (c * perClass + i) * SIDE * SIDE * 3);
      labels[c * perClass + i] = imagenetIndex;
    }),
  );
  return { height: SIDE, width: SIDE, count: labels.length, pixels, labels, classes: [] };
}

function load(file: string): FloatModel {
  const model = readModel(new Uint8Array(readFileSync(`${ASSETS}/${file}`)), file);
  return { ...model, ...foldBatchNorm(model.graph, model.weights) };
}

const overImagenette = (model: FloatModel): FloatModel =>
  withLogits(
    model,
    IMAGENETTE_CLASSES.map(({ imagenetIndex }) => imagenetIndex),
    IMAGENETTE_CLASSES.map(({ name }) => name),
  );

async function score(model: FloatModel, set: ImageSet, batchSize: number) {
  await openBackend('wasm', nodePlatform);
  const network = networkOf(toLayersModel(model.graph, model.weights));
  const scored = await predict(network, set, model.normalization, { batchSize });
  await network.close();
  return scored;
}

/** The logits of Imagenette's classes out of ImageNet's, image by image. */
const amongTheTen = (logits: Float32Array, images: number): Float32Array =>
  Float32Array.from({ length: 10 * images }, (_, i) => {
    const { imagenetIndex } = IMAGENETTE_CLASSES[i % 10];
    return logits[Math.floor(i / 10) * 1000 + imagenetIndex];
  });

describe.skipIf(!present)(
  'real weights score what is published of them, with the normalization of their own file',
  () => {
    test('ResNet-20: 91.73% of CIFAR-10; on the bundled 1,000 images within sampling error of it', async () => {
      const read = nodeReader(`${PROJECT}/datasets/cifar10-sample`);
      const { test: set } = await loadSample(read, parseManifest(await read('sample.json'), 'sample.json'));
      const { top1: accuracy } = await score(load('resnet20-cifar10-reference.safetensors'), set, 100);
      console.info(`ResNet-20 reference: ${accuracy} of ${set.count}`);
      expect(Math.abs(accuracy - 0.9173)).toBeLessThan(0.025);
    });

    test(
      'ResNet-50: 79.2% of Imagenette over all 1000 classes; on 200 photos within sampling error of it; nearly all over the ten',
      { timeout: 1_200_000 },
      async () => {
        const set = await imagenette(20);
        const model = load('resnet50-imagenet.safetensors');
        const { top1: accuracy, logits } = await score(model, set, 20);
        console.info(`ResNet-50: ${accuracy} of ${set.count}`);
        expect(set.count).toBe(200);
        expect(Math.abs(accuracy - 0.792)).toBeLessThan(0.075);
        const ten = amongTheTen(logits, set.count);
        const { classes } = decide(ten, 10);
        const right = top1(
          classes.map((c) => IMAGENETTE_CLASSES[c].imagenetIndex),
          set.labels,
        );
        console.info(`ResNet-50 over its ten logits: ${right} of ${set.count}`);
        expect(right).toBeGreaterThanOrEqual(0.97);
        const few = subset(
          set,
          Array.from({ length: 20 }, (_, i) => i * 10),
        );
        const cut = await score(overImagenette(model), few, 20);
        for (let i = 0; i < few.count; i++)
          expect([...cut.logits.subarray(i * 10, i * 10 + 10)]).toEqual(
            [...ten.subarray(i * 100, i * 100 + 10)].map((each) => expect.closeTo(each, 3)),
          );
      },
    );
  },
);
