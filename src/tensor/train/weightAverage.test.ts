import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { initialWeights } from '../../graph/init.ts';
import { lookUp } from '../../base/lookUp.ts';
import { openBackend } from '../backend.ts';
import { toLayersModel, variablesOf } from '../model.ts';
import { twoBlocks } from '../testing/twoBlocks.ts';
import { nodePlatform } from '../wasm/node.ts';
import { keptShare, weightAverage } from './weightAverage.ts';

beforeAll(async () => void (await openBackend('wasm', nodePlatform)));

/** Some five numbers to be averaged: a bias. */
function variable(): tf.LayerVariable {
  return lookUp(variablesOf(toLayersModel(twoBlocks, initialWeights(twoBlocks, 1))), 'fc.bias', 'variable');
}

test('little of the first weights stays, then as much as was asked for', () => {
  expect(keptShare(0.99, 0)).toBeCloseTo(0.1, 10);
  expect(keptShare(0.99, 90)).toBeCloseTo(0.91, 10);
  expect(keptShare(0.99, 10_000)).toBe(0.99);
});

test('is the moving average by its formula, and goes on from its state to the last bit', async () => {
  const bias = variable();
  const averaged = new Map([['w', bias]]);
  const whole = weightAverage(averaged, 0.5);
  let resumed = weightAverage(averaged, 0.5);
  const expected = Array.from(await bias.read().data());
  for (let step = 0; step < 20; step++) {
    const values = expected.map((_, i) => Math.sin(step * (i + 1)));
    bias.write(tf.tensor1d(values));
    whole.update(step);
    if (step === 9) resumed = weightAverage(averaged, 0.5, await resumed.state());
    resumed.update(step);
    values.forEach((value, i) => (expected[i] += (1 - keptShare(0.5, step)) * (value - expected[i])));
  }
  const average = (await whole.state()).get('w');
  expected.forEach((value, i) => expect(average?.data[i]).toBeCloseTo(value, 5));
  expect((await resumed.state()).get('w')).toEqual(average);
  const held = tf.memory().numTensors;
  whole.dispose();
  expect(tf.memory().numTensors).toBe(held - 1);
});
