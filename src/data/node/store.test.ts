import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importImages } from '../import/importImages.ts';
import { blobSource } from '../import/byteSource.ts';
import { nodeDecode } from './decode.ts';
import { createFolderStore, keepFolder } from './store.ts';
import { openImageSet } from '../photos/photoSet.ts';
import { createMemoryStore } from '../store/memoryStore.ts';
import type { ImageManifest, ImageStore } from '../store/imageStore.ts';
import { cifarBatch, tarGz } from '../testing/archives.ts';

let folder: string;
let archive: Blob;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fewbit-'));
  archive = new Blob([await tarGz({ 'data_batch_1.bin': cifarBatch(20, 1), 'test_batch.bin': cifarBatch(10, 2) })]);
});
afterAll(() => rmSync(folder, { recursive: true }));

const importTo = (store: ImageStore): Promise<{ manifest: ImageManifest }> =>
  importImages({
    name: 'folder:a/b',
    inputs: [{ kind: 'file', source: blobSource(archive, 'part.tar.gz') }],
    keepSide: 160,
    seed: 1,
    store,
    whenFull: createMemoryStore(),
    decode: nodeDecode,
  });

test('a folder gives back what memory would: records, labels, pixels', async () => {
  const [onDisk, inMemory] = [createFolderStore(join(folder, 'sets')), createMemoryStore()];
  const { manifest } = await importTo(onDisk);
  expect(manifest).toEqual((await importTo(inMemory)).manifest);
  const again = createFolderStore(join(folder, 'sets'));
  expect(await again.manifests()).toEqual([manifest]);
  for (const split of ['train', 'test'] as const)
    expect(await again.indexes('folder:a/b', split)).toEqual(await inMemory.indexes('folder:a/b', split));
  const [read, expected] = [
    await openImageSet(again, 'folder:a/b', nodeDecode),
    await openImageSet(inMemory, 'folder:a/b', nodeDecode),
  ];
  expect(read?.train.count).toBe(20);
  expect(await read?.test.picture(7)).toEqual(await expected?.test.picture(7));
  await again.remove('folder:a/b');
  expect(await again.manifests()).toEqual([]);
});

test('manifests written at the same time do not meet', async () => {
  const store = createFolderStore(join(folder, 'busy'));
  const { manifest } = await importTo(createMemoryStore());
  await Promise.all(Array.from({ length: 20 }, (_, doneBytes) => store.putManifest({ ...manifest, doneBytes })));
  expect((await store.manifest(manifest.name))?.images).toEqual({ train: 20, test: 10 });
});

test('a shard that was changed is refused', async () => {
  const store = createFolderStore(join(folder, 'changed'));
  await importTo(store);
  const [shard] = readdirSync(join(folder, 'changed', 'folder%3Aa%2Fb')).filter((name) => /^test.*bin$/.test(name));
  writeFileSync(join(folder, 'changed', 'folder%3Aa%2Fb', shard), 'something else');
  const opened = await openImageSet(store, 'folder:a/b', nodeDecode);
  await expect(opened?.test.picture(0)).rejects.toThrow('is damaged: a part of its test split has changed');
});

test('a kept folder is filled once, and a failure leaves nothing', async () => {
  const wanted = join(folder, 'kept', 'v1');
  const filled: string[] = [];
  const fill = async (made: string): Promise<void> => {
    filled.push(made);
    writeFileSync(join(made, 'file'), 'content');
    if (filled.length === 1) throw new Error('no space');
  };
  await expect(keepFolder(wanted, fill)).rejects.toThrow('no space');
  expect(readdirSync(join(folder, 'kept'))).toEqual([]);
  expect(await Promise.all([keepFolder(wanted, fill), keepFolder(wanted, fill)])).toEqual([wanted, wanted]);
  await keepFolder(wanted, fill);
  expect(filled).toHaveLength(3);
  expect(readdirSync(join(folder, 'kept'))).toEqual(['v1']);
  expect(existsSync(join(wanted, 'file'))).toBe(true);
});
