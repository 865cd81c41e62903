import { describe, expect, test } from 'vitest';
import { float32Settings, ptqSettings } from '../../../contract/settings.ts';
import { layersOf, mapsOf, pathOf } from '../../testing/fakeLayers.ts';
import { spread } from './channelSpread.ts';
import { channelCount, noisiest, paint, planesOf, rangeOf } from './maps.ts';
import { pathSteps, productsOf } from './pathSteps.ts';
import { cellsOf, cleanness, extremes, stagesOf } from './strip.ts';

const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: 1, seed: 1 };
const settings = ptqSettings(workload, 'modern', 4);

describe('the strip', () => {
  const { layers } = layersOf(settings);

  test('has a cell for each layer with this noise, under its stage', () => {
    const weights = cellsOf(layers, 'weights');
    expect(weights.map(({ name, short, bits, sqnr }) => [name, short, bits, sqnr])).toEqual([
      ['conv1', 'conv1', 4, 24],
      ['layer1.0.conv1', '0.conv1', 4, 23],
      ['layer1.0.conv2', '0.conv2', 4, 22],
      ['fc', 'fc', 8, 45],
    ]);
    expect(stagesOf(weights).map(({ name, cells }) => [name, cells.length])).toEqual([
      ['conv1', 1],
      ['layer1', 2],
      ['fc', 1],
    ]);
    expect(cellsOf(layers, 'activations').map(({ name }) => name)).toEqual([
      'conv1',
      'layer1.0.conv1',
      'layer1.0.conv2',
      'layer1.0.add',
    ]);
    expect(cellsOf(layersOf(float32Settings(workload)).layers, 'weights')).toEqual([]);
  });

  test('the noisiest has the one end of the colours, and two bits more the other', () => {
    const { worst, best } = extremes(cellsOf(layers, 'weights'));
    expect([worst.name, best.name]).toEqual(['layer1.0.conv2', 'fc']);
    expect([22, 28, 34, 45, Infinity].map((sqnr) => cleanness(sqnr, worst.sqnr))).toEqual([0, 0.5, 1, 1, 1]);
  });
});

describe('feature maps', () => {
  const maps = mapsOf({ settings, layer: 'conv1', image: 0 });

  test('a channel is every fourth number, and the difference is quantized less float', () => {
    const { float, quantized, difference } = planesOf(maps, 2);
    expect([float.width, float.height, float.values[1]]).toEqual([4, 4, 6 / 64]);
    quantized.values.forEach((q, i) => expect(q - float.values[i]).toBeCloseTo(difference.values[i], 6));
    expect(rangeOf(difference)).toEqual([0.25, 0.25]);
    expect(channelCount(maps)).toBe(4);
  });

  test('a vector is one picture, a row', () => {
    const vector = { ...maps, shape: [64] };
    expect(channelCount(vector)).toBe(1);
    expect(planesOf(vector, 0).float).toMatchObject({ width: 64, height: 1, values: maps.float });
  });

  test('the noisiest channel is one that holds something', () => {
    expect(noisiest(maps)).toBe(2);
    expect(noisiest({ ...maps, sqnr: Float64Array.of(NaN, 8, 7, NaN) })).toBe(2);
    expect(noisiest({ ...maps, sqnr: Float64Array.of(NaN, NaN) })).toBe(0);
  });

  test('colours run from end to end and stop there', () => {
    const plane = { width: 4, height: 1, values: Float32Array.of(-1, 0, 1, 9) };
    const bytes = paint('difference', plane, -1, 1);
    expect([...bytes.subarray(0, 4)]).toEqual([96, 20, 120, 255]);
    expect([...bytes.subarray(4, 8)]).toEqual([250, 250, 250, 255]);
    expect([...bytes.subarray(8, 12)]).toEqual([...bytes.subarray(12, 16)]);
  });
});

test('the widest channel is compared with the median one', () => {
  expect(spread({ lo: Float32Array.of(-1, -4, -2), hi: Float32Array.of(0.5, 1, 2) })).toBe(2);
});

describe('the path of a number', () => {
  const { path } = pathOf({ settings, layer: 'conv1', image: 0, place: { y: 0, x: 0, channel: 0 } });

  test('a convolution, step by step, with the padding counted', () => {
    expect(pathSteps(path, ['input']).map(({ id, number }) => [id, number])).toEqual([
      ['sum', 4],
      ['accumulator', 10],
      ['scaled', 2.5],
      ['rounded', 2],
      ['shifted', 3],
      ['code', 3],
      ['real', 0.5],
    ]);
    expect(pathSteps(path, ['input'])[0].note).toBe('3 products, 1 of them padding');
    expect(productsOf(path).map(({ product, inside }) => [product, inside])).toEqual([
      [6, true],
      [-2, true],
      [0, false],
    ]);
  });

  test('a clamp is an error’s colour', () => {
    if (path.kind !== 'conv') throw new Error('a convolution was made');
    const kindOf = (shifted: number) =>
      pathSteps({ ...path, shifted, code: Math.min(shifted, 15) }, ['input']).find(({ id }) => id === 'code')?.kind;
    expect([kindOf(15), kindOf(16)]).toEqual(['quantized', 'error']);
  });

  test('other layers have their own steps, and no products', () => {
    const { output } =
      path.kind === 'conv' ? path : { output: { scale: 1, zeroPoint: 0, qmin: 0, qmax: 15, bits: 4 as const } };
    const at = { layer: 'layer1.0.add', place: { y: 0, x: 0, channel: 0 }, inputs: [output, output], output };
    const add = {
      kind: 'add' as const,
      ...at,
      codes: [3, 5] as const,
      reals: [0.5, 1] as const,
      sum: 1.5,
      level: 7,
      code: 7,
      real: 1.5,
    };
    expect(pathSteps(add, ['layer1.0.conv2', 'conv1']).map(({ id, number }) => [id, number])).toEqual([
      ['a', 0.5],
      ['b', 1],
      ['sum', 1.5],
      ['level', 7],
      ['code', 7],
      ['real', 1.5],
    ]);
    expect(pathSteps(add, ['layer1.0.conv2', 'conv1'])[1].note).toBe('q = 5, from conv1');
    expect(productsOf(add)).toEqual([]);
  });
});
