/** Single layers of the bundled ResNet-20: what the page shows of them is what the network is made of. */
import { beforeAll, describe, expect, test } from 'vitest';
import { equalize } from '../../calibrate/repair/equalize.ts';
import { lookUp } from '../../base/lookUp.ts';
import { INPUT } from '../../graph/types.ts';
import { dequantizeValue, quantizeValue } from '../../quant/affine.ts';
import type { Bits, QuantizedModel } from '../../quant/types.ts';
import { activations } from '../../tensor/activations.ts';
import { channelOf } from './channels.ts';
import { clipCurve } from './clipCurve.ts';
import { openStages, type Stages } from '../stages/stages.ts';
import { featureMaps } from './featureMaps.ts';
import { describeChannels } from './layerChannels.ts';
import { describeLayers } from './layers.ts';
import { nodeResources } from '../hosts/node.ts';
import { changedPtqSettings, float32Settings, ptqSettings, type PresetName } from '../../contract/settings.ts';
import { snap } from './snap.ts';
import type { RunSettings } from '../../contract/run.ts';

const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: 8, seed: 1 };
const float32 = float32Settings(workload);
const settingsAt = (preset: PresetName, bits: Bits): RunSettings => ({
  ...ptqSettings(workload, preset, bits),
  calibrationImages: 64,
});
const LAYER = 'layer2.1.conv1';

let stages: Stages;
beforeAll(async () => {
  stages = await openStages(nodeResources(), 'wasm');
});

async function quantizedBy(settings: RunSettings): Promise<QuantizedModel> {
  const { quantized } = await stages.make(settings);
  if (!quantized) throw new Error('nothing was quantized');
  return quantized;
}

/** Of 2021 at 8 bits. */
const changed = (repair: string): RunSettings => ({
  ...changedPtqSettings(workload, '2021', 8, { repair }),
  calibrationImages: 64,
});

const kernelOf = async (layer: string) =>
  lookUp((await stages.subject(workload)).model.weights, `${layer}.kernel`, 'array');

describe('layers', () => {
  test('the whole graph, with its shapes and costs; nothing is quantized in float32', async () => {
    const { layers } = await describeLayers(stages, float32);
    expect(layers.map(({ name }) => name).slice(0, 3)).toEqual([INPUT, 'conv1', 'layer1.0.conv1']);
    expect(layers.find(({ name }) => name === 'layer2.0.conv1')).toEqual({
      name: 'layer2.0.conv1',
      kind: 'conv',
      inputs: ['layer1.2.add'],
      shape: [16, 16, 32],
      kernelShape: [3, 3, 16, 32],
      parameters: 3 * 3 * 16 * 32 + 32,
      macs: 3 * 3 * 16 * 32 * 256,
      quantized: null,
    });
    expect(layers.reduce((sum, { macs }) => sum + macs, 0)).toBeCloseTo(41e6, -6);
  });

  test('a scheme gives every layer its bits and its noise: about 6 dB a bit', async () => {
    const { layers: four } = await describeLayers(stages, settingsAt('modern', 4));
    const { layers: eight } = await describeLayers(stages, settingsAt('modern', 8));
    const sqnrOf = (layers: typeof four): number =>
      layers.find(({ name }) => name === LAYER)?.quantized?.weightSqnr ?? NaN;
    expect(sqnrOf(eight) - sqnrOf(four)).toBeGreaterThan(18);
    expect(sqnrOf(eight) - sqnrOf(four)).toBeLessThan(30);
    expect(four.find(({ name }) => name === 'conv1')?.quantized?.weightBits).toBe(8);
    expect(four.find(({ name }) => name === 'fc')?.quantized).toMatchObject({ activation: null, activationSqnr: null });
    expect(four.find(({ name }) => name === INPUT)?.quantized?.weightBits).toBeNull();
  });

  test('channels have their own ranges and scales, or share one', async () => {
    const channels = await describeChannels(stages, { settings: settingsAt('modern', 4), layer: LAYER });
    const kernel = await kernelOf(LAYER);
    expect(channels).toMatchObject({ bits: 4, qmin: -8, qmax: 7 });
    expect(channels.lo[5]).toBe(Math.min(...channelOf(kernel, 5)));
    expect(new Set(channels.scale).size).toBe(32);
    expect(
      new Set((await describeChannels(stages, { settings: settingsAt('2021', 4), layer: LAYER })).scale).size,
    ).toBe(1);
  });

  test('equalized channels are what the network is equalized to, before and after from either side', async () => {
    const [plain, even] = [settingsAt('2021', 8), changed('cle')];
    const before = await describeChannels(stages, { settings: plain, layer: LAYER });
    const after = await describeChannels(stages, { settings: plain, layer: LAYER, equalized: true });
    expect([before.equalized, after.equalized, after.canBeEqualized]).toEqual([false, true, true]);
    const kernel = lookUp(equalize((await stages.subject(workload)).model).weights, `${LAYER}.kernel`, 'array');
    expect(after.lo[5]).toBe(Math.min(...channelOf(kernel, 5)));
    expect(after.hi[31]).toBe(Math.max(...channelOf(kernel, 31)));
    expect(after.hi).not.toEqual(before.hi);
    const asSettings = await describeChannels(stages, { settings: even, layer: LAYER });
    expect([asSettings.equalized, asSettings.lo, asSettings.hi]).toEqual([true, after.lo, after.hi]);
    const back = await describeChannels(stages, { settings: even, layer: LAYER, equalized: false });
    expect([back.lo, back.hi, back.scale]).toEqual([before.lo, before.hi, before.scale]);
    const alone = await describeChannels(stages, { settings: plain, layer: 'conv1' });
    expect(alone.canBeEqualized).toBe(false);
  });

  test('what is not there is refused by name', async () => {
    await expect(describeChannels(stages, { settings: settingsAt('modern', 4), layer: 'layer9' })).rejects.toThrow(
      'resnet20 has no layer named layer9.',
    );
    await expect(
      describeChannels(stages, { settings: settingsAt('modern', 4), layer: 'layer1.0.add' }),
    ).rejects.toThrow('layer1.0.add is of kind add');
    await expect(describeChannels(stages, { settings: float32, layer: LAYER })).rejects.toThrow('choose a bitwidth');
    await expect(snap(stages, { settings: settingsAt('modern', 4), layer: LAYER, channel: 32 })).rejects.toThrow(
      '0 to 31',
    );
    await expect(featureMaps(stages, { settings: settingsAt('modern', 4), layer: 'fc', image: 1000 })).rejects.toThrow(
      /1000/,
    );
  });
});

describe('snap', () => {
  test.each(['modern', '2021'] as const)(
    '%s: the spikes are the codes of the quantized network, at every bitwidth',
    async (preset) => {
      const result = await snap(stages, { settings: settingsAt(preset, 8), layer: LAYER, channel: null });
      for (const grid of result.grids) {
        const { codes, zeroPoint, scale } = lookUp(
          (await quantizedBy(settingsAt(preset, grid.bits))).weights,
          LAYER,
          'weights',
        );
        const expected = new Map<number, number>();
        codes.forEach((q, i) =>
          expected.set(
            q - zeroPoint[i % zeroPoint.length],
            (expected.get(q - zeroPoint[i % zeroPoint.length]) ?? 0) + 1,
          ),
        );
        const found = [...grid.spikes].flatMap((n, i) => (n > 0 ? [[grid.first + i, n] as const] : []));
        expect(new Map(found)).toEqual(expected);
        expect(grid.float.reduce((sum, n) => sum + n, 0)).toBe(codes.length);
        expect(grid.scales).toEqual([Math.min(...scale), Math.max(...scale)]);
        expect([...grid.ways.code]).toEqual([...result.weights.index].map((index) => codes[index]));
      }
    },
  );

  test('one channel is a part of the whole, and its noise is that of the layer’s channel', async () => {
    const settings = settingsAt('modern', 4);
    const one = await snap(stages, { settings, layer: LAYER, channel: 7 });
    const [, , four] = one.grids;
    expect(one.count).toBe(3 * 3 * 32);
    expect([...four.spikes].reduce((sum, n) => sum + n, 0)).toBe(one.count);
    expect(four.scales[0]).toBe(four.scales[1]);
    expect(four.sqnr).toBeCloseTo((await describeChannels(stages, { settings: settings, layer: LAYER })).sqnr[7], 6);
  });

  test('the way of a weight is the arithmetic, from the least weight to the greatest', async () => {
    const { weights, grids } = await snap(stages, { settings: settingsAt('2021', 4), layer: LAYER, channel: null });
    const { data } = await kernelOf(LAYER);
    expect(weights.value).toHaveLength(257);
    expect(weights.value[0]).toBe(Math.min(...data));
    expect(weights.value.at(-1)).toBe(Math.max(...data));
    expect([...weights.value]).toEqual([...weights.value].sort((a, b) => a - b));
    for (const { ways, qmin, qmax } of grids) {
      weights.index.forEach((index, i) => {
        const params = { scale: ways.scale[i], zeroPoint: ways.zeroPoint[i], qmin, qmax };
        expect(data[index]).toBe(weights.value[i]);
        expect(ways.code[i]).toBe(quantizeValue(data[index], params));
        expect(ways.code[i]).toBe(Math.min(Math.max(ways.rounded[i] + ways.zeroPoint[i], qmin), qmax));
        expect(ways.back[i]).toBe(dequantizeValue(ways.code[i], params));
      });
    }
  });

  test('clipped weights are counted: none by min/max, some by the searched range at 2 bits', async () => {
    const clippedBy = async (preset: PresetName) =>
      (await snap(stages, { settings: settingsAt(preset, 8), layer: LAYER, channel: null })).grids[0].clipped;
    expect(await clippedBy('2021')).toBe(0);
    expect(await clippedBy('modern')).toBeGreaterThan(0);
  });

  test('stops between two bitwidths', async () => {
    const controller = new AbortController();
    const stopped = snap(
      stages,
      { settings: settingsAt('modern', 4), layer: LAYER, channel: null },
      { signal: controller.signal, report: () => controller.abort() },
    );
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('clip or round', () => {
  const total = (errors: { clipping: number; rounding: number }): number => errors.clipping + errors.rounding;

  test.each([
    ['weights', LAYER],
    ['activation', 'layer1.1.conv1'],
    ['activation', INPUT],
  ] as const)('of the %s of %s: tighter clips more and rounds less', async (of, layer) => {
    const curve = await clipCurve(stages, { settings: settingsAt('modern', 4), layer, of, channel: null });
    const [, , four] = curve.grids;
    const last = four.clipping.length - 1;
    expect(four.clipping[last]).toBeLessThan(1e-3 * four.clipping[0]);
    expect(four.rounding[20]).toBeLessThan(four.rounding[last]);
    expect(four.clipping[20]).toBeGreaterThan(four.clipping[60]);
    expect(curve.histogram.reduce((sum, n) => sum + n, 0)).toBe(curve.count);
  });

  test('each method is on the curve: min/max at its end, squared error at its bottom', async () => {
    const { grids, lo, hi, power } = await clipCurve(stages, {
      settings: settingsAt('modern', 4),
      layer: LAYER,
      of: 'weights',
      channel: 3,
    });
    for (const { clipping, rounding, choices } of grids) {
      const least = Math.min(...clipping.map((error, i) => error + rounding[i]));
      const by = Object.fromEntries(choices.map((choice) => [choice.method, choice]));
      expect(by.minmax.hi - by.minmax.lo).toBeLessThanOrEqual(hi - lo);
      for (const { share } of choices) expect(share > 0 && share <= 1).toBe(true);
      expect(total(by.mse2)).toBeLessThan(1.02 * least);
      expect(total(by.mse2)).toBeLessThanOrEqual(total(by.minmax));
      expect(total(by.minmax)).toBeLessThan(power);
    }
  });
});

describe('feature maps', () => {
  test('float as the network computes it, quantized on the grid, and the error of each channel', async () => {
    const settings = settingsAt('modern', 4);
    const { model, dataset } = await stages.subject(workload);
    const layer = 'layer1.2.add';
    const maps = await featureMaps(stages, { settings, layer, image: 3 });
    expect(maps.shape).toEqual([32, 32, 16]);
    for await (const batch of activations(model, dataset.test, Int32Array.of(3), [layer])) {
      const expected = batch.get(layer) ?? new Float32Array();
      expect(Math.max(...maps.float.map((x, i) => Math.abs(x - expected[i])))).toBeLessThan(1e-4);
    }
    const grid = lookUp((await quantizedBy(settings)).activations, layer, 'grid');
    expect(maps.quantized.every((x) => dequantizeValue(quantizeValue(x, grid), grid) === x)).toBe(true);
    expect(maps.sqnr).toHaveLength(16);
    expect(Math.min(...maps.sqnr)).toBeGreaterThan(0);
  });
});
