import { afterEach, expect, test } from 'vitest';
import { blobSource } from '../import/byteSource.ts';
import { importImages } from '../import/importImages.ts';
import { nodeDecode } from '../node/decode.ts';
import { openImageSet } from '../photos/photoSet.ts';
import { cifarBatch, tarGz } from '../testing/archives.ts';
import type { ImageStore } from './imageStore.ts';
import { createMemoryStore } from './memoryStore.ts';
import { createAskingStore, shareStore } from './sharedStore.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function filled(): Promise<ImageStore> {
  const store = createMemoryStore();
  const archive = new Blob([
    await tarGz({ 'data_batch_1.bin': cifarBatch(20, 1), 'test_batch.bin': cifarBatch(10, 2) }),
  ]);
  await importImages({
    name: 'school',
    inputs: [{ kind: 'file', source: blobSource(archive, 'part.tar.gz') }],
    keepSide: 160,
    seed: 1,
    store,
    whenFull: createMemoryStore(),
    decode: nodeDecode,
  });
  return store;
}

function asking(patienceMs?: number): ImageStore {
  const store = createAskingStore(patienceMs);
  closing.push(store.close);
  return store;
}

test('a set in one memory is read from another', async () => {
  const store = await filled();
  closing.push(shareStore(createMemoryStore()), shareStore(store));
  const [read, own] = [
    await openImageSet(asking(), 'school', nodeDecode),
    await openImageSet(store, 'school', nodeDecode),
  ];
  expect([read?.train.count, read?.test.count]).toEqual([20, 10]);
  expect(read?.train.labels).toEqual(own?.train.labels);
  expect(await read?.test.picture(7)).toEqual(await own?.test.picture(7));
});

test('a set that nobody has, or that is not whole, is nowhere', async () => {
  const store = await filled();
  const manifest = await store.manifest('school');
  if (manifest) await store.putManifest({ ...manifest, complete: false });
  closing.push(shareStore(store));
  for (const name of ['school', 'other']) expect(await openImageSet(asking(20), name, nodeDecode)).toBeNull();
});
