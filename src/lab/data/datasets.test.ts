import { cpSync, mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { calibrationIndices } from '../../data/batches.ts';
import { IMAGENETTE_CLASSES } from '../../data/imagenette.ts';
import { batchesOf, trainingImages } from '../../data/trainingImages.ts';
import { noisePicture } from '../../data/testing/noise.ts';
import { cifarBatch, tarGz } from '../../data/testing/archives.ts';
import { readTwinDataset } from '../hosts/datasetsNode.ts';

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fewbit-'));
  for (const [label, name] of ['cat', 'dog'].entries()) {
    for (let i = 0; i < 10; i++) {
      const { height, width, pixels } = noisePicture(90, 100 + i, label * 10 + i);
      const image = new PNG({ height, width });
      for (let pixel = 0; pixel < height * width; pixel++)
        image.data.set([...pixels.subarray(pixel * 3, pixel * 3 + 3), 255], pixel * 4);
      mkdirSync(join(folder, 'pets', name), { recursive: true });
      writeFileSync(join(folder, 'pets', name, `${i}.png`), PNG.sync.write(image));
    }
  }
  writeFileSync(
    join(folder, 'part.tar.gz'),
    await tarGz({ 'data_batch_1.bin': cifarBatch(20, 1), 'test_batch.bin': cifarBatch(10, 2) }),
  );
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
  await expect(readTwinDataset({ dataset: 'cifar10', data, side: 32 })).rejects.toThrow(
    'cifar10 should have 50000 images in its train split, but 20 came',
  );
  const part = await readTwinDataset({ dataset: `folder:${data}`, side: 32 });
  expect([part.train.count, part.test.count, part.train.height]).toEqual([20, 10, 32]);
});

test('what is not there is named', async () => {
  await expect(readTwinDataset({ dataset: 'mnist', side: 28 })).rejects.toThrow('There is no dataset named mnist');
  await expect(readTwinDataset({ dataset: 'folder:/nowhere', side: 28 })).rejects.toThrow('/nowhere cannot be read');
});

test('photos are balanced from the first on, however they lie; training streams them all', async () => {
  const read = await readTwinDataset({ dataset: `folder:${join(folder, 'pets')}` });
  expect([read.train.height, read.test.width, read.train.count]).toEqual([90, 90, 16]);
  for (const { labels } of [read.train, read.test])
    for (let i = 0; i < labels.length; i += 2) expect(labels[i] + labels[i + 1]).toBe(1);
  const options = {
    batchSize: 5,
    normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
    seed: 1,
    epoch: 0,
    augment: false,
  };
  const seen: number[] = [];
  for await (const { shape, indices } of batchesOf(trainingImages(read), options)) {
    expect(shape).toEqual([5, 90, 90, 3]);
    seen.push(...indices);
  }
  expect(new Set(seen).size).toBe(15);
});

test('a second run reads what the first one decoded, and another file is another set', async () => {
  const cache = join(folder, 'cache');
  const wanted = { dataset: `folder:${join(folder, 'part.tar.gz')}`, cache };
  const first = await readTwinDataset(wanted);
  const kept = readdirSync(cache);
  expect(kept).toEqual([expect.stringMatching(/^v2-160-[0-9a-f]{16}$/)]);
  let imported = 0;
  expect(await readTwinDataset({ ...wanted, onProgress: () => imported++ })).toEqual(first);
  expect(imported).toBe(0);
  await readTwinDataset({ ...wanted, side: 200 });
  writeFileSync(
    join(folder, 'part.tar.gz'),
    await tarGz({ 'data_batch_1.bin': cifarBatch(30, 3), 'test_batch.bin': cifarBatch(10, 2) }),
  );
  expect((await readTwinDataset(wanted)).train.count).toBe(30);
  expect(readdirSync(cache)).toHaveLength(3);
});

test('of Imagenette a local part will do, of other classes none', async () => {
  const photo = (name: string): Uint8Array<ArrayBuffer> =>
    new Uint8Array(readFileSync(join(folder, 'pets', name, '0.png')));
  const archive = async (classes: readonly string[]): Promise<string> => {
    const path = join(folder, 'imagenette.tgz');
    writeFileSync(
      path,
      await tarGz(
        Object.fromEntries(
          classes.flatMap((name) =>
            ['train', 'val'].map((split) => [`imagenette2-160/${split}/${name}/1.png`, photo('cat')]),
          ),
        ),
      ),
    );
    return path;
  };
  const synsets = IMAGENETTE_CLASSES.map(({ synset }) => synset);
  const { test: held } = await readTwinDataset({ dataset: 'imagenette', data: await archive(synsets) });
  expect([held.count, held.classes[1]]).toEqual([10, 'English springer']);
  await expect(
    readTwinDataset({ dataset: 'imagenette', data: await archive([...synsets.slice(1), 'cat']) }),
  ).rejects.toThrow('imagenette should have the classes tench');
});

test('a folder that was moved or renamed is found again, one that was changed is another', async () => {
  const cache = join(folder, 'moved');
  cpSync(join(folder, 'pets'), join(folder, 'animals'), { recursive: true });
  let imported = 0;
  const read = (name: string) =>
    readTwinDataset({ dataset: `folder:${join(folder, name)}`, cache, onProgress: () => imported++ });
  const first = await read('pets');
  const times = imported;
  expect(times).toBeGreaterThan(0);
  const second = await read('animals');
  expect([imported, second.name]).toEqual([times, `folder:${join(folder, 'animals')}`]);
  expect(second.test).toEqual(first.test);
  rmSync(join(folder, 'animals', 'cat', '0.png'));
  expect((await read('animals')).train.count + (await read('animals')).test.count).toBe(19);
});
