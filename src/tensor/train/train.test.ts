import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { ImageSet } from '../../data/types.ts';
import { initialWeights } from '../../graph/init.ts';
import { openBackend } from '../backend.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { top1 } from '../../base/answers.ts';
import { predict } from '../../data/predict.ts';
import { networkOf } from '../network.ts';
import { readWeights, toLayersModel, variablesOf } from '../model.ts';
import { colours, NORMALIZATION } from '../testing/colours.ts';
import { twoBlocks } from '../testing/twoBlocks.ts';
import { lossAndGradients, train, trainingLoss, type Checkpoint, type TrainingStep } from './train.ts';
import { nodePlatform } from '../wasm/node.ts';
import type { TrainingSettings } from '../../quant/training/types.ts';

const settings: TrainingSettings = {
  epochs: 3,
  batchSize: 10,
  seed: 5,
  augment: true,
  peakRate: 0.05,
  schedule: { kind: 'oneCycle', warmup: 0.3 },
  momentum: 0.9,
  weightDecay: 5e-4,
  labelSmoothing: 0,
};

const averaged: TrainingSettings = { ...settings, nesterov: true, labelSmoothing: 0.1, averageDecay: 0.8 };

const freshModel = (checkpoint?: Checkpoint): tf.LayersModel =>
  toLayersModel(twoBlocks, checkpoint?.weights ?? initialWeights(twoBlocks, 2));

async function collect(
  model: tf.LayersModel,
  set: ImageSet,
  resume?: Checkpoint,
  until = Infinity,
  how = settings,
): Promise<{ steps: TrainingStep[]; last: Checkpoint }> {
  const steps: TrainingStep[] = [];
  for await (const step of train(model, set, NORMALIZATION, how, { resume })) {
    steps.push(step);
    if (step.step >= Math.min(until, step.steps)) return { steps, last: await step.checkpoint() };
  }
  throw new Error('The run ended early.');
}

describe('training on WASM', () => {
  const set = colours(50);
  beforeAll(async () => void (await openBackend('wasm', nodePlatform)));

  test('reads every few steps only where it is told so, and trains the very same', async () => {
    const [often, seldom] = [freshModel(), freshModel()];
    const { last: expected } = await collect(often, set);
    const read = vi.spyOn(tf.backend() as unknown as { read: (id: object) => Promise<unknown> }, 'read');
    const seen: number[] = [];
    let reads = 0;
    for await (const { step, steps, curve, checkpoint } of train(seldom, set, NORMALIZATION, settings, {
      readEvery: 4,
    })) {
      reads += read.mock.calls.length;
      seen.push(step);
      if (step === steps) {
        expect(curve.map((epoch) => epoch.steps)).toEqual([2, 2, 2]);
        expect((await checkpoint()).weights).toEqual(expected.weights);
      }
      read.mockClear();
    }
    read.mockRestore();
    // Every fourth step, and the last of each epoch of five; each time the loss and the answers.
    expect(seen).toEqual([4, 5, 8, 10, 12, 15]);
    expect(reads).toBe(2 * seen.length);
  });

  test('read when it is asked for, loss and accuracy are means over the steps since, and what is trained is the very same', async () => {
    const [often, seldom] = [freshModel(), freshModel()];
    const { steps: each, last: expected } = await collect(often, set);
    const tensors = tf.memory().numTensors;
    const seen: number[] = [];
    const readWhen = (step: number): boolean => step % 4 === 0 || step === 7;
    for await (const { step, steps, loss, accuracy, curve, checkpoint } of train(seldom, set, NORMALIZATION, settings, {
      readWhen,
    })) {
      const since = each.slice(seen.at(-1) ?? 0, step);
      const mean = (of: (one: TrainingStep) => number): number =>
        since.reduce((sum, one) => sum + of(one), 0) / since.length;
      expect(loss, `step ${step}`).toBeCloseTo(
        mean((one) => one.loss),
        5,
      );
      expect(accuracy, `step ${step}`).toBeCloseTo(
        mean((one) => one.accuracy),
        6,
      );
      seen.push(step);
      if (step < steps) continue;
      expect(curve.map((epoch) => epoch.steps)).toEqual([5, 5, 5]);
      curve.forEach((epoch, i) => expect(epoch.loss).toBeCloseTo(expected.curve?.[i].loss ?? NaN, 5));
      expect((await checkpoint()).weights).toEqual(expected.weights);
    }
    expect(seen).toEqual([4, 5, 7, 8, 10, 12, 15]);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('learns: the loss falls and the accuracy rises', async () => {
    const model = freshModel();
    const losses: number[] = [];
    // Enough steps for the running statistics to catch up with the weights.
    for await (const { loss } of train(model, set, NORMALIZATION, { ...settings, epochs: 12, augment: false }))
      losses.push(loss);
    expect(losses).toHaveLength(60);
    expect(losses[59]).toBeLessThan(losses[0] / 2);
    const { classes } = await predict(networkOf(model), set, NORMALIZATION);
    expect(top1(classes, set.labels)).toBeGreaterThan(0.7);
  });

  test('the loss alone is the loss that the gradients are of, to the last bit, and leaves nothing behind', async () => {
    const images = Float32Array.from({ length: 4 * 8 * 8 * 3 }, (_, i) => Math.sin(i));
    const batch = { images, labels: Int32Array.of(0, 1, 2, 3), shape: [4, 8, 8, 3] as const };
    const [alone, learning] = [freshModel(), freshModel()];
    const trainable = new Map([...variablesOf(learning)].filter(([, variable]) => variable.trainable));
    const { loss, logits, gradients } = lossAndGradients(learning, trainable, batch);
    const tensors = tf.memory().numTensors;
    expect(await trainingLoss(alone, batch)).toBe((await loss.data())[0]);
    expect(tf.memory().numTensors).toBe(tensors);
    tf.dispose([loss, logits, ...gradients.values()]);
  });

  test('a run cut in mid-epoch goes on from its checkpoint file exactly as if it had not been cut', async () => {
    const uncut = freshModel();
    const whole = await collect(uncut, set);
    const { last } = await collect(freshModel(), set, undefined, 7);
    const file = writeCheckpoint(last);
    const resume = readCheckpoint(file, 'run.safetensors', settings);
    const resumed = freshModel(resume);
    const rest = await collect(resumed, set, resume);
    expect(rest.steps.map(({ loss }) => loss)).toEqual(whole.steps.slice(7).map(({ loss }) => loss));
    expect(await readWeights(resumed)).toEqual(await readWeights(uncut));
  });

  test("so does a run with Nesterov's momentum, smoothed labels and an average of its weights", async () => {
    const whole = await collect(freshModel(), set, undefined, Infinity, averaged);
    const { last } = await collect(freshModel(), set, undefined, 7, averaged);
    const resume = readCheckpoint(writeCheckpoint(last), 'run.safetensors', averaged);
    const rest = await collect(freshModel(resume), set, resume, Infinity, averaged);
    expect(rest.last).toEqual(whole.last);
    expect(whole.last.average?.get('fc.kernel')).not.toEqual(whole.last.weights.get('fc.kernel'));
    const { classes } = await predict(
      networkOf(toLayersModel(twoBlocks, whole.last.average ?? new Map<string, never>())),
      set,
      NORMALIZATION,
    );
    expect(classes).toHaveLength(set.count);
  });

  test('the same seed gives the same run, another seed another', async () => {
    const first = await collect(freshModel(), set, undefined, 4);
    const second = await collect(freshModel(), set, undefined, 4);
    expect(second.last).toEqual(first.last);
    const steps: number[] = [];
    for await (const { loss } of train(freshModel(), set, NORMALIZATION, { ...settings, seed: 6, epochs: 1 }))
      steps.push(loss);
    expect(steps[0]).not.toBe(first.steps[0].loss);
  });

  test('leaks no tensors', async () => {
    const model = freshModel();
    const counts: number[] = [];
    for await (const { step } of train(model, set, NORMALIZATION, { ...settings, epochs: 1 }))
      counts[step] = tf.memory().numTensors;
    expect(new Set(counts.slice(2)).size).toBe(1);
  });

  test('a loss that is no number stops the run with a sentence', async () => {
    const run = async (): Promise<void> => {
      for await (const { loss } of train(freshModel(), set, NORMALIZATION, { ...settings, peakRate: 1e30 }))
        expect(loss).toBeGreaterThan(0);
    };
    await expect(run()).rejects.toThrow(/diverged: the loss of step \d+ is .*learning rate/);
  });

  test('stops between two steps when it is aborted', async () => {
    const controller = new AbortController();
    const run = async (): Promise<void> => {
      for await (const { step } of train(freshModel(), set, NORMALIZATION, settings, { signal: controller.signal })) {
        if (step === 3) controller.abort(new Error('enough'));
        expect(step).toBeLessThanOrEqual(3);
      }
    };
    await expect(run()).rejects.toThrow('enough');
  });

  test('a checkpoint of other settings, or a damaged one, is refused by name', async () => {
    const { last } = await collect(freshModel(), set, undefined, 1);
    const file = writeCheckpoint(last);
    expect(() => readCheckpoint(file, 'run.safetensors', { ...settings, seed: 9 })).toThrow(
      /run\.safetensors: was made with other settings/,
    );
    expect(() => readCheckpoint(file.slice(0, file.length - 9), 'run.safetensors', settings)).toThrow(
      /run\.safetensors/,
    );
  });
});

test('the last batch is padded, not dropped: every image is predicted as it would be alone', async () => {
  await openBackend('wasm', nodePlatform);
  const set = colours(7);
  const model = freshModel();
  const together = await predict(networkOf(model), set, NORMALIZATION, { batchSize: 3 });
  expect(together.classes).toHaveLength(7);
  const alone = await predict(networkOf(model), set, NORMALIZATION, { first: 6, count: 1 });
  expect(alone.classes[0]).toBe(together.classes[6]);
  expect(alone.confidences[0]).toBeCloseTo(together.confidences[6], 5);
});
