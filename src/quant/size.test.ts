import { describe, expect, test } from 'vitest';
import { RELU } from '../graph/activations.ts';
import { INPUT, type Graph } from '../graph/types.ts';
import { schemeFor } from './schemes.ts';
import { float32SizeBytes, sizeBytes } from './size.ts';
import type { ActivationParams, QuantizedModel, QuantizedWeights } from './types.ts';

const graph: Graph = {
  name: 'tiny',
  inputShape: [4, 4, 3],
  nodes: [
    {
      kind: 'conv',
      name: 'conv',
      input: INPUT,
      kernel: [3, 3],
      stride: 1,
      padding: 1,
      inChannels: 3,
      outChannels: 5,
      groups: 1,
      bias: true,
      batchNorm: null,
      activation: RELU,
    },
    { kind: 'maxPool', name: 'pool', input: 'conv', kernel: [2, 2], stride: 2, padding: 0 },
    { kind: 'globalAvgPool', name: 'mean', input: 'pool' },
    { kind: 'linear', name: 'fc', input: 'mean', inFeatures: 5, outFeatures: 2, bias: true, activation: null },
  ],
};

const activation: ActivationParams = { scale: 1, zeroPoint: 0, qmin: 0, qmax: 255, bits: 8 };
const layer = (bits: 3 | 8, codes: Int8Array | Uint8Array, scales: number, biases: number): QuantizedWeights => ({
  bits,
  codes,
  shape: [codes.length],
  qmin: 0,
  qmax: 0,
  scale: new Float32Array(scales),
  zeroPoint: new Int32Array(scales),
  bias: new Int32Array(biases),
});
const model = (conv: QuantizedWeights, fc: QuantizedWeights): QuantizedModel => ({
  graph,
  scheme: schemeFor('modern', 3, 8),
  normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
  classes: ['a', 'b'],
  activations: new Map([INPUT, 'conv', 'pool', 'mean'].map((name) => [name, activation])),
  weights: new Map([
    ['conv', conv],
    ['fc', fc],
  ]),
});

describe('sizeBytes', () => {
  test('symmetric, per channel: packed codes, scales, biases, three activations of their own', () => {
    const conv = layer(3, new Int8Array(135), 5, 5);
    const fc = layer(8, new Int8Array(10), 2, 2);
    expect(sizeBytes(model(conv, fc))).toBe(Math.ceil((135 * 3) / 8) + 5 * 4 + 5 * 4 + 10 + 2 * 4 + 2 * 4 + 3 * 5);
  });

  test('affine, per tensor: a zero point of one byte each', () => {
    const conv = layer(3, new Uint8Array(135), 1, 5);
    const fc = layer(3, new Uint8Array(10), 1, 2);
    expect(sizeBytes(model(conv, fc))).toBe(51 + 4 + 1 + 20 + (4 + 4 + 1 + 8) + 15);
  });
});

test('float32SizeBytes: 4 for each weight and bias', () => {
  expect(float32SizeBytes(graph)).toBe(4 * (135 + 5 + 10 + 2));
});
