import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { elementCount, namedArray } from '../graph/arrays.ts';
import { graphCost } from '../graph/cost.ts';
import { foldBatchNorm } from '../graph/fold.ts';
import { weightShapes } from '../graph/shapes.ts';
import { fromGraphWeights, isIgnoredTensor } from './names.ts';
import { readModel } from './model.ts';
import { readSafetensors } from './safetensors.ts';

/** Real weights, beside the repository; not part of it. */
const ASSETS = process.env.FEWBIT_ASSETS ?? new URL('../../../shared/assets', import.meta.url).pathname;

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const KERAS = {
  mean: [0.4850196078431373, 0.457956862745098, 0.4076039215686274],
  std: [0.00392156862745098, 0.00392156862745098, 0.00392156862745098],
};

describe.each([
  ['resnet20-cifar10-reference.safetensors', 'resnet20', 10, 272_474, IMAGENET],
  ['resnet18-imagenet-partial.safetensors', 'resnet18', 1000, 11_689_512, IMAGENET],
  ['resnet50-imagenet.safetensors', 'resnet50-v1', 1000, 25_557_032, KERAS],
])('%s', (file, name, classes, parameters, normalization) => {
  const path = `${ASSETS}/${file}`;
  if (!existsSync(path)) console.info(`Skipped: real weights, because ${file} is not in FEWBIT_ASSETS.`);

  test.skipIf(!existsSync(path))('loads by name, every tensor accounted for, and folds', { timeout: 60_000 }, () => {
    const bytes = new Uint8Array(readFileSync(path));
    const model = readModel(bytes, file);
    expect(model.graph.name).toBe(name);
    expect(model.classes).toHaveLength(classes);
    expect(model.normalization).toEqual(normalization);
    expect(graphCost(model.graph).parameters).toBe(parameters);
    expect([...model.weights].map(([array, { shape }]) => [array, shape])).toEqual([...weightShapes(model.graph)]);

    const { tensors } = readSafetensors(bytes, file, isIgnoredTensor);
    const written = fromGraphWeights(model.graph, model.weights);
    expect([...written.keys()].sort()).toEqual([...tensors.keys()].sort());
    for (const [tensor, { shape, data }] of tensors) {
      const back = namedArray(written, tensor);
      expect([tensor, back.shape]).toEqual([tensor, shape]);
      expect([tensor, Buffer.compare(Buffer.from(data.buffer), Buffer.from(back.data.buffer))]).toEqual([tensor, 0]);
    }

    const folded = foldBatchNorm(model.graph, model.weights);
    for (const [array, shape] of weightShapes(folded.graph)) {
      const data = folded.weights.get(array)?.data;
      expect([array, data?.length, data?.every(Number.isFinite)]).toEqual([array, elementCount(shape), true]);
    }
  });
});
