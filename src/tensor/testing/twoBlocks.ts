/** A tiny ResNet of two residual blocks, the second with stride 2 and a projection, for suites that compare backends. */
import { RELU } from '../../graph/activations.ts';
import type { ConvNode, Graph } from '../../graph/types.ts';

const conv = (
  name: string,
  input: string,
  kernel: number,
  inChannels: number,
  outChannels: number,
  stride: number,
  relu: boolean,
): ConvNode => ({
  kind: 'conv',
  name,
  input,
  kernel: [kernel, kernel],
  stride,
  padding: (kernel - 1) / 2,
  inChannels,
  outChannels,
  groups: 1,
  bias: false,
  batchNorm: { eps: 1e-5 },
  activation: relu ? RELU : null,
});

/** [N, 8, 8, 3] to [N, 5]. */
export const twoBlocks: Graph = {
  name: 'two-blocks',
  inputShape: [8, 8, 3],
  nodes: [
    conv('conv1', 'input', 3, 3, 6, 1, true),
    conv('block1.conv1', 'conv1', 3, 6, 6, 1, true),
    conv('block1.conv2', 'block1.conv1', 3, 6, 6, 1, false),
    { kind: 'add', name: 'block1.add', inputs: ['block1.conv2', 'conv1'], activation: RELU },
    conv('block2.conv1', 'block1.add', 3, 6, 10, 2, true),
    conv('block2.conv2', 'block2.conv1', 3, 10, 10, 1, false),
    conv('block2.downsample', 'block1.add', 1, 6, 10, 2, false),
    { kind: 'add', name: 'block2.add', inputs: ['block2.conv2', 'block2.downsample'], activation: RELU },
    { kind: 'maxPool', name: 'maxpool', input: 'block2.add', kernel: [3, 3], stride: 2, padding: 1 },
    { kind: 'globalAvgPool', name: 'avgpool', input: 'maxpool' },
    { kind: 'linear', name: 'fc', input: 'avgpool', inFeatures: 10, outFeatures: 5, bias: true, activation: null },
  ],
};
