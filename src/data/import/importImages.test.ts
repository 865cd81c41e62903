import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PNG } from 'pngjs';
import { openCache } from '../store/database.ts';
import type { Cache } from '../store/database.ts';
import { nodeDecode } from '../node/decode.ts';
import { checkImageSet, openImageSet } from '../photos/photoSet.ts';
import { createCacheStore } from '../store/cacheStore.ts';
import { createMemoryStore } from '../store/memoryStore.ts';
import type { ImageStore } from '../store/imageStore.ts';
import { cifarBatch, cifarPickle, gzip, tar, tarGz, zip } from '../testing/archives.ts';
import type { Files } from '../testing/archives.ts';
import { noise, noisePicture } from '../testing/noise.ts';
import { networkError } from '../download/request.ts';
import type { Bytes } from '../types.ts';
import { blobSource } from './byteSource.ts';
import type { ByteSource } from './byteSource.ts';
import { importImages } from './importImages.ts';
import type { ImportRequest } from './importImages.ts';
import type { ImportInput } from './sample.ts';

let cache: Cache;
let store: ImageStore;
let databases = 0;

beforeEach(async () => {
  cache = await openCache(`import-${databases++}`);
  store = createCacheStore(cache);
});
afterEach(() => {
  vi.restoreAllMocks();
  cache.close();
});

function png(height: number, width: number, seed: number): Bytes {
  const { pixels } = noisePicture(height, width, seed);
  const image = new PNG({ height, width });
  for (let i = 0; i < height * width; i++) image.data.set([...pixels.subarray(i * 3, i * 3 + 3), 255], i * 4);
  return new Uint8Array(PNG.sync.write(image));
}

const file = (bytes: Bytes, name = 'dropped'): ImportInput => ({
  kind: 'file',
  source: blobSource(new Blob([bytes]), name),
});

const run = (inputs: readonly ImportInput[], more: Partial<ImportRequest> = {}) =>
  importImages({
    name: 'set',
    inputs,
    keepSide: 160,
    seed: 1,
    store,
    whenFull: createMemoryStore(),
    decode: nodeDecode,
    ...more,
  });

const isEmpty = async (): Promise<boolean> =>
  (await Promise.all((['imageSets', 'shards', 'shardIndexes'] as const).map((name) => cache.count(name)))).every(
    (count) => count === 0,
  );

const TRAIN = [cifarBatch(30, 1), cifarBatch(20, 2)];
const TEST = cifarBatch(10, 3);
const binary: Files = {
  'cifar-10-batches-bin/readme.html': noise(100, 9),
  'cifar-10-batches-bin/data_batch_1.bin': TRAIN[0],
  'cifar-10-batches-bin/test_batch.bin': TEST,
  'cifar-10-batches-bin/data_batch_2.bin': TRAIN[1],
};
const python: Files = {
  'cifar-10-batches-py/batches.meta': noise(50, 8),
  'cifar-10-batches-py/data_batch_1': cifarPickle(TRAIN[0]),
  'cifar-10-batches-py/test_batch': cifarPickle(TEST),
  'cifar-10-batches-py/data_batch_2': cifarPickle(TRAIN[1]),
};

describe('CIFAR-10', () => {
  test('is the same from either archive, whatever it is called and however it is packed', async () => {
    const archives = [
      await tarGz(binary),
      await tar(binary),
      await gzip(await tarGz(binary)),
      zip(binary),
      await tarGz(python),
    ];
    const imported = [];
    for (const archive of archives)
      imported.push((await run([file(archive, 'holiday.jpg')], { store: createMemoryStore() })).manifest);
    expect(imported[0].images).toEqual({ train: 50, test: 10 });
    expect(imported[0].counts).toEqual({ train: Array(10).fill(5), test: Array(10).fill(1) });
    for (const { images, counts, content } of imported)
      expect({ images, counts, content }).toEqual({
        images: imported[0].images,
        counts: imported[0].counts,
        content: imported[0].content,
      });
  });

  test('comes back pixel by pixel', async () => {
    await run([file(await tarGz(binary))]);
    const opened = await openImageSet(store, 'set', nodeDecode);
    expect(Array.from(opened?.train.labels ?? [])).toEqual(
      [...Array(30).keys(), ...Array(20).keys()].map((i) => i % 10),
    );
    const picture = await opened?.train.picture(31);
    const planes = TRAIN[1].subarray(3073 + 1, 2 * 3073);
    for (let i = 0; i < 1024; i++)
      for (let c = 0; c < 3; c++) expect(picture?.pixels[i * 3 + c]).toBe(planes[c * 1024 + i]);
  });
});

describe('a folder of photos', () => {
  const photos: Files = Object.fromEntries(
    ['cat', 'dog', 'owl'].flatMap((name, label) =>
      Array.from({ length: 10 }, (_, i) => [`pets/${name}/${i}.png`, png(20 + label, 30 + i, label * 10 + i)]),
    ),
  );
  const blobs = (files: Files): ImportInput => ({
    kind: 'folder',
    name: 'pets',
    files: Object.entries(files).map(([path, bytes]) => ({ path, blob: new Blob([bytes]) })),
  });

  test('splits by seed, two of ten of each class, alike as folder, tar and zip', async () => {
    const sets = [];
    for (const input of [blobs(photos), file(await tar(photos)), file(zip(photos))])
      sets.push((await run([input], { store: createMemoryStore() })).manifest);
    for (const { classes, counts, content } of sets) {
      expect(classes).toEqual(['cat', 'dog', 'owl']);
      expect(counts).toEqual({ train: [8, 8, 8], test: [2, 2, 2] });
      expect(content).toEqual(sets[0].content);
    }
    const other = await run([blobs(photos)], { store: createMemoryStore(), seed: 2 });
    expect(other.manifest.content).not.toEqual(sets[0].content);
  });

  test('splits by folder where folders are named so, and passes over what is no image', async () => {
    const named = Object.fromEntries(
      Object.entries(photos).map(([path, bytes], i) => [
        path.replace('pets', i % 2 ? 'pets/train' : 'pets/val'),
        bytes,
      ]),
    );
    const { manifest } = await run([
      file(
        await tarGz({
          ...named,
          'pets/.DS_Store': noise(9, 1),
          'pets/notes.txt': noise(9, 1),
          '__MACOSX/pets/train/cat/._1.png': noise(9, 1),
        }),
      ),
    ]);
    expect(manifest.counts).toEqual({ train: [5, 5, 5], test: [5, 5, 5] });
  });

  test('keeps large images at the shorter side asked for, and the others as their files', async () => {
    const { manifest } = await run(
      [
        file(
          await tar({
            'a/1.png': png(200, 300, 1),
            'a/2.png': png(90, 120, 2),
            'b/1.png': png(64, 64, 3),
            ...Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`b/x${i}.png`, png(8, 8, i)])),
            ...Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`a/x${i}.png`, png(8, 8, i)])),
          }),
        ),
      ],
      { keepSide: 100 },
    );
    const opened = await openImageSet(store, 'set', nodeDecode);
    const sizes = new Set<string>();
    for (const split of [opened?.train, opened?.test])
      for (let i = 0; i < (split?.count ?? 0); i++)
        sizes.add([(await split?.picture(i))?.height, (await split?.picture(i))?.width].join('x'));
    expect(manifest.complete).toBe(true);
    expect(sizes).toEqual(new Set(['100x150', '90x120', '64x64', '8x8']));
  });
});

/** Gives `bytes` of the archive, then breaks with `error`; whole once mended. */
function breaking(archive: Bytes, bytes: number, error: () => Error): { input: ImportInput; mend: () => void } {
  let limit = bytes;
  const whole = blobSource(new Blob([archive]), 'set.tar.gz');
  const stream = (): ReadableStream<Bytes> => {
    let at = 0;
    return new ReadableStream({
      pull: (controller) => {
        if (at >= limit) return controller.error(error());
        if (at >= archive.length) return controller.close();
        controller.enqueue(archive.slice(at, (at = Math.min(at + 65_536, limit, archive.length))));
      },
    });
  };
  const source: ByteSource = { ...whole, stream };
  return { input: { kind: 'file', source }, mend: () => (limit = Infinity) };
}

describe('an import that is interrupted', () => {
  const large = {
    'cifar-10-batches-bin/data_batch_1.bin': cifarBatch(4000, 1),
    'cifar-10-batches-bin/test_batch.bin': cifarBatch(100, 2),
  };

  test('keeps what is stored, is not offered, and goes on from there', async () => {
    const archive = await tar(large);
    const { input, mend } = breaking(archive, archive.length - 100_000, () => networkError('The line went dead.'));
    await expect(run([input])).rejects.toThrow('The line went dead.');
    expect(await openImageSet(store, 'set', nodeDecode)).toBeNull();
    const shards = await cache.getAllKeys('shards');
    expect(shards).toEqual([
      ['set', 'train', 0],
      ['set', 'train', 1],
    ]);
    const before = await cache.getAll('shards');
    mend();
    const put = vi.spyOn(IDBObjectStore.prototype, 'put');
    const { manifest } = await run([input]);
    const written = put.mock.calls.map(([, key]) => JSON.stringify(key)).filter((key) => key?.includes('train'));
    expect(new Set(written)).toEqual(new Set(['["set","train",2]']));
    expect((await cache.getAll('shards')).slice(1, 3).every((shard, i) => Buffer.compare(shard, before[i]) === 0)).toBe(
      true,
    );
    expect(manifest.content).toEqual((await run([file(archive)], { store: createMemoryStore() })).manifest.content);
  });

  test('is begun anew when another file is imported under its name', async () => {
    const archive = await tar(large);
    const { input } = breaking(archive, archive.length - 100_000, () => networkError('gone'));
    await expect(run([input])).rejects.toThrow('gone');
    const other = await tarGz(binary);
    expect((await run([file(other)])).manifest.images).toEqual({ train: 50, test: 10 });
    expect(await cache.count('shards')).toBe(2);
  });

  test('leaves nothing when the file itself was bad', async () => {
    const archive = await tar(large);
    const { input } = breaking(
      archive,
      archive.length - 100_000,
      () => new Error('set.tar.gz is damaged: so it says.'),
    );
    await expect(run([input])).rejects.toThrow('set.tar.gz is damaged');
    expect(await isEmpty()).toBe(true);
  });

  test('moves to memory when the storage is full', async () => {
    const archive = await tar(large);
    const put = IDBObjectStore.prototype.put;
    let shards = 0;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      value: unknown,
      key?: IDBValidKey,
    ) {
      const request = put.call(this, value, key);
      if (this.name === 'shards' && ++shards > 1)
        (this.transaction as unknown as { _abort(error: string): void })._abort('QuotaExceededError');
      return request;
    });
    const whenFull = createMemoryStore();
    const imported = await run([file(archive)], { whenFull });
    expect(imported.message).toMatch(/storage is full, so set is kept in memory/);
    expect(imported.store).toBe(whenFull);
    expect(imported.manifest.images).toEqual({ train: 4000, test: 100 });
    expect((await openImageSet(whenFull, 'set', nodeDecode))?.train.count).toBe(4000);
    expect(await isEmpty()).toBe(true);
  });
});

test('a damaged shard is never offered: the set says so, until it is imported anew', async () => {
  const archive = await tarGz(binary);
  const { manifest } = await run([file(archive)]);
  expect(await checkImageSet(store, manifest)).toBe(2);
  const shard = (await cache.get('shards', ['set', 'train', 0])) ?? new Uint8Array(1);
  shard[1234] ^= 8;
  await cache.put('shards', shard, ['set', 'train', 0]);
  const opened = await openImageSet(store, 'set', nodeDecode);
  await expect(opened?.train.picture(3)).rejects.toThrow('The stored copy of set is damaged');
  expect(await store.manifest('set')).toMatchObject({ complete: false, damaged: true });
  expect(await openImageSet(store, 'set', nodeDecode)).toBeNull();
  await expect(checkImageSet(store, manifest)).rejects.toThrow('a part of its train split has changed');
  expect((await run([file(archive)])).manifest).toEqual(manifest);
  expect(await checkImageSet(store, manifest)).toBe(2);
});
