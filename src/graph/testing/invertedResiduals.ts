/** A small MobileNetV2 for tests: padding by side, inverted residuals with and without a shortcut, an average pool, a dense layer inside. */
import { RELU, RELU6 } from '../activations.ts';
import { INPUT } from '../types.ts';
import type { Activation, ConvNode, Graph, Padding } from '../types.ts';

type Changes = { readonly stride?: number; readonly padding?: Padding; readonly activation?: Activation | null };

function conv(
  name: string,
  input: string,
  [inChannels, outChannels]: readonly [number, number],
  kernel: number,
  { stride = 1, padding = (kernel - 1) / 2, activation = RELU6 }: Changes = {},
  groups = 1,
): ConvNode {
  const window = { kernel: [kernel, kernel] as const, stride, padding };
  const channels = { inChannels, outChannels, groups };
  return { kind: 'conv', name, input, ...window, ...channels, bias: false, batchNorm: { eps: 1e-3 }, activation };
}

/** [N, side, side, 3] to [N, classes]; with batch norms. */
export const invertedResiduals = (side: number, classes: number): Graph => ({
  name: 'inverted residuals',
  inputShape: [side, side, 3],
  nodes: [
    conv('stem', INPUT, [3, 6], 3, { stride: 2, padding: [0, 0, 1, 1] }),
    conv('first.depthwise', 'stem', [6, 6], 3, {}, 6),
    conv('first.project', 'first.depthwise', [6, 4], 1, { activation: null }),
    conv('second.expand', 'first.project', [4, 12], 1),
    conv('second.depthwise', 'second.expand', [12, 12], 3, {}, 12),
    conv('second.project', 'second.depthwise', [12, 4], 1, { activation: null }),
    { kind: 'add', name: 'second.add', inputs: ['first.project', 'second.project'], activation: null },
    conv('third.expand', 'second.add', [4, 12], 1),
    conv('third.depthwise', 'third.expand', [12, 12], 3, { stride: 2, padding: [1, 1, 0, 0] }, 12),
    conv('third.project', 'third.depthwise', [12, 8], 1, { activation: null }),
    conv('last', 'third.project', [8, 16], 1),
    { kind: 'avgPool', name: 'windows', input: 'last', kernel: [2, 2], stride: 1, padding: [0, 0, 1, 1] },
    { kind: 'globalAvgPool', name: 'mean', input: 'windows' },
    { kind: 'linear', name: 'dense', input: 'mean', inFeatures: 16, outFeatures: 10, bias: true, activation: RELU },
    { kind: 'linear', name: 'fc', input: 'dense', inFeatures: 10, outFeatures: classes, bias: false, activation: null },
  ],
});
