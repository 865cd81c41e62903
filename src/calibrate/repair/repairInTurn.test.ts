import { beforeAll, expect, test, vi } from 'vitest';
import { schemeFor } from '../../quant/schemes.ts';
import type { QuantizedModel, Repair } from '../../quant/types.ts';
import { openBackend } from '../../tensor/backend.ts';
import { nodePlatform } from '../../tensor/wasm/node.ts';
import { meanDivergence } from '../divergence.ts';
import { quantizeModel } from '../ptq.ts';
import { calibrate } from '../calibration.ts';
import { repairInTurn } from './repairInTurn.ts';
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
    const made = await repairInTurn(model, given, images, judges, {}, () => undefined);
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
