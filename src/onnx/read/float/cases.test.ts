/** Files that real exporters wrote, where they are at hand: each computes what ONNX Runtime computes of it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { apart, logitsOf, outputOf, seededImages } from '../../testing/session.ts';
import { readOnnx } from '../read.ts';

const FOLDER = join(import.meta.dirname, '../../../../../shared/cases/onnx');
const files = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith('.onnx')) : [];

describe.skipIf(files.length === 0)('of PyTorch', () => {
  test.each(files)('%s', async (name) => {
    const bytes = new Uint8Array(readFileSync(join(FOLDER, name)));
    const { kind, model } = readOnnx(bytes, name, { normalization: { mean: [0, 0, 0], std: [1, 1, 1] } });
    if (kind !== 'float32') throw new Error(`${name} is read as ${kind}`);
    expect(model.graph.name).toMatch(/^resnet(?:20|32)$/);
    const images = seededImages(1, model.graph.inputShape);
    const theirs = await outputOf(bytes, images, [1, 3, 32, 32]);
    expect(apart(await logitsOf(model, images, 1), theirs)).toBeLessThan(1e-4);
  });
});

test.skipIf(files.length > 0)('SKIPPED: no files of real exporters are at hand', () => {
  expect(files).toEqual([]);
});
