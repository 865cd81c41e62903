import { describe, expect, test } from 'vitest';
import { RELU } from '../graph/activations.ts';
import { INPUT, type ConvNode, type Graph } from '../graph/types.ts';
import {
  activationBitsOf,
  parseScheme,
  qRange,
  quantizedAt,
  schemeFor,
  weightBitsOf,
  type PresetName,
} from './schemes.ts';
import { BITS } from './types.ts';

const conv = (name: string, input: string): ConvNode => ({
  kind: 'conv',
  name,
  input,
  kernel: [3, 3],
  stride: 1,
  padding: 1,
  inChannels: 4,
  outChannels: 4,
  groups: 1,
  bias: true,
  batchNorm: null,
  activation: RELU,
});
const graph: Graph = {
  name: 'tiny',
  inputShape: [8, 8, 4],
  nodes: [
    conv('conv1', INPUT),
    { kind: 'maxPool', name: 'pool', input: 'conv1', kernel: [2, 2], stride: 2, padding: 0 },
    conv('conv2', 'pool'),
    { kind: 'add', name: 'sum', inputs: ['conv2', 'pool'], activation: RELU },
    { kind: 'globalAvgPool', name: 'mean', input: 'sum' },
    { kind: 'linear', name: 'fc', input: 'mean', inFeatures: 4, outFeatures: 2, bias: true, activation: null },
  ],
};

describe('qRange', () => {
  test.each([
    [8, false, 0, 255],
    [7, false, 0, 127],
    [2, false, 0, 3],
    [8, true, -127, 127],
    [7, true, -64, 63],
    [4, true, -8, 7],
    [2, true, -2, 1],
  ] as const)('%d bits, signed %s: %d .. %d', (bits, signed, qmin, qmax) => {
    expect(qRange(bits, signed)).toEqual({ qmin, qmax });
  });
});

describe('bits by layer', () => {
  const bitsOf = (scheme: ReturnType<typeof schemeFor>) => ({
    weights: graph.nodes.flatMap((node) =>
      node.kind === 'conv' || node.kind === 'linear' ? [weightBitsOf(scheme, graph, node)] : [],
    ),
    activations: [INPUT, 'conv1', 'pool', 'conv2', 'sum', 'mean'].map((name) => activationBitsOf(scheme, graph, name)),
  });

  test('modern keeps the first convolution, the classifier and what they read at 8 bits', () => {
    expect(bitsOf(schemeFor('modern', 4, 5))).toEqual({ weights: [8, 4, 8], activations: [8, 5, 5, 5, 5, 8] });
  });

  test('2021 treats every layer alike', () => {
    expect(bitsOf(schemeFor('2021', 3, 2))).toEqual({ weights: [3, 3, 3], activations: [2, 2, 2, 2, 2, 2] });
  });

  test('what is only added up or averaged may have more bits than what is multiplied', () => {
    const sums = { ...schemeFor('modern', 4, 3), sumBits: 7 } as const;
    expect(bitsOf(sums)).toEqual({ weights: [8, 4, 8], activations: [8, 3, 3, 7, 7, 8] });
    expect(bitsOf({ ...sums, layers: { conv2: { activationBits: 2 } } }).activations).toEqual([8, 3, 3, 2, 7, 8]);
    const pooled = { ...graph, nodes: graph.nodes.filter(({ name }) => name !== 'conv2') };
    expect(activationBitsOf(sums, { ...pooled, nodes: pooled.nodes.slice(0, 2) }, 'conv1')).toBe(7);
  });

  test('an exception outranks the preset, and no other layer feels it', () => {
    const scheme = {
      ...schemeFor('modern', 4, 5),
      layers: { fc: { weightBits: 3 }, conv1: { activationBits: 2 }, conv2: { weightBits: 7, activationBits: 6 } },
    } as const;
    expect(bitsOf(scheme)).toEqual({ weights: [8, 7, 3], activations: [8, 2, 2, 6, 5, 8] });
  });

  test("a max pool shares its input's quantizer", () => {
    expect(quantizedAt(graph, 'pool')).toBe('conv1');
    expect(quantizedAt(graph, INPUT)).toBe(INPUT);
  });
});

test('modern searches the ranges of weights, but keeps them whole at 3, 4 and 5 bits; 2021 never searches', () => {
  const ranges = (preset: PresetName) => BITS.map((bits) => schemeFor(preset, bits, 8).weights.range);
  expect(ranges('modern')).toEqual(['mse', 'minmax', 'minmax', 'minmax', 'mse', 'mse', 'mse']);
  expect(ranges('2021')).toEqual(BITS.map(() => 'minmax'));
  expect(schemeFor('modern', 4, 4).activations.range).toBe('mse');
});

describe('parseScheme', () => {
  const modern = schemeFor('modern', 4, 8);

  test('a preset survives JSON', () => {
    for (const scheme of [modern, schemeFor('2021', 2, 3)]) {
      expect(parseScheme(JSON.parse(JSON.stringify(scheme)))).toEqual(scheme);
    }
  });

  test('repairs come in the order they are applied; exceptions survive JSON', () => {
    const scheme = {
      ...modern,
      repairs: ['bias', 'cle', 'gptq'],
      layers: { conv2: { weightBits: 3, activationRange: 'kl' }, input: {} },
    };
    expect(parseScheme(JSON.parse(JSON.stringify(scheme)))).toEqual({ ...scheme, repairs: ['cle', 'gptq', 'bias'] });
  });

  test('fields it does not know are dropped', () => {
    expect(parseScheme({ ...modern, extra: 1 })).toEqual(modern);
  });

  test.each([
    [null, 'The scheme is missing or no object.'],
    [[], 'The scheme is missing or no object.'],
    [{ ...modern, weights: 4 }, 'The scheme\'s "weights" is missing or no object.'],
    [{ ...modern, name: '' }, 'The scheme\'s "name" is ""; it must be a non-empty string.'],
    [{ ...modern, weightBits: 9 }, 'The scheme\'s "weightBits" is 9; it must be one of 2, 3, 4, 5, 6, 7, 8.'],
    [
      { ...modern, activationBits: '8' },
      'The scheme\'s "activationBits" is "8"; it must be one of 2, 3, 4, 5, 6, 7, 8.',
    ],
    [
      { ...modern, firstLastBits: undefined },
      'The scheme\'s "firstLastBits" is missing; it must be one of 2, 3, 4, 5, 6, 7, 8, null.',
    ],
    [
      { ...modern, weights: { ...modern.weights, symmetric: 1 } },
      'The scheme\'s "weights.symmetric" is 1; it must be one of true, false.',
    ],
    [
      { ...modern, activations: { range: 'max' } },
      /"activations.range" is "max"; it must be one of "minmax", "ema", .*"kl"/,
    ],
    [
      { ...modern, repairs: 'cle' },
      'The scheme\'s "repairs" is "cle"; it must be a list of cle, gptq, adaround, brecq, bias, gain.',
    ],
    [{ ...modern, repairs: ['clé'] }, /"repairs" is "clé"; it must be one of "cle"/],
    [{ ...modern, repairs: ['gptq', 'brecq'] }, 'at most one of gptq, adaround, brecq'],
    [{ ...modern, repairs: ['gain', 'bias'] }, 'at most one of bias, gain'],
    [{ ...modern, repairs: ['brecq', 'gain'] }, '"gain" goes with neither "adaround" nor "brecq"'],
    [{ ...modern, repairs: ['adaround', 'bias'] }, '"bias" goes with neither "adaround" nor "brecq"'],
    [{ ...modern, layers: { conv2: 4 } }, 'The scheme\'s "layers.conv2" is missing or no object.'],
    [{ ...modern, layers: { conv2: { weightBits: 1 } } }, /"layers.conv2.weightBits" is 1; it must be one of 2, 3/],
  ])('refuses %j', (value, sentence) => {
    expect(() => parseScheme(value)).toThrow(sentence);
  });
});
