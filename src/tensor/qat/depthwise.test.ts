/** A network of inverted residuals in training, in float and on its grids: depthwise layers, ReLU6, an average pool, no last bias. */
import { beforeAll, describe, expect, test } from 'vitest';
import { top1 } from '../../base/answers.ts';
import { lookUp } from '../../base/lookUp.ts';
import { predict } from '../../data/predict.ts';
import { initialWeights } from '../../graph/init.ts';
import { invertedResiduals } from '../../graph/testing/invertedResiduals.ts';
import type { FloatModel } from '../../graph/types.ts';
import { recipeFor } from '../../quant/training/recipe.ts';
import { openBackend } from '../backend.ts';
import { toFakeQuantizedModel } from '../fakeQuantized.ts';
import { readWeights, toLayersModel } from '../model.ts';
import { networkOf } from '../network.ts';
import { colours, NORMALIZATION } from '../testing/colours.ts';
import { startFrom } from '../testing/start.ts';
import { train } from '../train/train.ts';
import { nodePlatform } from '../wasm/node.ts';
import { trainQuantized } from './qat.ts';
import { toQuantizedModel } from './qatModel.ts';
import { toQatNetwork } from './qatNetwork.ts';

const set = colours(60);
const graph = invertedResiduals(8, 5);
const SETTINGS = recipeFor(
  { network: 'small', images: 'small', bits: 4 },
  { epochs: 8, batchSize: 10, trainImages: 60, augment: false, distillation: 0, peakRate: 0.01 },
);

describe('inverted residuals on WASM', () => {
  let float: FloatModel;

  beforeAll(async () => {
    await openBackend('wasm', { ...nodePlatform, cores: 1 });
    const model = toLayersModel(graph, initialWeights(graph, 2));
    const losses: number[] = [];
    for await (const { loss } of train(model, set, NORMALIZATION, { ...SETTINGS, epochs: 25, peakRate: 0.1 }))
      losses.push(loss);
    const mean = (list: number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
    expect(mean(losses.slice(-6))).toBeLessThan(0.7 * mean(losses.slice(0, 6)));
    float = { graph, weights: await readWeights(model), normalization: NORMALIZATION, classes: set.classes };
    model.dispose();
  }, 120_000);

  test('a training on grids begins as the PTQ model', async () => {
    const start = await startFrom(float, set, 4);
    const again = await toQuantizedModel(toQatNetwork(float, start, SETTINGS));
    expect([...again.activations]).toEqual([...start.activations]);
    expect([...again.weights.keys()]).toEqual([...start.weights.keys()]);
    for (const [name, { codes, scale, shape }] of start.weights) {
      const found = lookUp(again.weights, name, 'weights');
      expect(found.shape).toEqual(shape);
      scale.forEach((value, c) => expect(found.scale[c] / value, `${name}: step of channel ${c}`).toBeCloseTo(1, 5));
      const moved = codes.filter((code, i) => code !== found.codes[i]).length;
      expect(moved, `${name}: codes`).toBeLessThanOrEqual(codes.length / 100);
    }
  });

  test.each(['modern', '2021'] as const)(
    '%s: it learns, and ends in integers that answer as it does',
    async (preset) => {
      const start = await startFrom(float, set, 4, preset);
      const network = toQatNetwork(float, start, SETTINGS);
      const losses: number[] = [];
      for await (const { loss } of trainQuantized(network, set, SETTINGS)) losses.push(loss);
      const sum = (list: number[]): number => list.reduce((total, value) => total + value, 0);
      expect(sum(losses.slice(-12))).toBeLessThan(sum(losses.slice(0, 12)));
      const integers = await predict(
        networkOf(toFakeQuantizedModel(await toQuantizedModel(network))),
        set,
        NORMALIZATION,
      );
      const trained = await predict(networkOf(network.model), set, NORMALIZATION);
      expect(top1(integers.classes, trained.classes)).toBeGreaterThanOrEqual(0.95);
    },
  );
});
