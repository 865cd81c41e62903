import { expect, test } from 'vitest';
import { float32Settings, ptqSettings } from '../../contract/settings.ts';
import { accuracyMarks, highest, inWords, sizeMarks, timeMarks } from './marks.ts';
import { scoreOfSettings, runOfSettings } from '../testing/fakeLab.ts';
import { pairIn } from '../state/times.ts';
import { percent } from './format.ts';

const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: 100, seed: 1 };
const float32 = float32Settings(workload);
const four = ptqSettings(workload, 'modern', 4);
const timed = scoreOfSettings(float32, 2);
const ROWS = [
  { preset: null, bits: null, run: runOfSettings(float32, 10), score: timed, time: pairIn(timed) },
  { preset: 'modern', bits: 8, run: undefined, score: undefined },
  { preset: 'modern', bits: 4, run: runOfSettings(four, 25), score: undefined },
] as const;

test('only what is measured is drawn, with its interval', () => {
  expect(accuracyMarks(ROWS)).toEqual([
    { bits: null, value: 0.9, low: expect.closeTo(0.8256, 3), high: expect.closeTo(0.9448, 3) },
    { bits: 4, value: 0.75, low: expect.closeTo(0.6569, 3), high: expect.closeTo(0.8245, 3) },
  ]);
  expect(sizeMarks(ROWS)).toEqual([
    { bits: null, value: 34_000 * 32 },
    { bits: 4, value: 34_000 * 4 },
  ]);
  expect(timeMarks(ROWS)).toEqual([{ bits: null, value: 2, low: 1.8, high: 2.4 }]);
});

test('the axis has room for the longest whisker', () => {
  expect(highest(timeMarks(ROWS))).toBe(2.4);
  expect(highest([])).toBeGreaterThan(0);
});

test('a chart in words', () => {
  expect(inWords('Top-1', accuracyMarks(ROWS), percent)).toBe('Top-1. 32-bit float: 90.0%; 4 bits: 75.0%.');
  expect(inWords('Top-1', [], percent)).toBe('Top-1: Nothing measured yet.');
});
