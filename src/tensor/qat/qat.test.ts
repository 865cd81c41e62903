import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { foldBatchNorm } from '../../graph/fold.ts';
import { initialWeights } from '../../graph/init.ts';
import { lookUp } from '../../base/lookUp.ts';
import type { FloatModel } from '../../graph/types.ts';
import { openBackend } from '../backend.ts';
import { readCheckpoint, writeCheckpoint } from '../train/checkpoint.ts';
import { top1 } from '../../base/answers.ts';
import { predict } from '../../data/predict.ts';
import { networkOf } from '../network.ts';
import { toFakeQuantizedModel } from '../fakeQuantized.ts';
import { readWeights, toLayersModel } from '../model.ts';
import { qatTrainingSet, trainQuantized } from './qat.ts';
import { toQuantizedModel } from './qatModel.ts';
import { readVariables, toQatNetwork, type QatNetwork } from './qatNetwork.ts';
import { recipeFor } from '../../quant/training/recipe.ts';
import { LEAST_RANGE } from '../layers/quantizer.ts';
import { NORMALIZATION, colours } from '../testing/colours.ts';
import { startFrom } from '../testing/start.ts';
import { twoBlocks } from '../testing/twoBlocks.ts';
import { train, type Checkpoint } from '../train/train.ts';
import { nodePlatform } from '../wasm/node.ts';
import type { QatSettings } from '../../quant/training/types.ts';

const set = colours(60);

/** A float network that has learned the colours. */
async function trained(): Promise<FloatModel> {
  const model = toLayersModel(twoBlocks, initialWeights(twoBlocks, 2));
  const settings = recipeFor(
    { network: 'small', images: 'small', bits: 8 },
    { epochs: 12, batchSize: 10, peakRate: 0.05, augment: false },
  );
  for await (const { loss } of train(model, set, NORMALIZATION, settings)) expect(loss).toBeGreaterThan(0);
  const weights = await readWeights(model);
  model.dispose();
  return { graph: twoBlocks, weights, normalization: NORMALIZATION, classes: set.classes };
}

const SETTINGS: QatSettings = recipeFor(
  { network: 'small', images: 'small', bits: 3 },
  {
    epochs: 4,
    batchSize: 10,
    trainImages: 60,
    augment: true,
    distillation: 0,
    peakRate: 0.02,
  },
);

describe('quantization-aware training on WASM', () => {
  let float: FloatModel;
  const fresh = async (ranges = SETTINGS, bits: 2 | 3 | 4 = 3): Promise<QatNetwork> =>
    toQatNetwork(float, await startFrom(float, set, bits), ranges);

  beforeAll(async () => {
    // One thread: the network is too small to share, and the machine may be busy.
    await openBackend('wasm', { ...nodePlatform, cores: 1 });
    float = await trained();
  }, 60_000);

  async function run(network: QatNetwork, settings = SETTINGS, until = Infinity, resume?: Checkpoint) {
    const losses: number[] = [];
    let last: Checkpoint | undefined;
    for await (const step of trainQuantized(network, set, settings, { resume })) {
      losses.push(step.loss);
      if (step.step < until) continue;
      last = await step.checkpoint();
      break;
    }
    return { losses, last };
  }

  const accuracyOf = async (model: tf.LayersModel): Promise<number> =>
    top1((await predict(networkOf(model), set, NORMALIZATION)).classes, set.labels);

  test('begins as the PTQ model: the same logits within a step of the last grid', async () => {
    const start = await startFrom(float, set, 4);
    const network = toQatNetwork(float, start, SETTINGS);
    const again = await toQuantizedModel(network);
    for (const [name, { codes, scale }] of start.weights) {
      const found = lookUp(again.weights, name, 'weights');
      scale.forEach((value, c) => expect(found.scale[c] / value, `${name}: step of channel ${c}`).toBeCloseTo(1, 5));
      const moved = codes.filter((code, i) => code !== found.codes[i]).length;
      expect(moved, `${name}: codes`).toBeLessThanOrEqual(codes.length / 500);
    }
    expect([...again.activations]).toEqual([...start.activations]);
  });

  test('wins back what 3 bits took', async () => {
    const start = await startFrom(float, set, 3);
    const ptq = await accuracyOf(toFakeQuantizedModel(start));
    const network = toQatNetwork(float, start, SETTINGS);
    const { losses } = await run(network, { ...SETTINGS, epochs: 12, augment: false });
    const model = toFakeQuantizedModel(await toQuantizedModel(network));
    const qat = await accuracyOf(model);
    const mean = (list: number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
    expect(mean(losses.slice(-6))).toBeLessThan(mean(losses.slice(0, 6)));
    expect(qat).toBeGreaterThanOrEqual(ptq);
    expect(qat).toBeGreaterThan(0.7);
    const [trainedClasses, integerClasses] = [
      await predict(networkOf(network.model), set, NORMALIZATION),
      await predict(networkOf(model), set, NORMALIZATION),
    ];
    const different = trainedClasses.classes.filter((answer, i) => answer !== integerClasses.classes[i]).length;
    expect(different).toBeLessThanOrEqual(1);
  });

  test.each([
    ['learned ranges', {}],
    ['moving averages and min/max weights', { activationRanges: 'ema', weightRanges: 'minmax' }],
    ['Adam, through 6 and 4 bits', { optimizer: 'adam', peakRate: 0.001, lowerBits: [6, 4] }],
  ] as const)('a run cut in mid-epoch goes on from its checkpoint file exactly: %s', async (_name, changes) => {
    const settings = { ...SETTINGS, ...changes } as QatSettings;
    const uncut = await fresh(settings);
    const whole = await run(uncut, settings);
    const { last } = await run(await fresh(settings), settings, 8);
    const resume = readCheckpoint(writeCheckpoint(last ?? expect.unreachable()), 'qat.safetensors', settings);
    const resumed = await fresh(settings);
    const rest = await run(resumed, settings, Infinity, resume);
    expect(rest.losses).toEqual(whole.losses.slice(8));
    expect(await readVariables(resumed)).toEqual(await readVariables(uncut));
  });

  test('leaks no tensors, with a teacher and before and after the statistics freeze', async () => {
    const { graph, weights } = foldBatchNorm(float.graph, float.weights);
    const teacher = toLayersModel(graph, weights);
    const network = await fresh();
    const counts: number[] = [];
    const settings = { ...SETTINGS, distillation: 0.5, epochs: 9 };
    for await (const { loss } of trainQuantized(network, set, settings, { teacher }))
      if (loss > 0) counts.push(tf.memory().numTensors);
    expect(counts).toHaveLength(54);
    expect(new Set(counts.slice(2)).size).toBe(1);
  });

  test('no learned step loses its range, however large the rate', async () => {
    const network = await fresh();
    const learned = [...network.variables].filter(([name, { trainable }]) => trainable && /scale$/i.test(name));
    const first = await readVariables(network);
    const shares: number[] = [];
    const settings = { ...SETTINGS, peakRate: 0.4, schedule: { kind: 'constant' }, epochs: 2 } as const;
    for await (const { loss } of trainQuantized(network, set, settings)) {
      expect(loss).toBeGreaterThan(0);
      const now = await readVariables(network);
      for (const [name] of learned)
        lookUp(now, name, 'step').data.forEach((step, c) =>
          shares.push(step / lookUp(first, name, 'step').data[c] / LEAST_RANGE),
        );
    }
    expect(Math.min(...shares), 'some were held, or this tests nothing').toBeCloseTo(1, 5);
  });

  test('distillation without a teacher is refused; statistics can be measured anew', async () => {
    await expect(run(await fresh(), { ...SETTINGS, distillation: 0.5 })).rejects.toThrow(/needs the float network/);
    const network = await fresh();
    await run(network, { ...SETTINGS, epochs: 1, reestimateBatches: 4, freezeStatistics: 0 });
    for (const [name, { data }] of await readVariables(network)) expect(data.every(Number.isFinite), name).toBe(true);
  });

  test('the training set of a run is balanced and repeatable', () => {
    const part = qatTrainingSet(set, { ...SETTINGS, trainImages: 20 });
    expect(part.count).toBe(20);
    expect(part.classes.map((_, k) => part.labels.filter((label) => label === k).length)).toEqual([4, 4, 4, 4, 4]);
    expect(qatTrainingSet(set, { ...SETTINGS, trainImages: 20 })).toEqual(part);
  });
});
