/** The files in datasets/cifar10-sample themselves, and the full set where it has been prepared. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { CIFAR10_CLASSES } from './formats/cifarBinary.ts';
import { subset } from './imageSet.ts';
import { parseManifest } from './manifest.ts';
import { nodeReader } from './node/reader.ts';
import { balancedIndices, randomFor } from '../base/shuffle.ts';
import { loadCifar10Full, loadSample } from './source.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'datasets', 'cifar10-sample');
const full = join(root, '.cache', 'cifar10');
const fullIsThere = existsSync(join(full, 'test_batch.bin'));
if (!fullIsThere)
  console.info(
    'The full CIFAR-10 is not in .cache (npx tsx scripts/prepare-cifar10.ts): the check against it is skipped.',
  );

const manifest = parseManifest(readFileSync(join(folder, 'sample.json')), 'sample.json');
const sample = await loadSample(nodeReader(folder), manifest);

describe('the bundled sample', () => {
  test.each([
    ['train', 200],
    ['test', 100],
  ] as const)('%s: %i images of each class, and any first n as balanced as n images can be', (split, perClass) => {
    const { labels, count, pixels, classes } = sample[split];
    expect(count).toBe(10 * perClass);
    expect(pixels.length).toBe(count * 32 * 32 * 3);
    expect(classes).toEqual(CIFAR10_CLASSES);
    expect(manifest.classes).toEqual(CIFAR10_CLASSES);
    const counts = new Int32Array(10);
    for (const label of labels) {
      counts[label]++;
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
    expect([...counts]).toEqual(Array(10).fill(perClass));
    expect(new Set(manifest[split].originalIndices).size).toBe(count);
  });

  test('is small enough for the repository', () => {
    const bytes = ['train.bin.gz', 'test.bin.gz', 'sample.json', 'README.md'].map(
      (name) => statSync(join(folder, name)).size,
    );
    expect(bytes.reduce((sum, size) => sum + size)).toBeLessThan(10_000_000);
  });

  test.skipIf(!fullIsThere)(
    'holds the full set’s images at the recorded indices, which the recorded rule gives',
    async () => {
      const whole = await loadCifar10Full(nodeReader(full));
      expect([whole.train.count, whole.test.count]).toEqual([50_000, 10_000]);
      for (const [stream, split, perClass] of [
        [0, 'train', 200],
        [1, 'test', 100],
      ] as const) {
        const { originalIndices } = manifest[split];
        const expected = subset(whole[split], originalIndices);
        expect(Buffer.compare(expected.pixels, sample[split].pixels)).toBe(0);
        expect(expected.labels).toEqual(sample[split].labels);
        expect(balancedIndices(whole[split].labels, 10, perClass, randomFor(manifest.seed, stream))).toEqual(
          originalIndices,
        );
      }
      // Training images' channel means as published for CIFAR-10.
      const sums = [0, 0, 0];
      for (let i = 0; i < whole.train.pixels.length; i++) sums[i % 3] += whole.train.pixels[i];
      const means = sums.map((sum) => sum / (50_000 * 1024 * 255));
      [0.49139968, 0.48215841, 0.44653091].forEach((mean, c) => expect(means[c]).toBeCloseTo(mean, 7));
    },
    30_000,
  );
});
