/** Rooms that know the layers of ResNets alone refuse any other by its name: they never compute something else. */
import { expect, test } from 'vitest';
import { seededRandom } from '../src/base/random.ts';
import { RELU, RELU6 } from '../src/graph/activations.ts';
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
  ['conv is a depthwise convolution', graphOf({ ...conv, groups: 4 }, mean('conv'), dense)],
  ['conv has a ReLU that ends at 6', graphOf({ ...conv, activation: RELU6 }, mean('conv'), dense)],
  [
    'windows is an average pool over windows',
    graphOf(
      conv,
      { kind: 'avgPool', name: 'windows', input: 'conv', kernel: [2, 2], stride: 2, padding: 0 },
      mean('windows'),
      dense,
    ),
  ],
  [
    'inner is a dense layer before the last one',
    graphOf(conv, mean('conv'), { ...dense, name: 'inner', activation: RELU }, { ...dense, input: 'inner' }),
  ],
  ['fc is a classifier behind an activation', graphOf(conv, mean('conv'), { ...dense, activation: RELU })],
];

test.each(ODD)('%s', async (sentence, graph) => {
  const quantized = quantizeAtRandom(graph, seededRandom(1));
  // A device is not asked for anything: the layer is looked at before.
  await expect(openGpuNetwork(quantized, {} as GpuDevice)).rejects.toThrow(`${sentence}, which integers on the GPU`);
});
