import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { initialWeights } from '../../graph/init.ts';
import { lookUp } from '../../base/lookUp.ts';
import { openBackend } from '../backend.ts';
import { toLayersModel, variablesOf } from '../model.ts';
import { sgd } from './sgd.ts';
import { twoBlocks } from '../testing/twoBlocks.ts';
import { nodePlatform } from '../wasm/node.ts';

test.each([false, true])("momentum and decay by PyTorch's formula; Nesterov: %s", async (nesterov) => {
  await openBackend('wasm', nodePlatform);
  const kernel = lookUp(variablesOf(toLayersModel(twoBlocks, initialWeights(twoBlocks, 1))), 'fc.kernel', 'variable');
  const expected = Array.from(await kernel.read().data());
  const velocities = expected.map(() => 0);
  const optimizer = sgd(new Map([['fc.kernel', kernel]]), { momentum: 0.9, weightDecay: 0.01, nesterov });
  for (let step = 0; step < 4; step++) {
    const gradient = expected.map((_, i) => Math.sin(i + step));
    optimizer.step(new Map([['fc.kernel', tf.tensor(gradient, kernel.shape as number[])]]), 0.1);
    gradient.forEach((g, i) => {
      const pull = g + 0.01 * expected[i];
      velocities[i] = 0.9 * velocities[i] + pull;
      expected[i] -= 0.1 * (nesterov ? pull + 0.9 * velocities[i] : velocities[i]);
    });
  }
  (await kernel.read().data()).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 4));
});
