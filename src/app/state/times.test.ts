import { expect, test } from 'vitest';
import { float32Settings, ptqSettings } from '../../contract/settings.ts';
import type { RunSettings, ScoreResult } from '../../contract/run.ts';
import { scoreOfSettings } from '../testing/fakeLab.ts';
import { onnxPair, pairIn, pairOf } from './times.ts';

const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: 100, seed: 1 };
const float32 = float32Settings(workload);
const [eight, four] = [ptqSettings(workload, 'modern', 8), ptqSettings(workload, 'modern', 4)];

/** A score whose race took so long for each network. */
function scored(settings: RunSettings, race: readonly (readonly [RunSettings, number])[]): ScoreResult {
  const score = scoreOfSettings(settings, 3);
  const entries = race.map(([each, medianMs]) => ({ settings: each, latency: { ...score.latency, medianMs } }));
  return { ...score, race: { engine: 'fewbit', threads: 1, entries } };
}

const first = scored(eight, [
  [float32, 4],
  [eight, 1],
]);
const second = scored(four, [
  [float32, 6],
  [eight, 1.6],
  [four, 1.5],
]);
const scores = new Map([first, second].map((score) => [JSON.stringify(score.settings), score]));

test('every time that is shown comes from the last race, float32’s too', () => {
  const shown = [eight, four, float32].map((settings) => pairOf({ scores }, settings));
  expect(shown.map((pair) => [pair?.latency.medianMs, pair?.float32.medianMs])).toEqual([
    [1.6, 6],
    [1.5, 6],
    [6, 6],
  ]);
  expect(shown.every((pair) => pair?.engine === 'fewbit' && pair.threads === 1)).toBe(true);
});

test('ONNX Runtime’s pair stands beside it, and alone where a session was saved before there was a race', () => {
  expect(onnxPair(second)).toMatchObject({
    engine: 'onnxruntime-web',
    latency: { medianMs: 3 },
    float32: { medianMs: 2 },
  });
  const old = scoreOfSettings(four, 3);
  expect(pairIn(old)).toEqual(onnxPair(old));
  expect(pairIn(old, eight)).toBeUndefined();
});

test('the number of images is no part of a time; another preset is another network', () => {
  expect(pairOf({ scores }, { ...four, images: 10 })?.latency.medianMs).toBe(1.5);
  expect(pairOf({ scores }, ptqSettings(workload, '2021', 4))).toBeUndefined();
});
