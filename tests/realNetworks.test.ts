/**
 * ResNet-18 and ResNet-50 with their real weights on real photos, made small so that the plain loops take seconds: every tensor of
 * our engine is the plain interpreter's, in one thread and in two. scripts/checks/networks.ts does it at every width and size,
 * in Chromium, too.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { foldBatchNorm } from '../src/graph/fold.ts';
import { startNodeHelper } from '../src/integer/wasm/host/node.ts';
import { PROJECT } from '../src/lab/hosts/node.ts';
import { openBackend } from '../src/tensor/backend.ts';
import { nodePlatform } from '../src/tensor/wasm/node.ts';
import { readModel } from '../src/weights/model.ts';
import { firstPhotos } from '../scripts/checks/networks/photos.ts';
import { expectedOf, subjectOf, wrongTensors } from '../scripts/checks/networks/tensors.ts';

/** Real weights and photos, beside the repository; not part of it. */
const ASSETS = process.env.FEWBIT_ASSETS ?? `${PROJECT}/../shared/assets`;
const present = existsSync(`${ASSETS}/README.md`);
if (!present) console.info('Skipped: every tensor of real networks, because there is no FEWBIT_ASSETS folder.');

const SIDE = 64;
const PHOTOS = 2;

describe.skipIf(!present)('every tensor is the plain interpreter’s', () => {
  test.each([
    {
      file: 'resnet18-imagenet-partial.safetensors',
      networks: [
        ['modern', 8],
        ['modern', 4],
        ['modern', 2],
        ['2021', 8],
        ['2021', 3],
      ] as const,
    },
    {
      file: 'resnet50-imagenet.safetensors',
      networks: [
        ['modern', 6],
        ['2021', 8],
      ] as const,
    },
  ])('$file', { timeout: 600_000 }, async ({ file, networks }) => {
    await openBackend('wasm', { ...nodePlatform, cores: 1, isolated: false });
    const read = readModel(new Uint8Array(readFileSync(`${ASSETS}/${file}`)), file);
    const folded = foldBatchNorm(read.graph, read.weights);
    const model = { ...read, ...folded, graph: { ...folded.graph, inputShape: [SIDE, SIDE, 3] as const } };
    const pixels = await firstPhotos(`${ASSETS}/imagenette2-224-part.tgz`, PHOTOS, SIDE);
    const { images, count, quantized } = await subjectOf(model, pixels, PHOTOS);
    for (const [preset, bits] of networks) {
      const network = quantized(preset, bits);
      const expected = expectedOf(network, images, count);
      for (const threads of [1, 2]) {
        const options = { choose: 'fixed', threads, startHelper: startNodeHelper } as const;
        const { wrong } = await wrongTensors(network, images, count, expected, options);
        expect(wrong, `${preset} at ${bits} bits, ${threads} threads`).toEqual([]);
      }
    }
  });
});
