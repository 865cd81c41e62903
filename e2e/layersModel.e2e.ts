/** A layers model of TensorFlow.js out of the page, in a real Chromium: every byte of its weights, and the page takes it again. */
import { expect, test } from '@playwright/test';
import { unzipped } from '../src/data/archives/writeZip.ts';
import { download } from './download.ts';

type Entry = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly quantization?: { readonly dtype: 'uint8' | 'uint16' };
};

const BYTES = { uint8: 1, uint16: 2 } as const;
const elements = ({ shape }: Entry): number => shape.reduce((product, size) => product * size, 1);
const bytesOf = (entry: Entry): number => elements(entry) * (entry.quantization ? BYTES[entry.quantization.dtype] : 4);

test('the button saves a zip of model.json, weights.bin and metadata.json, with a byte for each rounded weight', async ({
  page,
}) => {
  await page.goto('./#backend=wasm&images=20&calibration=32&bits=4&hide=guess');
  const button = page.getByTestId('export-tfjs');
  await expect(button).toBeEnabled();
  await expect(button).toHaveText('TensorFlow.js of 4 bits (modern)');
  const { name, bytes } = await download(page, 'export-tfjs');
  expect(name).toMatch(/^resnet20-cifar10-sample-.*w4a4-tfjs\.zip$/);
  await expect(page.getByTestId('files-said')).toContainText('tf.loadLayersModel opens it');
  await expect(button).toBeEnabled();

  const files = unzipped(bytes);
  expect(Object.keys(files).sort()).toEqual(['metadata.json', 'model.json', 'weights.bin']);
  const jsonOf = (file: string): unknown => JSON.parse(new TextDecoder().decode(files[file]));
  const { format, weightsManifest } = jsonOf('model.json') as {
    readonly format: string;
    readonly weightsManifest: readonly { readonly paths: readonly string[]; readonly weights: readonly Entry[] }[];
  };
  expect(format).toBe('layers-model');
  const [{ paths, weights }] = weightsManifest;
  expect(paths).toEqual(['weights.bin']);
  const stored = files['weights.bin'];
  expect(stored.length).toBe(weights.reduce((sum, entry) => sum + bytesOf(entry), 0));

  // Four bits are 16 values, the first and the last layer's eight 256. With its shortcuts ResNet-20 has 22 layers with weights.
  const values = new Map<string, number>();
  let place = 0;
  for (const entry of weights) {
    if (entry.quantization?.dtype === 'uint8')
      values.set(entry.name, new Set(stored.subarray(place, place + elements(entry))).size);
    place += bytesOf(entry);
  }
  const counts = [...values.values()];
  expect(counts.filter((count) => count > 1 && count <= 16)).toHaveLength(20);
  expect(counts.filter((count) => count > 16 && count <= 256)).toHaveLength(2);
  expect(jsonOf('metadata.json')).toMatchObject({
    labels: expect.arrayContaining(['airplane', 'truck']),
    imageSize: 32,
  });

  await page.goto('./#screen=data&backend=wasm&images=20&calibration=32&hide=guess');
  await page
    .getByLabel('Or choose files')
    .setInputFiles({ name, mimeType: 'application/zip', buffer: Buffer.from(bytes) });
  await expect(page.getByTestId('weights:own')).toHaveAttribute('data-state', 'ready');
  await expect(page.getByTestId('weights:own')).toContainText(name);
});
