import { expect, test } from 'vitest';
import { IMAGENETTE_CLASSES, imagenetLogits } from './imagenette.ts';
import { SOURCES, WEIGHT_FILES } from './sources.ts';

test('every source names its files, their licence, and an address that cannot change under it', () => {
  expect(new Set(SOURCES.map(({ id }) => id)).size).toBe(SOURCES.length);
  for (const { files, licence, keepSide } of SOURCES) {
    expect(licence).not.toBe('');
    expect([32, 160]).toContain(keepSide);
    for (const { url, sha256 } of files) {
      expect(new URL(url).protocol).toBe('https:');
      if (url.includes('huggingface.co')) expect(url).toMatch(/\/resolve\/[0-9a-f]{40}\//);
      else expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    }
  }
  for (const { url, sha256, bytes } of Object.values(WEIGHT_FILES)) {
    expect(url).toMatch(/\/resolve\/[0-9a-f]{40}\//);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(bytes).toBeGreaterThan(1e7);
  }
});

test("Imagenette's ten classes have their places among ImageNet's thousand", () => {
  const names = IMAGENETTE_CLASSES.map(({ name }) => name);
  expect(imagenetLogits(names)).toEqual([0, 217, 482, 491, 497, 566, 569, 571, 574, 701]);
  expect(imagenetLogits(['n03888257', 'tench'])).toEqual([701, 0]);
  expect(imagenetLogits(['tench', 'cat'])).toBeNull();
});
