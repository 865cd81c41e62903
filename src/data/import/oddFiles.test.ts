import { packTar } from 'modern-tar';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { imageParquet } from '../../../e2e/parquet.ts';
import { networkError } from '../download/request.ts';
import { nodeDecode } from '../node/decode.ts';
import { createMemoryStore } from '../store/memoryStore.ts';
import { tar, zip } from '../testing/archives.ts';
import type { Files } from '../testing/archives.ts';
import { noise, noisePicture } from '../testing/noise.ts';
import type { Bytes } from '../types.ts';
import { blobSource } from './byteSource.ts';
import { importImages } from './importImages.ts';
import type { ImportRequest } from './importImages.ts';
import type { ImportInput } from './sample.ts';
import { isLeftOutQuestion } from './tally.ts';

function png(seed: number, height = 20, width = 30): Bytes {
  const { pixels } = noisePicture(height, width, seed);
  const image = new PNG({ height, width });
  for (let i = 0; i < height * width; i++) image.data.set([...pixels.subarray(i * 3, i * 3 + 3), 255], i * 4);
  return new Uint8Array(PNG.sync.write(image));
}

const pictures = (folders: Readonly<Record<string, number>>, from = 0): Record<string, Bytes> =>
  Object.fromEntries(
    Object.entries(folders).flatMap(([folder, n], place) =>
      Array.from({ length: n }, (_, i) => [`${folder}/${i}.png`, png(from + place * 100 + i)] as const),
    ),
  );

const file = (bytes: Bytes, name: string): ImportInput => ({
  kind: 'file',
  source: blobSource(new Blob([bytes]), name),
});
const folder = (files: Files, name = 'pets'): ImportInput => ({
  kind: 'folder',
  name,
  files: Object.entries(files).map(([path, bytes]) => ({ path, blob: new Blob([bytes]) })),
});

const run = (inputs: readonly ImportInput[], more: Partial<ImportRequest> = {}) =>
  importImages({
    name: 'set',
    inputs,
    keepSide: 160,
    seed: 1,
    store: createMemoryStore(),
    whenFull: createMemoryStore(),
    decode: nodeDecode,
    ...more,
  });

const cut = png(1).slice(0, 900);

describe('one odd picture does not refuse the others', () => {
  const odd: Files = {
    'cat/cut.png': cut,
    'cat/page.jpg': new TextEncoder().encode('<!doctype html>'),
    'dog/x.tif': new TextEncoder().encode('II*\0\x08\0\0\0'),
  };

  test('it is left out, counted and listed with its reason, from a folder, a zip and a tar alike', async () => {
    const files = { ...pictures({ cat: 10, dog: 10 }), ...odd };
    for (const input of [folder(files), file(zip(files), 'a.zip'), file(await tar(files), 'a.tar')]) {
      const { manifest } = await run([input]);
      expect([manifest.images.train + manifest.images.test, manifest.complete]).toEqual([20, true]);
      expect(manifest.leftOut).toEqual([
        { reason: 'damaged', count: 2, examples: ['cat/cut.png', 'cat/page.jpg'] },
        { reason: 'format', count: 1, examples: ['dog/x.tif'] },
      ]);
      expect(manifest.warnings?.join()).toContain('2 pictures are left out: damaged or cut short (cat/cut.png');
    }
  });

  test('more than a fifth is asked about, and goes on where it was once that is allowed', async () => {
    const files = { ...pictures({ cat: 5, dog: 5 }), ...odd };
    const store = createMemoryStore();
    const asked = await run([folder(files)], { store }).catch((error: unknown) => error);
    expect(isLeftOutQuestion(asked)).toBe(true);
    expect((asked as Error).message).toContain('3 of the 13 pictures of set cannot be read and would be left out.');
    let decoded = 0;
    const decode: typeof nodeDecode = (...args) => (decoded++, nodeDecode(...args));
    const { manifest } = await run([folder(files)], { store, decode, allowLeftOut: true });
    expect(decoded).toBe(0);
    expect(manifest.images).toEqual({ train: 8, test: 2 });
    expect(manifest.leftOut?.map(({ count }) => count)).toEqual([2, 1]);
  });

  test('nothing that can be read is refused, with the reasons', async () => {
    const store = createMemoryStore();
    await expect(run([folder(odd)], { store, allowLeftOut: true })).rejects.toThrow(
      'None of the 3 pictures of set can be read. cat/cut.png is damaged: it cannot be decoded, for it is cut short.',
    );
    expect(await store.manifests()).toEqual([]);
  });

  test('an import that is interrupted goes on past those it could not read', async () => {
    const large = Object.fromEntries(
      Array.from(
        { length: 60 },
        (_, i) =>
          [`${i % 2 ? 'cat' : 'dog'}/${String(i).padStart(3, '0')}.png`, i % 7 === 3 ? cut : png(i, 260, 400)] as const,
      ),
    );
    const whole = blobSource(new Blob([await tar(large)]), 'a.tar');
    let broken = 2;
    const stream = (): ReadableStream<Bytes> => {
      if (--broken !== 0) return whole.stream();
      let at = 0;
      const reader = whole.stream().getReader();
      return new ReadableStream({
        pull: async (controller) => {
          const { value } = await reader.read();
          at += value?.length ?? 0;
          if (at > 15_000_000 || !value) return controller.error(networkError('gone'));
          controller.enqueue(value);
        },
      });
    };
    const store = createMemoryStore();
    const input: ImportInput = { kind: 'file', source: { ...whole, stream } };
    await expect(run([input], { store, keepSide: 400 })).rejects.toThrow('gone');
    const { manifest } = await run([input], { store, keepSide: 400 });
    const other = (await run([file(await tar(large), 'a.tar')], { keepSide: 400 })).manifest;
    expect([manifest.content, manifest.leftOut]).toEqual([other.content, other.leftOut]);
  });
});

describe('links of a tar', () => {
  const linked = (links: readonly { name: string; to: string; type: 'link' | 'symlink' }[]): Promise<Bytes> =>
    packTar([
      ...Object.entries(pictures({ 'pets/cat': 6, 'pets/dog': 6 })).map(([name, body]) => ({
        header: { name, size: body.length, type: 'file' as const },
        body,
      })),
      ...links.map(({ name, to, type }) => ({ header: { name, size: 0, type, linkname: to } })),
    ]);

  test('hard ones are followed, symbolic ones are counted', async () => {
    const archive = await linked([
      ...[0, 1, 2, 3].map((i) => ({ name: `pets/owl/${i}.png`, to: `pets/cat/${i}.png`, type: 'link' as const })),
      { name: 'pets/owl/9.png', to: '../cat/4.png', type: 'symlink' },
    ]);
    const { manifest } = await run([file(archive, 'a.tar')]);
    expect(manifest.classes).toEqual(['cat', 'dog', 'owl']);
    expect(manifest.counts.train[2] + manifest.counts.test[2]).toBe(4);
    expect(manifest.leftOut).toEqual([{ reason: 'symbolic link', count: 1, examples: ['pets/owl/9.png'] }]);
  });
});

describe('several at once', () => {
  test('archives named after their splits are one set', async () => {
    const { manifest } = await run([
      file(zip(pictures({ cat: 4, dog: 4 })), 'train.zip'),
      file(await tar(pictures({ cat: 2, dog: 2 }, 1000)), 'test.tar'),
    ]);
    expect(manifest.counts).toEqual({ train: [4, 4], test: [2, 2] });
  });

  test('so are folders of classes', async () => {
    const files = pictures({ cat: 10, dog: 10 });
    expect((await run([folder(files, 'cat and 1 more')])).manifest.counts).toEqual({ train: [8, 8], test: [2, 2] });
  });
});

test('a tree that an archive holds twice counts once, whatever it is packed in', async () => {
  const tree = {
    ...pictures({ 'x/train/cat': 4, 'x/train/dog': 4 }),
    ...pictures({ 'x/test/cat': 2, 'x/test/dog': 2 }, 900),
  };
  const twice = { ...tree, ...Object.fromEntries(Object.entries(tree).map(([path, bytes]) => [`x/${path}`, bytes])) };
  for (const input of [folder(twice), file(zip(twice), 'a.zip'), file(await tar(twice), 'a.tar')]) {
    const { manifest } = await run([input]);
    expect(manifest.counts).toEqual({ train: [4, 4], test: [2, 2] });
    expect(manifest.leftOut).toEqual([expect.objectContaining({ reason: 'copy', count: 12 })]);
  }
});

test('a reading that is asked for is taken', async () => {
  const files = pictures({ 'bird/owl': 5, 'bird/hen': 5, 'mammal/cat': 5, 'mammal/dog': 5 });
  expect((await run([folder(files)])).manifest.classes).toEqual(['bird', 'mammal']);
  expect((await run([folder(files)], { reading: '2' })).manifest.classes).toEqual(['cat', 'dog', 'hen', 'owl']);
});

describe('what is no set is refused, saying what it is and what to do', () => {
  test.each<[string, Bytes, string]>([
    [
      '7z',
      Uint8Array.of(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4),
      'a.bin is an archive in 7z, which is not unpacked here. Unpack it and drop the folder.',
    ],
    ['RAR', Uint8Array.of(0x52, 0x61, 0x72, 0x21, 0x1a, 7, 1, 0), 'is an archive in RAR'],
    ['xz', Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), 'is an archive in xz'],
    ['a picture', png(1), 'a.bin is one picture. A set needs the pictures of each class in a folder of its own'],
    ['noise', noise(600, 3), 'a.bin is no archive that Fewbit knows'],
  ])('%s', (_, bytes, message) => expect(run([file(bytes, 'a.bin')])).rejects.toThrow(message));

  test('an archive in an archive', async () => {
    const inner = zip(pictures({ cat: 2 }));
    const message = 'a.bin holds another archive (data/inner.zip) and no pictures. Unpack it and drop the folder.';
    for (const outer of [zip({ 'data/inner.zip': inner }), await tar({ 'data/inner.zip': inner })])
      await expect(run([file(outer, 'a.bin')])).rejects.toThrow(message);
  });
});

test('classes of parquet keep the order of their numbers; a number without images is said', async () => {
  const rows = Array.from({ length: 12 }, (_, i) => ({ path: `${i}.png`, file: png(i), label: [2, 0, 3][i % 3] }));
  const names = ['zebra', 'owl', 'cat', 'ant'];
  const inputs = [
    file(new Uint8Array(imageParquet(rows.slice(0, 9), names)), 'train.parquet'),
    { ...file(new Uint8Array(imageParquet(rows.slice(9), names)), 'test.parquet'), split: 'test' } as ImportInput,
  ];
  const { manifest } = await run(inputs);
  expect(manifest.classes).toEqual(['zebra', 'cat', 'ant']);
  expect(manifest.counts).toEqual({ train: [3, 3, 3], test: [1, 1, 1] });
  expect(manifest.warnings).toEqual([
    'The files number 4 classes, and 1 of them has no images: owl. It is no class here.',
  ]);
});
