/** The photos of own classes as a set: kept apart as the page says, read as any other, and found again. */
import { encode } from 'jpeg-js';
import { expect, test } from 'vitest';
import { createMemoryStore } from '../../data/store/memoryStore.ts';
import type { ImageStore } from '../../data/store/imageStore.ts';
import { nodeDecode } from '../../data/node/decode.ts';
import { zipOf } from '../../data/testing/zips.ts';
import { OWN_CLASSES } from '../../contract/catalogue.ts';
import { readSet, type DatasetHost } from './datasets.ts';
import { importClasses, ownPhotos, picturesInZip } from './ownClasses.ts';

const jpeg = (grey: number, side = 224): Blob =>
  new Blob([new Uint8Array(encode({ width: side, height: side, data: Buffer.alloc(side * side * 4, grey) }, 90).data)]);

function hostOf(): DatasetHost & { readonly lasting: ImageStore } {
  const lasting: ImageStore = { ...createMemoryStore(), kind: 'indexeddb' };
  return { store: lasting, lasting, memory: createMemoryStore(), parts: null, decode: nodeDecode };
}

const photos = (from: number, count: number): readonly Blob[] =>
  Array.from({ length: count }, (_, i) => jpeg(from + 4 * i));

const CLASSES = [
  { name: 'my cup', train: photos(10, 4), test: photos(40, 1) },
  { name: 'Hand', train: photos(110, 6), test: photos(150, 2) },
];

test('they are a set with its two sides and names, and are found again as the files that they were', async () => {
  const host = hostOf();
  expect(await importClasses(host, { classes: CLASSES, keep: false })).toEqual({ message: null });
  expect(await host.lasting.manifests()).toEqual([]);
  const { train, test: apart } = await readSet(host, OWN_CLASSES.dataset);
  expect([train.classes, train.count, apart.count, train.height]).toEqual([['my cup', 'Hand'], 10, 3, 224]);
  const found = await ownPhotos(host);
  expect(found?.kept).toBe(false);
  expect(found?.classes.map(({ name, train: t, test: a }) => [name, t.length, a.length])).toEqual([
    ['my cup', 4, 1],
    ['Hand', 6, 2],
  ]);
  const [first] = found?.classes[1].test ?? [];
  expect(new Uint8Array(await first.arrayBuffer())).toEqual(new Uint8Array(await CLASSES[1].test[0].arrayBuffer()));
});

test('where it is asked for they stay; the next that are not kept take them away', async () => {
  const host = hostOf();
  await importClasses(host, { classes: CLASSES, keep: true });
  expect((await host.lasting.manifests()).map(({ name }) => name)).toEqual([OWN_CLASSES.dataset]);
  expect((await ownPhotos(host))?.kept).toBe(true);
  await importClasses(host, { classes: CLASSES, keep: false });
  expect(await host.lasting.manifests()).toEqual([]);
  expect((await ownPhotos(host))?.kept).toBe(false);
});

test('without any, a sentence says how they come', async () => {
  const host = hostOf();
  expect(await ownPhotos(host)).toBeNull();
  await expect(readSet(host, OWN_CLASSES.dataset)).rejects.toMatchObject({
    code: 'absent',
    message: expect.stringMatching(/Record or bring photos on the screen Your own classes/) as string,
  });
});

test('one class alone is refused', async () => {
  await expect(importClasses(hostOf(), { classes: CLASSES.slice(0, 1), keep: false })).rejects.toThrow(/1 class/);
});

test('a zip gives its pictures with their folders, and nothing else', async () => {
  const content = new Uint8Array(await jpeg(90, 16).arrayBuffer());
  const zip = zipOf(
    ['cup/0.jpg', 'hand/1.jpg', '__MACOSX/cup/._0.jpg', 'notes.txt'].map((name) => ({ name, content })),
  );
  const files = await picturesInZip(new File([zip], 'samples.zip'));
  expect(files.map(({ path, file }) => [path, file.size])).toEqual([
    ['cup/0.jpg', content.length],
    ['hand/1.jpg', content.length],
  ]);
  const empty = new File([zipOf([{ name: 'notes.txt', content }])], 'notes.zip');
  await expect(picturesInZip(empty)).rejects.toThrow(/notes.zip holds no pictures/);
});
