import { beforeAll, expect, test } from 'vitest';
import type { Dataset } from '../../data/types.ts';
import { foldBatchNorm } from '../../graph/fold.ts';
import type { FloatModel } from '../../graph/types.ts';
import { top1 } from '../../base/answers.ts';
import { predict } from '../../data/predict.ts';
import { openBackend } from '../../tensor/backend.ts';
import { toLayersModel } from '../../tensor/model.ts';
import { networkOf } from '../../tensor/network.ts';
import { nodePlatform } from '../../tensor/wasm/node.ts';
import { headBytes, learnHead, readHead, softmaxRegression, withHead } from './head.ts';
import { dataset, learnedColours } from '../training/testing/tinyTraining.ts';

let float: FloatModel;
/** The same pictures by other names, two of the colours as one: classes that the network was never told. */
let renamed: Dataset;

beforeAll(async () => {
  await openBackend('wasm', { ...nodePlatform, cores: 1 });
  const read = await learnedColours();
  float = { ...read, ...foldBatchNorm(read.graph, read.weights) };
  const set = { ...dataset.train, classes: ['warm', 'cold'], labels: dataset.train.labels.map((label) => label % 2) };
  renamed = { name: 'warmth', train: set, test: set };
}, 60_000);

test('a network learns a last layer for classes that it was never told, and keeps all its others', async () => {
  const seen: number[] = [];
  const head = await learnHead(float, renamed, 1, { report: ({ done }) => seen.push(done) });
  expect(seen.at(-1)).toBe(renamed.train.count);
  const fitted = withHead(float, renamed, head);
  expect(fitted.classes).toEqual(['warm', 'cold']);
  for (const [name, array] of float.weights) if (!name.startsWith('fc.')) expect(fitted.weights.get(name)).toBe(array);
  const network = networkOf(toLayersModel(fitted.graph, fitted.weights));
  const { classes } = await predict(network, renamed.test, fitted.normalization);
  await network.close();
  expect(top1(classes, renamed.test.labels)).toBeGreaterThan(0.9);
});

test('it is kept as bytes; one of another network is refused', async () => {
  const head = await learnHead(float, renamed, 1);
  expect(readHead(headBytes(head), 2)).toEqual(head);
  expect(() => withHead(float, renamed, { ...head, kernel: head.kernel.subarray(2) })).toThrow(
    /does not fit .+: learn it again/,
  );
});

test('a cancel is heard between two batches', async () => {
  await expect(learnHead(float, renamed, 1, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
});

test('the regression parts what a line can part, whatever the features’ sizes', () => {
  const n = 60;
  const labels = Int32Array.from({ length: n }, (_, i) => i % 3);
  const features = Float32Array.from({ length: 3 * n }, (_, at) => {
    const [i, k] = [Math.floor(at / 3), at % 3];
    return k === 2 ? 7 : 1000 ** k * ((labels[i] === k ? 1 : 0) + 0.01 * ((i * 7) % 5));
  });
  const { kernel, bias } = softmaxRegression(features, labels, 3, 1);
  const answers = Array.from(labels, (_, i) => {
    const logits = Array.from(
      bias,
      (b, c) => b + [0, 1, 2].reduce((sum, k) => sum + features[3 * i + k] * kernel[3 * k + c], 0),
    );
    return logits.indexOf(Math.max(...logits));
  });
  expect(answers).toEqual([...labels]);
});
