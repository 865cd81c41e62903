import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { initialWeights } from '../../graph/init.ts';
import { openBackend } from '../backend.ts';
import { computeHalf, halvesOf, inHalves, type Helper } from './halves.ts';
import { toLayersModel, variablesOf, writeWeights } from '../model.ts';
import { colours, NORMALIZATION } from '../testing/colours.ts';
import { twoBlocks } from '../testing/twoBlocks.ts';
import { lossAndGradients, train, type Checkpoint } from './train.ts';
import { nodePlatform } from '../wasm/node.ts';
import type { TrainingSettings } from '../../quant/training/types.ts';

beforeAll(async () => void (await openBackend('wasm', nodePlatform)));

const images = Float32Array.from({ length: 6 * 8 * 8 * 3 }, (_, i) => Math.sin(i * i));
const batch = {
  images,
  labels: Int32Array.of(0, 1, 2, 3, 4, 0),
  indices: new Int32Array(6),
  shape: [6, 8, 8, 3] as const,
};
const model = (): tf.LayersModel => toLayersModel(twoBlocks, initialWeights(twoBlocks, 2));

test('gives the mean of what both halves give alone, and leaves nothing behind', async () => {
  const [here, there] = [model(), model()];
  const help: Helper = (task) => {
    writeWeights(there, twoBlocks, task.weights);
    return computeHalf(there, task);
  };
  const trainable = trainableOf(here);
  const [first, second] = halvesOf(batch).map((half) => {
    const alone = model();
    return lossAndGradients(alone, trainableOf(alone), half, 0.1);
  });
  const tensors = tf.memory().numTensors;
  const { loss, logits, gradients } = await inHalves(here, 0.1, help)(batch, trainable);
  expect(tf.memory().numTensors).toBe(tensors + 2 + gradients.size);
  const mean = ((await first.loss.data())[0] + (await second.loss.data())[0]) / 2;
  expect((await loss.data())[0]).toBeCloseTo(mean, 6);
  expect(logits.shape).toEqual([6, 5]);
  expect([...(await logits.data()).slice(15)]).toEqual([...(await second.logits.data())]);
  expect([...gradients.keys()]).toEqual([...trainable.keys()]);
  for (const [name, gradient] of gradients) {
    const [one, other] = [await first.gradients.get(name)?.data(), await second.gradients.get(name)?.data()];
    (await gradient.data()).forEach((value, i) =>
      expect(value).toBeCloseTo(((one?.[i] ?? NaN) + (other?.[i] ?? NaN)) / 2, 5),
    );
  }
});

test('a run whose batches are halved goes on from its checkpoint as if it had not been cut', async () => {
  const settings: TrainingSettings = {
    epochs: 2,
    batchSize: 10,
    seed: 5,
    augment: true,
    peakRate: 0.05,
    schedule: { kind: 'oneCycle', warmup: 0.3 },
    momentum: 0.9,
    weightDecay: 5e-4,
    labelSmoothing: 0.1,
    nesterov: true,
    averageDecay: 0.9,
    halves: true,
  };
  const run = async (resume: Checkpoint | undefined, until: number): Promise<Checkpoint> => {
    const [here, there] = [toLayersModel(twoBlocks, resume?.weights ?? initialWeights(twoBlocks, 2)), model()];
    const help: Helper = (task) => {
      writeWeights(there, twoBlocks, task.weights);
      return computeHalf(there, task);
    };
    const measure = inHalves(here, settings.labelSmoothing, help);
    for await (const { step, checkpoint } of train(here, colours(40), NORMALIZATION, settings, {
      resume,
      task: { measure },
    })) {
      if (step === until) return await checkpoint();
    }
    throw new Error('The run ended early.');
  };
  expect(await run(await run(undefined, 3), 8)).toEqual(await run(undefined, 8));
});

test('a helper that fails stops the step with its reason', async () => {
  const here = model();
  const help: Helper = () => Promise.reject(new Error('gone'));
  await expect(inHalves(here, 0, help)(batch, trainableOf(here))).rejects.toThrow('gone');
});

test('an odd batch is refused', () =>
  expect(() => halvesOf({ ...batch, shape: [5, 8, 8, 3] })).toThrow(/a batch of 5/i));

function trainableOf(of: tf.LayersModel): ReadonlyMap<string, tf.LayerVariable> {
  return new Map([...variablesOf(of)].filter(([, variable]) => variable.trainable));
}
