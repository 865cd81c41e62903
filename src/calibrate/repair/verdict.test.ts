import { beforeAll, expect, test } from 'vitest';
import { schemeFor } from '../../quant/schemes.ts';
import { calibrationIndices } from '../../data/batches.ts';
import type { QuantizedModel, QuantizedWeights, RepairVerdict } from '../../quant/types.ts';
import { openBackend } from '../../tensor/backend.ts';
import { nodePlatform } from '../../tensor/wasm/node.ts';
import { quantizeModel } from '../ptq.ts';
import { calibrate } from '../calibration.ts';
import { batch, model, stream } from '../testing/tinyModel.ts';
import { betterModel, judgingImages, nearness, verdictText, type Judges } from './verdict.ts';

beforeAll(() => openBackend('wasm', { ...nodePlatform, cores: 1, isolated: false }));

const images = { values: Float32Array.of(-1, 0, 1, 2, 0, 1, 2, -1), count: 2 };
const judges: Judges = { count: 2, apart: true, nearness: (quantized) => nearness(model, quantized, images) };
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
  const [near, far] = [
    (await nearness(model, good, images)).divergence,
    (await nearness(model, bad, images)).divergence,
  ];
  expect(near).toBeLessThan(0.01);
  expect(far).toBeGreaterThan(10 * near);

  const dropped = await betterModel(good, bad, judges, 'bias');
  expect(dropped).toMatchObject({
    ...good,
    repairs: [{ repair: 'bias', kept: false, before: near, after: far, images: 2, apart: true }],
  });
  expect(verdictText(dropped.repairs?.[0] ?? expect.unreachable())).toMatch(
    /^bias: dropped, it moved the output away .* on 2 training images that it was not made on\)\.$/,
  );

  const kept = await betterModel({ ...bad, repairs: dropped.repairs }, good, judges, 'gain');
  expect(kept.weights).toBe(good.weights);
  expect(kept.repairs?.map(({ repair, kept: held }) => [repair, held])).toEqual([
    ['bias', false],
    ['gain', true],
  ]);
  expect(verdictText(kept.repairs?.[1] ?? expect.unreachable())).toMatch(/^gain: kept/);
});

test('a repair that loses answers is dropped even where the divergence falls', async () => {
  const good = await start();
  // Both are far off; the one that is nearer by its divergence gives other answers.
  const known = { divergence: 1e9, agreement: 1 };
  const bad = moved(good, 20_000);
  expect((await nearness(model, bad, images)).agreement).toBeLessThan(1);
  const [verdict] = (await betterModel(good, bad, judges, 'gain', known)).repairs ?? expect.unreachable();
  expect(verdict.after).toBeLessThan(verdict.before);
  expect(verdict).toMatchObject({ kept: false, agreement: { before: 1 } });
});

test('a repair that clearly wins answers back is kept even where the divergence rises, one that may be luck is not', async () => {
  const good = await start();
  const judged = async (agreement: number, count: number) => {
    const found: Judges = { count, apart: true, nearness: () => Promise.resolve({ divergence: 1.47, agreement }) };
    const repaired = await betterModel(good, moved(good, 1), found, 'bias', { divergence: 1.17, agreement: 0.58 });
    return repaired.repairs?.[0].kept;
  };
  expect(await judged(0.81, 512)).toBe(true);
  expect(await judged(0.81, 16)).toBe(false);
  expect(await judged(0.6, 512)).toBe(false);
});

test('judges are images that the repair was not made on, where enough are left', () => {
  const count = 100;
  const set = { count, labels: Int32Array.from({ length: count }, (_, i) => i % 2), classes: ['a', 'b'] };
  const made = new Set(calibrationIndices(set, 40, 3));
  const { indices, apart } = judgingImages(set, 40, 3);
  expect(apart).toBe(true);
  expect(indices).toHaveLength(40);
  expect([...indices].filter((image) => made.has(image))).toEqual([]);
  expect(judgingImages(set, 90, 3)).toMatchObject({ apart: false, indices: { length: 90 } });
  expect(verdictText({ ...verdictOf(40), apart: false })).toContain(
    'on 40 calibration images, since there are no others',
  );
});

const verdictOf = (images: number): RepairVerdict => ({
  repair: 'gain',
  kept: true,
  before: 1,
  after: 0,
  agreement: { before: 0.5, after: 1 },
  images,
  apart: true,
});
