import { beforeAll, expect, test, vi } from 'vitest';
import { schemeFor } from '../../quant/schemes.ts';
import type { QuantizedModel, Repair } from '../../quant/types.ts';
import { openBackend } from '../../tensor/backend.ts';
import { nodePlatform } from '../../tensor/wasm/node.ts';
import { meanDivergence } from '../divergence.ts';
import { quantizeModel } from '../ptq.ts';
import { calibrate } from '../calibration.ts';
import { repairInTurn, type RepairsDone } from './repairInTurn.ts';
import type { RepairProgress } from './repair.ts';
import { batch, model, stream } from '../testing/tinyModel.ts';
import { nearness, type Judges } from './verdict.ts';

vi.mock('../divergence.ts', { spy: true });
beforeAll(() => openBackend('wasm', { ...nodePlatform, cores: 1, isolated: false }));

const images = { values: Float32Array.of(-1, 0, 1, 2, 0, 1, 2, -1, 2, 2, 1, 0), count: 3 };

/** As many as would judge a small run. */
const judges: Judges = { count: 3, apart: false, nearness: (quantized) => nearness(model, quantized, images) };

async function start(repairs: readonly Repair[]): Promise<QuantizedModel> {
  const calibration = await calibrate(model, stream(batch({ plain: [-1, 8], sum: [0, 8], mean: [0, 8] })));
  return quantizeModel(model, calibration, { ...schemeFor('modern', 3, 8), repairs });
}

test.each([[['bias', 'gain']], [['gain', 'bias', 'gain']]] as const)(
  'of %s each is judged from what the one before left, which is measured once',
  async (repairs) => {
    const given = await start(repairs);
    const judged = vi.mocked(meanDivergence);
    judged.mockClear();
    const made = await repairInTurn(model, given, images, judges);
    expect(judged).toHaveBeenCalledTimes(repairs.length + 1);

    const verdicts = made.repairs ?? [];
    expect(verdicts.map(({ repair }) => repair)).toEqual(repairs);
    expect(verdicts[0].before).toBe((await nearness(model, given, images)).divergence);
    verdicts
      .slice(1)
      .forEach(({ before }, i) => expect(before).toBe(verdicts[i].kept ? verdicts[i].after : verdicts[i].before));
    const last = verdicts[verdicts.length - 1];
    expect((await nearness(model, made, images)).divergence).toBe(last.kept ? last.after : last.before);
  },
);

const REPAIRS = ['gptq', 'gain'] as const;

test('cut after any unit or verdict and gone on with, it ends the same, with the same verdicts', async () => {
  const given = await start(REPAIRS);
  const stops: RepairsDone[] = [];
  const whole = await repairInTurn(model, given, images, judges, { onDone: (done) => stops.push(done) });
  expect(stops.map(({ units, judged }) => [judged.repairs?.length ?? 0, units])).toEqual([
    ...[1, 2, 3].map((units) => [0, units]),
    [1, 0],
    ...[1, 2, 3].map((units) => [1, units]),
    [2, 0],
  ]);
  for (const from of stops) expect(await repairInTurn(model, given, images, judges, { from })).toEqual(whole);
});

test('what is learned says each layer in the steps of its optimizer, and is heard to stop within one', async () => {
  const given = await start(['adaround']);
  const seen: RepairProgress[] = [];
  await repairInTurn(model, given, images, judges, { steps: 10, onProgress: (_, progress) => seen.push(progress) });
  const layers = seen.map(({ layer }) => layer);
  expect(new Set(layers).size).toBe(3);
  expect(seen[0]).toEqual({ layer: layers[0], done: 0, total: 30, unit: 'steps' });
  expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).toSorted((a, b) => a - b));

  const abort = new AbortController();
  const cut = repairInTurn(model, given, images, judges, {
    steps: 1e9,
    signal: abort.signal,
    onProgress: () => abort.abort('enough'),
  });
  await expect(cut).rejects.toBe('enough');
});
