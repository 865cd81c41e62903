/** Results that contradict a sentence of these screens get another one. */
import { describe, expect, test } from 'vitest';
import { float32Settings, ptqSettings } from '../../../contract/settings.ts';
import { channelsOf, clipOf, layersOf } from '../../testing/fakeLayers.ts';
import { clipFinding } from '../clip/ClipChart.tsx';
import { candidatesOf, endsOf } from './candidates.ts';
import { channelsFinding } from './channelSpread.ts';
import { cellsOf, stripFinding } from './strip.ts';

const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: 1, seed: 1 };
const settings = ptqSettings(workload, 'modern', 4);
const { layers } = layersOf(settings);

describe('the strip', () => {
  const cells = cellsOf(layers, 'weights');
  test('each end at its own bits', () =>
    expect(stripFinding(cells, 'weights')).toBe(
      'The weights of layer1.0.conv2 are the noisiest, 22.0 dB at 4 bits; those of fc the cleanest, 45.0 dB at 8 bits.',
    ));
  test('alike, there is no noisiest', () =>
    expect(
      stripFinding(
        cells.map((cell) => ({ ...cell, sqnr: 21 })),
        'weights',
      ),
    ).toBe('The weights of all layers are equally noisy, 21.0 dB.'));
  test('one layer is not compared with itself', () =>
    expect(stripFinding(cells.slice(0, 1), 'activations')).toBe('Only the activations of conv1 are rounded: 24.0 dB.'));
});

describe('the channels', () => {
  const channels = channelsOf({ settings, layer: 'conv1' });
  const level = { ...channels, lo: new Float32Array(4).fill(-1), hi: new Float32Array(4).fill(1) };
  const shared = { ...settings, scheme: ptqSettings(workload, '2021', 4).scheme };
  test.each([
    [channels, 'Of the 4 channels the widest reaches 2.0× as far as the median one; each has a scale of its own.'],
    [
      { ...channels, settings: shared },
      'Of the 4 channels the widest reaches 2.0× as far as the median one; yet all share one scale.',
    ],
    [level, 'All 4 channels reach about as far; each has a scale of its own.'],
    [{ ...level, settings: shared }, 'All 4 channels reach about as far; one scale fits them all.'],
    [{ ...level, lo: Float32Array.of(-1), hi: Float32Array.of(1) }, 'It has one channel, and one scale.'],
  ])('%#', (given, sentence) => expect(channelsFinding(given)).toBe(sentence));
  test('equalized they are compared with what they were', () => {
    const even = channelsOf({ settings, layer: 'conv1', equalized: true });
    expect(channelsFinding(even, channels)).toBe(
      'Equalized, the widest channel reaches 1.0× as far as the median one; as trained it was 2.0×.',
    );
    expect(channelsFinding(channels, even)).toBe(channelsFinding(channels));
  });
});

describe('clipping', () => {
  const curve = clipOf({ settings: float32Settings(workload), layer: 'conv1', of: 'weights', channel: null });
  const flat = (clipping: readonly number[], rounding: readonly number[]) => ({
    ...curve.grids[2],
    clipping: Float64Array.from(clipping),
    rounding: Float64Array.from(rounding),
  });
  test.each([
    [
      curve.grids[2],
      'At 4 bits clipping the weights of conv1 at ±0.7, 70% of the largest, costs least: 1.8× less error than min/max.',
    ],
    [
      flat([1, 0.01, 0], [0.5, 0.94, 1]),
      'At 4 bits clipping the weights of conv1 at ±0.667, 67% of the largest, costs least, but little is won: min/max has 5% more error.',
    ],
    [
      flat([1, 0.1, 0], [0.5, 0.95, 1]),
      'At 4 bits nothing is won by clipping the weights of conv1: min/max is as good as any threshold.',
    ],
    [
      flat([0, 0, 0], [0, 0, 0]),
      'At 4 bits nothing is won by clipping the weights of conv1: min/max is as good as any threshold.',
    ],
  ])('%#', (grid, sentence) => expect(clipFinding(curve, grid)).toBe(sentence));
});

test('what is guessed is what is ranked: weights, or a grid of its own', () => {
  const pool = { ...layers[0], name: 'pool', kind: 'maxPool' as const, kernelShape: null };
  const names = candidatesOf([...layers, pool, { ...pool, name: 'input', kind: 'input' }]).map(({ name }) => name);
  expect(names).toEqual(['conv1', 'layer1.0.conv1', 'layer1.0.conv2', 'layer1.0.add', 'fc', 'input']);
  expect(candidatesOf(layersOf(float32Settings(workload)).layers)).toEqual([]);
  expect(endsOf([pool, ...layers])).toEqual({ first: 'conv1', last: 'fc' });
});
