import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PROJECT } from '../src/lab/hosts/node.ts';
import {
  PUBLISHED,
  PUBLISHED_MS_PER_IMAGE,
  PUBLISHED_SIZE_MB,
  SOURCE_2021,
  published,
} from '../src/contract/grid/published2021.ts';

const REFERENCE = `${PROJECT}/../shared/reference-results.json`;
const present = existsSync(REFERENCE);
if (!present)
  console.info(
    'Skipped: the published numbers against their source, because the reference file is not beside the project.',
  );

describe.skipIf(!present)('the published numbers are those of the reference file', () => {
  test('accuracy, size, latency and source', () => {
    const { project2021 } = JSON.parse(readFileSync(REFERENCE, 'utf8')) as { project2021: Record<string, unknown> };
    expect(PUBLISHED).toEqual(project2021.top1);
    expect(PUBLISHED_SIZE_MB).toEqual(project2021.sizeMB);
    const { model, ...ms } = project2021.webInferenceMsPerImage as Record<string, unknown>;
    expect(model).toContain('resnet50');
    expect(PUBLISHED_MS_PER_IMAGE).toEqual(ms);
    expect(project2021.source).toBe(SOURCE_2021);
  });
});

test("a cell is looked up by the lab's names; there is none for what was not published", () => {
  expect(published('resnet18', 'cifar10', 'qat', 4)).toBe(0.2257);
  expect(published('resnet18', 'cifar10-sample', 'float32', 32)).toBe(0.8039);
  expect(published('resnet50', 'imagenette-160', 'ptq', 8)).toBe(0.8089);
  expect(published('resnet18', 'cifar10', 'qat', 3)).toBeNull();
  expect(published('resnet20', 'cifar10', 'ptq', 8)).toBeNull();
});
