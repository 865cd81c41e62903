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
