/** What the GPU's engine cannot run exactly it refuses by its name: it never computes something else, and WebAssembly serves. */
import { expect, test } from 'vitest';
import { seededRandom } from '../src/base/random.ts';
import { RELU } from '../src/graph/activations.ts';
import { INPUT } from '../src/graph/types.ts';
import type { ConvNode, Graph, GraphNode, LinearNode } from '../src/graph/types.ts';
import { quantizeAtRandom } from '../src/integer/testing/randomModel.ts';
import type { GpuDevice } from '../src/integer/webgpu/device.ts';
import { openGpuNetwork } from '../src/integer/webgpu/network.ts';

const conv: ConvNode = {
  kind: 'conv',
  name: 'conv',
  input: INPUT,
  kernel: [3, 3],
  stride: 1,
  padding: 1,
  inChannels: 4,
  outChannels: 4,
  groups: 1,
  bias: true,
  batchNorm: null,
  activation: RELU,
};
const dense: LinearNode = {
  kind: 'linear',
  name: 'fc',
  input: 'mean',
  inFeatures: 4,
  outFeatures: 4,
  bias: true,
  activation: null,
};
const graphOf = (...nodes: readonly GraphNode[]): Graph => ({ name: 'odd', inputShape: [5, 5, 4], nodes });
const mean = (input: string): GraphNode => ({ kind: 'globalAvgPool', name: 'mean', input });

const ODD: readonly (readonly [sentence: string, graph: Graph])[] = [
  ['fc is a classifier behind an activation', graphOf(conv, mean('conv'), { ...dense, activation: RELU })],
];

test.each(ODD)('%s', async (sentence, graph) => {
  const quantized = quantizeAtRandom(graph, seededRandom(1));
  // A device is not asked for anything: the layer is looked at before.
  await expect(openGpuNetwork(quantized, {} as GpuDevice)).rejects.toThrow(`${sentence}, which integers on the GPU`);
});
