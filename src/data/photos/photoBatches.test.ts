import { describe, expect, test } from 'vitest';
import { trainingBatches } from '../batches.ts';
import { EXPECTED_HASHES, photoHashes } from '../testing/photoHashes.ts';
import { noisePhotos } from '../testing/photos.ts';
import { centreView, mirror } from './crop.ts';
import { evaluationPhotos, toImageSet, trainingPhotos } from './photoBatches.ts';
import type { PhotoSet } from './photoSet.ts';
import type { Batch } from '../types.ts';

const UNIT = { mean: [0, 0, 0], std: [1, 1, 1] };
const training = { batchSize: 8, normalization: UNIT, side: 12, seed: 3, epoch: 1, augment: true };

async function all(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const list: Batch[] = [];
  for await (const batch of batches) list.push(batch);
  return list;
}

test('batches are the same to the last bit as they were measured in Node and Chromium', async () => {
  expect(await photoHashes()).toEqual(EXPECTED_HASHES);
});

describe('trainingPhotos', () => {
  test('has the order of trainingBatches, full batches only, and any batch can be made alone', async () => {
    const set = noisePhotos(30);
    const batches = await all(trainingPhotos(set, training));
    const images = {
      height: 1,
      width: 1,
      count: 30,
      pixels: new Uint8Array(90),
      labels: set.labels,
      classes: set.classes,
    };
    expect(batches.map(({ indices }) => [...indices])).toEqual(
      [...trainingBatches(images, training)].map(({ indices }) => [...indices]),
    );
    expect(batches.map(({ shape }) => shape)).toEqual(Array(3).fill([8, 12, 12, 3]));
    expect(await all(trainingPhotos(set, { ...training, firstBatch: 2 }))).toEqual(batches.slice(2));
  });

  test('crops and mirrors anew in each epoch', async () => {
    const set = noisePhotos(8);
    const [[one], [two]] = [
      await all(trainingPhotos(set, training)),
      await all(trainingPhotos(set, { ...training, epoch: 2 })),
    ];
    const pixelsOf = (batch: Batch, image: number): number[] => {
      const place = batch.indices.indexOf(image);
      return [...batch.images.subarray(place * 432, (place + 1) * 432)];
    };
    for (let image = 0; image < 8; image++) expect(pixelsOf(one, image)).not.toEqual(pixelsOf(two, image));
  });

  test('refuses what makes no sense', () => {
    expect(() => trainingPhotos(noisePhotos(5), training)).toThrow(
      'A batch of 8 was asked for, but the training set holds 5 images.',
    );
    expect(() => trainingPhotos(noisePhotos(9), { ...training, side: 0 })).toThrow('The side is 0');
  });
});

test('evaluationPhotos gives every image once, in order, its middle, the last batch ragged', async () => {
  const set = noisePhotos(11);
  const batches = await all(evaluationPhotos(set, { batchSize: 4, normalization: UNIT, side: 12 }));
  expect(batches.map(({ indices }) => [...indices])).toEqual([
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [8, 9, 10],
  ]);
  const { pixels } = centreView(await set.picture(5), 12);
  expect([...batches[1].images.subarray(432, 864)]).toEqual(Array.from(pixels, (pixel) => Math.fround(pixel / 255)));
  const images = await toImageSet(set, 12, Int32Array.of(5, 2));
  expect([...images.pixels.subarray(0, 432)]).toEqual([...pixels]);
  expect([...images.labels]).toEqual([2, 2]);
});

test('the next batch is made while one is used, and no further', async () => {
  const asked: number[] = [];
  const inner = noisePhotos(40);
  const set: PhotoSet = { ...inner, picture: (image) => (asked.push(image), inner.picture(image)) };
  const batches = evaluationPhotos(set, { batchSize: 4, normalization: UNIT, side: 8 });
  await batches.next();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(asked).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test('a picture that cannot be read ends the epoch with its own error', async () => {
  const inner = noisePhotos(12);
  const set: PhotoSet = {
    ...inner,
    picture: async (image) => (image === 9 ? Promise.reject(new Error('image 9 is damaged')) : inner.picture(image)),
  };
  await expect(all(evaluationPhotos(set, { batchSize: 4, normalization: UNIT, side: 8 }))).rejects.toThrow(
    'image 9 is damaged',
  );
});

test('mirroring is in the augmentation: some crops are mirrored', async () => {
  const ramp: PhotoSet = {
    ...noisePhotos(64),
    picture: async () => ({
      height: 16,
      width: 16,
      pixels: Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3) % 16),
    }),
  };
  const [{ images }] = await all(trainingPhotos(ramp, { ...training, batchSize: 64 }));
  const rising = Array.from({ length: 64 }, (_, place) => images[place * 432] < images[place * 432 + 33]).filter(
    Boolean,
  ).length;
  // Binomial, 64 trials of 1/2: four deviations on either side.
  expect(Math.abs(rising - 32)).toBeLessThan(16);
  expect(mirror(await ramp.picture(0)).pixels[0]).toBe(15);
});
