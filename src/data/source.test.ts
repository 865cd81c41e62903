import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { CIFAR_IMAGE_BYTES, CIFAR10_CLASSES } from './formats/cifarBinary.ts';
import { sha256 } from './bytes/fingerprint.ts';
import { parseManifest } from './manifest.ts';
import { randomFor } from '../base/shuffle.ts';
import { loadCifar10Full, loadSample } from './source.ts';
import type { Bytes, Read, SampleFile, SampleManifest } from './types.ts';

/** Noise, so that gzip cannot make it small. */
function makeRaw(images: number): Bytes {
  const random = randomFor(images);
  return Uint8Array.from({ length: images * CIFAR_IMAGE_BYTES }, (_, i) =>
    i % CIFAR_IMAGE_BYTES === 0 ? (i / CIFAR_IMAGE_BYTES) % 10 : random() * 256,
  );
}

async function describeFile(name: string, raw: Bytes): Promise<{ file: SampleFile; zipped: Bytes }> {
  const zipped = new Uint8Array(gzipSync(raw));
  const images = raw.length / CIFAR_IMAGE_BYTES;
  const file = {
    name,
    bytes: zipped.length,
    sha256: await sha256(zipped),
    raw: { bytes: raw.length, sha256: await sha256(raw) },
    images,
    originalIndices: Array.from({ length: images }, (_, i) => i),
  };
  return { file, zipped };
}

const [rawTrain, rawTest] = [makeRaw(20), makeRaw(10)];
const train = await describeFile('train.bin.gz', rawTrain);
const test_ = await describeFile('test.bin.gz', rawTest);
const manifest: SampleManifest = {
  name: 'tiny',
  format: 'cifar-10-binary',
  seed: 1,
  rule: 'all',
  classes: CIFAR10_CLASSES,
  train: train.file,
  test: test_.file,
};

const reading =
  (files: Record<string, Bytes>): Read =>
  async (name) =>
    files[name];
const good = { 'train.bin.gz': train.zipped, 'test.bin.gz': test_.zipped };

describe('loadSample', () => {
  test('gives both splits', async () => {
    const dataset = await loadSample(reading(good), manifest);
    expect(dataset.name).toBe('tiny');
    expect([dataset.train.count, dataset.test.count]).toEqual([20, 10]);
    expect(Array.from(dataset.test.labels)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('takes a file that the server has decompressed already', async () => {
    const dataset = await loadSample(reading({ ...good, 'test.bin.gz': rawTest }), manifest);
    expect(dataset.test).toEqual((await loadSample(reading(good), manifest)).test);
  });

  const flipped = (bytes: Bytes, at: number): Bytes => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
  test.each([
    ['one byte changed', flipped(test_.zipped, 500), 'its SHA-256 is'],
    ['cut short', test_.zipped.slice(0, 1000), 'it is 1000 bytes long, not'],
    ['empty', new Uint8Array(), 'it is 0 bytes long, not'],
    ['another file', train.zipped, 'bytes long, not'],
    ['decompressed and changed', flipped(rawTest, 500), 'its SHA-256 is'],
    ['decompressed and cut short', rawTest.slice(0, 3073), 'it is 3073 bytes long, not'],
  ])('refuses a file that is %s', async (_, bytes, reason) => {
    const loading = loadSample(reading({ ...good, 'test.bin.gz': bytes }), manifest);
    await expect(loading).rejects.toThrow('datasets/tiny/test.bin.gz is damaged: ');
    await expect(loading).rejects.toThrow(reason);
    await expect(loading).rejects.toThrow('install Fewbit again');
  });

  test('refuses a gzip that is whole but holds something else', async () => {
    const other = await describeFile('test.bin.gz', makeRaw(10).reverse());
    const lying = { ...manifest, test: { ...other.file, raw: test_.file.raw } };
    await expect(loadSample(reading({ ...good, 'test.bin.gz': other.zipped }), lying)).rejects.toThrow(
      'datasets/tiny/test.bin.gz is damaged: its SHA-256 is',
    );
  });
});

describe('parseManifest', () => {
  const parse = (value: unknown): SampleManifest =>
    parseManifest(new TextEncoder().encode(JSON.stringify(value)), 'sample.json');

  test('reads what was written', () => {
    expect(parse(manifest)).toEqual(manifest);
  });

  test('refuses what is no JSON', () => {
    expect(() => parseManifest(new TextEncoder().encode('<!doctype html>'), 'sample.json')).toThrow(
      'sample.json is damaged: it is no JSON',
    );
  });

  test.each([
    ['nothing', null],
    ['a list', [manifest]],
    ['another format', { ...manifest, format: 'png' }],
    ['no test split', { ...manifest, test: undefined }],
    ['a hash that is none', { ...manifest, test: { ...test_.file, sha256: 'abc' } }],
    ['a length that is none', { ...manifest, test: { ...test_.file, raw: { ...test_.file.raw, bytes: -1 } } }],
    ['too few indices', { ...manifest, train: { ...train.file, originalIndices: [1] } }],
  ])('refuses %s', (_, value) => {
    expect(() => parse(value)).toThrow('sample.json does not describe a sample of CIFAR-10');
  });
});

describe('loadCifar10Full', () => {
  test('refuses a file that is cut short, and one of the right length that is not the published one', async () => {
    await expect(loadCifar10Full(async () => rawTrain)).rejects.toThrow(
      'data_batch_1.bin is damaged: it is 61460 bytes long, not 30730000',
    );
    await expect(loadCifar10Full(async () => new Uint8Array(30_730_000))).rejects.toThrow(
      /data_batch_1\.bin is damaged: its SHA-256 is .*not cee91656/,
    );
  });
});
