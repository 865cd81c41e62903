/** A network of every node kind, small enough to calibrate by hand: for the tests of this folder. */
import { RELU } from '../../graph/activations.ts';
import { INPUT, type FloatModel, type Graph, type NamedArray } from '../../graph/types.ts';
import type { ActivationBatch } from '../calibration.ts';

export const graph: Graph = {
  name: 'tiny',
  inputShape: [2, 2, 1],
  nodes: [
    {
      kind: 'conv',
      name: 'conv',
      input: INPUT,
      kernel: [1, 1],
      stride: 1,
      padding: 0,
      inChannels: 1,
      outChannels: 2,
      groups: 1,
      bias: true,
      batchNorm: null,
      activation: RELU,
    },
    { kind: 'maxPool', name: 'pool', input: 'conv', kernel: [2, 2], stride: 2, padding: 0 },
    {
      kind: 'conv',
      name: 'plain',
      input: 'pool',
      kernel: [1, 1],
      stride: 1,
      padding: 0,
      inChannels: 2,
      outChannels: 2,
      groups: 1,
      bias: true,
      batchNorm: null,
      activation: null,
    },
    { kind: 'add', name: 'sum', inputs: ['plain', 'pool'], activation: RELU },
    { kind: 'globalAvgPool', name: 'mean', input: 'sum' },
    { kind: 'linear', name: 'fc', input: 'mean', inFeatures: 2, outFeatures: 2, bias: true, activation: null },
  ],
};
export const array = (shape: number[], ...values: number[]): NamedArray => ({ shape, data: Float32Array.from(values) });
export const model: FloatModel = {
  graph,
  normalization: { mean: [0], std: [1] },
  classes: ['a', 'b'],
  weights: new Map([
    ['conv.kernel', array([1, 1, 1, 2], 1, -2)],
    ['conv.bias', array([2], 0.5, 0)],
    ['plain.kernel', array([1, 1, 2, 2], 1, 0, 0, 3)],
    ['plain.bias', array([2], 0, -0.25)],
    ['fc.kernel', array([2, 2], 1, -1, 0.5, 2)],
    ['fc.bias', array([2], 0.1, 0.2)],
  ]),
};

/** One image's activations, as if the network had computed them. */
export function batch(overrides: Record<string, number[]> = {}): ActivationBatch {
  const values: Record<string, number[]> = {
    input: [-1, 0, 1, 2],
    conv: [0.5, 2, 0, 0, 1.5, 0, 2.5, 0],
    plain: [-1, 3],
    sum: [1, 5],
    mean: [1, 5],
    ...overrides,
  };
  return new Map(Object.entries(values).map(([name, list]) => [name, Float32Array.from(list)]));
}

export async function* stream(...batches: ActivationBatch[]): AsyncGenerator<ActivationBatch> {
  yield* batches;
}
