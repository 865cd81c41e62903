import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { initialWeights } from '../../graph/init.ts';
import { lookUp } from '../../base/lookUp.ts';
import { normal, seededRandom } from '../../base/random.ts';
import { invertedResiduals } from '../../graph/testing/invertedResiduals.ts';
import type { Graph, NamedArray } from '../../graph/types.ts';
import { openBackend, type BackendName } from '../backend.ts';
import { readWeights, toLayersModel, variablesOf } from '../model.ts';
import { sgd } from './sgd.ts';
import { backendsHere, platformHere } from '../testing/platform.ts';
import { twoBlocks } from '../testing/twoBlocks.ts';
import { lossAndGradients } from './train.ts';

type Outcome = { loss: number; gradients: Map<string, Float32Array>; weights: Map<string, NamedArray> };

const BATCH = 3;

function batch(): {
  images: Float32Array<ArrayBuffer>;
  labels: Int32Array<ArrayBuffer>;
  shape: readonly [number, number, number, 3];
} {
  const random = seededRandom(7);
  return {
    images: Float32Array.from({ length: BATCH * 8 * 8 * 3 }, () => normal(random)),
    labels: Int32Array.from([4, 0, 2]),
    shape: [BATCH, 8, 8, 3],
  };
}

/** Two whole training steps: loss and gradients of the second, and every weight after it. */
async function twoSteps(backend: BackendName, graph: Graph): Promise<Outcome> {
  await openBackend(backend, await platformHere());
  const model = toLayersModel(graph, initialWeights(graph, 3));
  const trainable = new Map([...variablesOf(model)].filter(([, variable]) => variable.trainable));
  const optimizer = sgd(trainable, { momentum: 0.9, weightDecay: 5e-4 });
  const outcome: Outcome = { loss: NaN, gradients: new Map(), weights: new Map() };
  for (let step = 0; step < 2; step++) {
    const { loss, logits, gradients } = lossAndGradients(model, trainable, batch());
    optimizer.step(gradients, 0.05);
    outcome.loss = (await loss.data())[0];
    for (const [name, gradient] of gradients) outcome.gradients.set(name, (await gradient.data()) as Float32Array);
    tf.dispose([loss, logits, ...gradients.values()]);
  }
  outcome.weights = await readWeights(model);
  optimizer.dispose();
  model.dispose();
  return outcome;
}

/** The largest difference over the largest expected value. */
function relativeError(actual: Float32Array, expected: Float32Array, least = 1e-6): number {
  let [difference, size] = [0, 0];
  expected.forEach((value, i) => {
    difference = Math.max(difference, Math.abs(actual[i] - value));
    size = Math.max(size, Math.abs(value));
  });
  return difference / Math.max(size, least);
}

/**
 * The graphs, how many arrays of theirs learn, how far float32 sums in another order may lie apart (more in a deeper one), and
 * the size below which a gradient, or what it has moved, is none: a shift that only batch norms read, which take it off again, has one of zero.
 */
const NETWORKS: readonly (readonly [name: string, graph: Graph, learning: number, allowed: number, least: number])[] = [
  ['a two-block ResNet', twoBlocks, 20, 1e-4, 1e-6],
  ['inverted residuals', invertedResiduals(8, 5), 33, 1e-3, 1e-3],
];

describe.each(backendsHere)('training steps on %s', (backend) => {
  test.each(NETWORKS)(
    'of %s agree with the CPU backend: loss, gradients, weights and running statistics',
    { timeout: 120_000 },
    async (_name, graph, learning, allowed, least) => {
      const expected = await twoSteps('cpu', graph);
      const actual = await twoSteps(backend, graph);
      expect(actual.loss).toBeGreaterThan(0);
      expect(Math.abs(actual.loss - expected.loss) / expected.loss).toBeLessThan(allowed);
      expect([...actual.gradients.keys()]).toEqual([...expected.gradients.keys()]);
      expect(actual.gradients.size).toBe(learning);
      for (const [name, gradient] of expected.gradients) {
        expect(
          relativeError(lookUp(actual.gradients, name, 'gradient'), gradient, least),
          `gradient of ${name}`,
        ).toBeLessThan(allowed);
      }
      for (const [name, { data }] of expected.weights) {
        expect(relativeError(lookUp(actual.weights, name, 'value').data, data, least), name).toBeLessThan(allowed);
      }
    },
  );
});
