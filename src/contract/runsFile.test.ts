import { expect, test } from 'vitest';
import type { RunResult } from './run.ts';
import { fromJson, toJson } from './runsFile.ts';
import { ptqSettings } from './settings.ts';

const settings = ptqSettings({ model: 'resnet20', dataset: 'cifar10-sample', images: 2, seed: 1 }, 'modern', 4);
const run: RunResult = {
  settings: { ...settings, engine: 'interpreter' },
  engine: 'interpreter',
  device: { backend: 'wasm', description: 'a test', threads: 1, crossOriginIsolated: false },
  top1: 0.5,
  predictions: Int32Array.of(1, 2),
  confidences: Float32Array.of(0.5, 0.25),
  sizeBytes: 1,
  onnxBytes: 2,
  seconds: 3,
};
const written = (value: RunResult): { runs: Record<string, unknown>[] } =>
  JSON.parse(JSON.stringify(toJson({ runs: [value], scores: [] }))) as { runs: Record<string, unknown>[] };

test('a run keeps what ran it, and what its settings asked for', () => {
  expect(fromJson(written(run))).toMatchObject({ runs: [run], scores: [] });
});

const unlabelled = { ...run, settings: { ...run.settings, against: 'float' as const }, kl: 0.25 };

test('a run that was compared with the float network says so, with its divergence', () => {
  const [opened] = fromJson({ ...written(unlabelled), races: [] }).runs;
  expect(opened).toEqual(unlabelled);
  expect(opened.settings.against).toBe('float');
  expect(opened.kl).toBe(0.25);
  const [plain] = fromJson({ ...written(run), races: [] }).runs;
  expect([plain.settings.against, plain.kl]).toEqual([undefined, undefined]);
});

test.each([
  ['another comparison', { settings: { ...run.settings, against: 'labels' } }, /against/],
  ['a comparison with nothing', { settings: { ...run.settings, against: null } }, /against/],
  ['a divergence below zero', { kl: -1 }, /kl/],
  ['a divergence that is no number', { kl: 'none' }, /kl/],
])('a run with %s is refused', (_, changes, sentence) => {
  const wrong = written(unlabelled);
  expect(() => fromJson({ runs: wrong.runs.map((each) => ({ ...each, ...changes })), races: [] })).toThrow(sentence);
});

test('a run saved before results named their engine was tfjs’s', () => {
  const old = written({ ...run, settings });
  for (const each of old.runs) delete each.engine;
  const [opened] = fromJson({ ...old, races: [] }).runs;
  expect(opened.engine).toBe('tfjs');
  expect(opened.settings.engine).toBeUndefined();
});

test('an engine that does not exist is refused', () => {
  const wrong = written(run);
  for (const each of wrong.runs) each.engine = 'abacus';
  expect(() => fromJson({ ...wrong, races: [] })).toThrow(/engine/);
});

test.each([
  ['a share that no count gives', { top1: 0.4 }, 'top1 is 0.4, which no count of 2 images gives'],
  ['no confidences', { confidences: [] }, 'There are 0 confidences of 2 images.'],
  ['no predictions', { predictions: undefined }, 'predictions is no list'],
  [
    'a class that the dataset has not',
    { predictions: [1, 10] },
    'A prediction is 10; it must be a number from 0 to 9.',
  ],
])('a run with %s is refused', (_, changes, sentence) => {
  const wrong = written(run);
  expect(() => fromJson({ runs: wrong.runs.map((each) => ({ ...each, ...changes })), races: [] })).toThrow(sentence);
});

test('names in a file are harmless', () => {
  const odd = written({ ...run, settings: { ...run.settings, file: 'mine\u202exnno.exe' } });
  expect(fromJson({ ...odd, races: [] }).runs[0].settings.file).toBe('minexnno.exe');
});
