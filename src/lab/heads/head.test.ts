import { beforeAll, expect, test } from 'vitest';
import type { Dataset, StreamedImages } from '../../data/types.ts';
import { subset } from '../../data/imageSet.ts';
import { trainingBatches } from '../../data/batches.ts';
import { foldBatchNorm } from '../../graph/fold.ts';
import type { FloatModel } from '../../graph/types.ts';
import { top1 } from '../../base/answers.ts';
import { predict } from '../../data/predict.ts';
import { openBackend } from '../../tensor/backend.ts';
import { toLayersModel } from '../../tensor/model.ts';
import { networkOf } from '../../tensor/network.ts';
import { nodePlatform } from '../../tensor/wasm/node.ts';
import { readTfjs } from '../../weights/tfjs/read.ts';
import { teachable } from '../../weights/testing/teachable.ts';
import { NORMALIZATION } from '../../tensor/testing/colours.ts';
import type { Device } from '../../contract/device.ts';
import { dataset, learnedColours } from '../training/testing/tinyTraining.ts';
import { denseEnd, featuresFor, featuresOf, frozen, type OpenFloat } from './features.ts';
import { headBytes, learnHead, readHead, withHeadFor } from './head.ts';
import { onBase, markOf, readClassesHead, writeClassesHead, type ClassesHead } from './headFile.ts';
import { softmaxRegression } from './regression.ts';

const device: Device = { backend: 'wasm', description: 'a test', threads: 1, crossOriginIsolated: false };
const open: OpenFloat = async ({ model }) => ({
  ...networkOf(toLayersModel(model.graph, model.weights)),
  ranOn: device,
  engine: 'tfjs',
});

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
  const head = await learnHead(float, renamed, { seed: 1 }, open, {
    report: ({ done, unit }) => void (unit === 'images' && seen.push(done)),
  });
  expect(seen.at(-1)).toBe(renamed.train.count);
  const fitted = withHeadFor(float, renamed, head);
  expect(fitted.classes).toEqual(['warm', 'cold']);
  for (const [name, array] of float.weights) if (!name.startsWith('fc.')) expect(fitted.weights.get(name)).toBe(array);
  const network = networkOf(toLayersModel(fitted.graph, fitted.weights));
  const { classes } = await predict(network, renamed.test, fitted.normalization);
  await network.close();
  expect(top1(classes, renamed.test.labels)).toBeGreaterThan(0.9);
});

test('it is kept as bytes; one of another network is refused', async () => {
  const head = await learnHead(float, renamed, { seed: 1 }, open);
  expect(readHead(headBytes(head), 2)).toEqual(head);
  expect(() => withHeadFor(float, renamed, { ...head, kernel: head.kernel.subarray(2) })).toThrow(
    /does not fit .+: learn it again/,
  );
});

test('a cancel is heard between two batches', async () => {
  const aborted = { signal: AbortSignal.abort() };
  await expect(learnHead(float, renamed, { seed: 1 }, open, aborted)).rejects.toThrow(/abort/i);
});

test('a cancel is heard while the last layer learns, too', async () => {
  const controller = new AbortController();
  const report = ({ unit }: { readonly unit: string }): void => void (unit === 'epochs' && controller.abort());
  const long = { epochs: 100_000, rate: 0.05, decay: 1e-3, batchSize: 32 };
  const learning = learnHead(float, renamed, { seed: 1, regression: long }, open, {
    report,
    signal: controller.signal,
  });
  await expect(learning).rejects.toThrow(/abort/i);
});

test('photos that are streamed give the features of those in memory, the last portion too', async () => {
  const { train } = renamed;
  const streamed = (set: typeof train): StreamedImages => ({
    ...set,
    async *batches(options) {
      yield* trainingBatches(set, options);
    },
    at: (indices) => streamed(subset(set, indices)),
  });
  const [held, read] = [
    await featuresFor(float, train, 70, 3, open),
    await featuresFor(float, streamed(train), 70, 3, open),
  ];
  const { width } = featuresOf(float);
  const inOrder = ({ values, labels }: typeof held): readonly string[] =>
    Array.from(labels, (label, i) =>
      [label, ...Array.from(values.subarray(i * width, (i + 1) * width), (value) => value.toFixed(4))].join(),
    ).toSorted();
  expect(inOrder(read)).toEqual(inOrder(held));
});

test('hidden dense layers go with the last: the new end reads what the convolutions make', () => {
  const { model } = readTfjs(teachable(['mug', 'plant', 'hand'], 16), 'model.json', {
    assumed: NORMALIZATION,
    inputSize: 16,
  });
  const dense = denseEnd(model);
  expect(dense).toHaveLength(2);
  const { name, width } = featuresOf(model);
  expect(model.graph.nodes.find((each) => each.name === name)?.kind).toBe('globalAvgPool');
  const { graph, weights } = frozen(model);
  expect(graph.nodes.filter(({ kind }) => kind === 'linear')).toHaveLength(1);
  expect(weights.has(`${dense[0].name}.kernel`)).toBe(false);
  expect(weights.get(`${dense[1].name}.kernel`)?.shape).toEqual([width, width]);
});

test('own classes are a small file: the head, the names and which network is beneath; another beneath is refused', async () => {
  const head = await learnHead(float, renamed, { seed: 1 }, open);
  const about = {
    classes: ['warm', 'cold'],
    base: 'resnet20',
    baseMark: markOf(float),
    baseFile: 'colours',
    images: 80,
    seed: 1,
    side: 8,
  };
  const whole: ClassesHead = { ...head, ...about };
  const file = writeClassesHead(whole);
  expect(file.length).toBeLessThan(10_000);
  expect(readClassesHead(file, 'a session')).toEqual(whole);
  expect(onBase(float, whole).classes).toEqual(['warm', 'cold']);
  expect(() => onBase(float, { ...whole, baseMark: 'another' })).toThrow(
    /trained on colours, and another file is in its place/,
  );
  const odd = writeClassesHead({ ...whole, base: 'constructor' });
  expect(() => readClassesHead(odd, 'a session')).toThrow(/a session does not say which classes/);
});

test('the regression parts what a line can part, whatever the features’ sizes', async () => {
  const n = 60;
  const labels = Int32Array.from({ length: n }, (_, i) => i % 3);
  const features = Float32Array.from({ length: 3 * n }, (_, at) => {
    const [i, k] = [Math.floor(at / 3), at % 3];
    return k === 2 ? 7 : 1000 ** k * ((labels[i] === k ? 1 : 0) + 0.01 * ((i * 7) % 5));
  });
  const { kernel, bias } = await softmaxRegression({ values: features, labels }, 3, 1);
  const answers = Array.from(labels, (_, i) => {
    const logits = Array.from(
      bias,
      (b, c) => b + [0, 1, 2].reduce((sum, k) => sum + features[3 * i + k] * kernel[3 * k + c], 0),
    );
    return logits.indexOf(Math.max(...logits));
  });
  expect(answers).toEqual([...labels]);
});
