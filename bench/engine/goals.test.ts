import { describe, expect, test } from 'vitest';
import { GOALS, ratiosOf, type Goal } from './goals.ts';
import { contendersOf } from './contenders.ts';
import { MODELS, SIDES, type ModelName } from './options.ts';
import { timesOf, type TimeRow } from './rows.ts';

const ROW: TimeRow = {
  kind: 'time',
  model: 'resnet18',
  side: 224,
  race: 1,
  engine: 'fewbit',
  form: 'w4a4',
  threads: 1,
  dot: 'plain',
  medianMs: 30,
  lowMs: 29,
  highMs: 32,
  bestMs: 28,
  runs: 9,
  gigaMacs: 60,
  openMs: 100,
  tensorMs: 0,
  kernels: null,
  stepsMs: null,
  memoryBytes: null,
  logitsDiffer: null,
  version: '0',
  weights: 'seeded',
  cpu: 'a processor',
  cores: 2,
  browser: 'Chromium',
  loadAverage: 1,
  commit: null,
  command: 'c',
};

const GOAL: Goal = {
  model: 'resnet18',
  side: 224,
  race: 1,
  dots: ['vnni', 'plain'],
  slow: { engine: 'onnxruntime', form: 'fp32' },
  fast: { engine: 'fewbit', form: 'w4a4' },
  atLeast: 4,
};

const ORT: TimeRow = {
  ...ROW,
  engine: 'onnxruntime',
  form: 'fp32',
  medianMs: 120,
  lowMs: 116,
  highMs: 128,
  bestMs: 119,
};

describe('a ratio', () => {
  test('is of the medians, with the far ends of both intervals', () => {
    expect(ratiosOf([ROW, ORT], [GOAL])).toEqual([
      {
        kind: 'ratio',
        model: 'resnet18',
        side: 224,
        race: 1,
        dot: 'plain',
        ratio: 'onnxruntime fp32 / fewbit w4a4',
        times: 4,
        low: 3.625,
        high: 4.414,
        bestTimes: 4.25,
        atLeast: 4,
        holds: true,
      },
    ]);
  });

  test('is taken within one race and one processor only', () => {
    expect(ratiosOf([ROW, { ...ORT, race: 2 }], [GOAL])).toEqual([]);
    expect(ratiosOf([ROW, { ...ORT, dot: 'vnni' }], [GOAL])).toEqual([]);
    expect(ratiosOf([ROW, { ...ORT, side: 160 }], [GOAL])).toEqual([]);
    expect(ratiosOf([ROW, { ...ORT, threads: 2 }], [GOAL])).toEqual([]);
  });

  test('says so where it falls short, and takes what was measured last', () => {
    const [ratio] = ratiosOf([ORT, ROW, { ...ROW, medianMs: 31 }], [GOAL]);
    expect(ratio).toMatchObject({ times: 3.871, holds: false });
  });

  test('holds only if the best runs say so, too', () => {
    const [ratio] = ratiosOf([ORT, { ...ROW, bestMs: 30 }], [GOAL]);
    expect(ratio).toMatchObject({ times: 4, bestTimes: 3.967, holds: false });
  });
});

test('every goal is about two contenders of a race that the bench holds', () => {
  for (const { model, side, race, slow, fast } of GOALS) {
    const name = MODELS.find((known) => known === model) as ModelName;
    expect(SIDES[name]).toContain(side);
    const contenders = contendersOf(name, race, true).filter(({ withoutRelaxed }) => !withoutRelaxed);
    for (const { engine, form, threads = 1 } of [slow, fast]) {
      expect(contenders).toContainEqual({ engine, form, threads });
    }
  }
});

test('samples become a median with an interval of the samples themselves', () => {
  const samples = [9, 1, 8, 2, 7, 3, 6, 4, 5];
  expect(timesOf(samples)).toEqual({ medianMs: 5, lowMs: 2, highMs: 8, bestMs: 1, runs: 9 });
});
