import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { calibrationIndices } from '../data/batches.ts';
import { noisePicture } from '../data/testing/noise.ts';
import { cifarBatch, tarGz } from '../data/testing/archives.ts';
import { readTwinDataset } from './datasetsNode.ts';

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fewbit-'));
  for (const [label, name] of ['cat', 'dog'].entries()) {
    for (let i = 0; i < 10; i++) {
      const { height, width, pixels } = noisePicture(90, 100 + i, label * 10 + i);
      const image = new PNG({ height, width });
      for (let pixel = 0; pixel < height * width; pixel++) image.data.set([...pixels.subarray(pixel * 3, pixel * 3 + 3), 255], pixel * 4);
      mkdirSync(join(folder, 'pets', name), { recursive: true });
      writeFileSync(join(folder, 'pets', name, `${i}.png`), PNG.sync.write(image));
    }
  }
  writeFileSync(join(folder, 'part.tar.gz'), await tarGz({ 'data_batch_1.bin': cifarBatch(20, 1), 'test_batch.bin': cifarBatch(10, 2) }));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('folder:PATH is a dataset', async () => {
  const { train, test: held } = await readTwinDataset({ dataset: `folder:${join(folder, 'pets')}`, side: 72 });
  expect([train.classes, train.count, held.count, train.height, train.width]).toEqual([['cat', 'dog'], 16, 4, 72, 72]);
  expect([...held.labels].sort()).toEqual([0, 0, 1, 1]);
  expect(calibrationIndices(train, 8, 1)).toHaveLength(8);
});

test('--data FILE that is not the whole set named is refused', async () => {
  const data = join(folder, 'part.tar.gz');
  await expect(readTwinDataset({ dataset: 'cifar10', data, side: 32 })).rejects.toThrow('cifar10 should have 50000 images in its train split, but 20 came');
  const part = await readTwinDataset({ dataset: `folder:${data}`, side: 32 });
  expect([part.train.count, part.test.count, part.train.height]).toEqual([20, 10, 32]);
});

test('what is not there is named', async () => {
  await expect(readTwinDataset({ dataset: 'mnist', side: 28 })).rejects.toThrow('There is no dataset named mnist');
  await expect(readTwinDataset({ dataset: 'folder:/nowhere', side: 28 })).rejects.toThrow('/nowhere cannot be read');
});
