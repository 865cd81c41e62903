import { beforeAll, expect, test } from 'vitest';
import { schemeFor } from '../../quant/schemes.ts';
import type { QuantizedModel, QuantizedWeights } from '../../quant/types.ts';
import { openBackend } from '../../tensor/backend.ts';
import { nodePlatform } from '../../tensor/wasm/node.ts';
import { quantizeModel } from '../ptq.ts';
import { calibrate } from '../calibration.ts';
import { batch, model, stream } from '../testing/tinyModel.ts';
import { betterModel, outputDivergence, verdictText } from './verdict.ts';

beforeAll(() => openBackend('wasm', { ...nodePlatform, cores: 1, isolated: false }));

const images = { values: Float32Array.of(-1, 0, 1, 2, 0, 1, 2, -1), count: 2 };
const start = async (): Promise<QuantizedModel> =>
  quantizeModel(
    model,
    await calibrate(model, stream(batch({ plain: [-1, 8], sum: [0, 8], mean: [0, 8] }))),
    schemeFor('modern', 8, 8),
  );

/** The same network with its logits moved: as a repair might leave it. */
function moved(from: QuantizedModel, steps: number): QuantizedModel {
  const fc = from.weights.get('fc') ?? expect.unreachable();
  const other: QuantizedWeights = { ...fc, bias: Int32Array.of(fc.bias[0] + steps, fc.bias[1]) };
  return { ...from, weights: new Map([...from.weights, ['fc', other]]) };
}

test('a repair that moves the output away is dropped and said; one that brings it back is kept', async () => {
  const good = await start();
  const bad = moved(good, 20_000);
  const [near, far] = [await outputDivergence(model, good, images), await outputDivergence(model, bad, images)];
  expect(near).toBeLessThan(0.01);
  expect(far).toBeGreaterThan(10 * near);

  const dropped = await betterModel(model, good, bad, images, 'bias');
  expect(dropped).toEqual({ ...good, repairs: [{ repair: 'bias', kept: false, before: near, after: far, images: 2 }] });
  expect(verdictText(dropped.repairs?.[0] ?? expect.unreachable())).toMatch(
    /^bias: dropped, it moved the output away .* on 2 calibration images\)\.$/,
  );

  const kept = await betterModel(model, { ...bad, repairs: dropped.repairs }, good, images, 'gain');
  expect(kept.weights).toBe(good.weights);
  expect(kept.repairs?.map(({ repair, kept: held }) => [repair, held])).toEqual([
    ['bias', false],
    ['gain', true],
  ]);
  expect(verdictText(kept.repairs?.[1] ?? expect.unreachable())).toMatch(/^gain: kept/);
});
