import { RELU } from './activations.ts';
import { describe, expect, test } from 'vitest';
import { resnet20 } from './networks/resnet.ts';
import { inferShapes, weightShapes } from './shapes.ts';
import { INPUT } from './types.ts';
import type { ConvNode, Graph, GraphNode } from './types.ts';

const conv = (changes: Partial<ConvNode> = {}): ConvNode => ({
  kind: 'conv',
  name: 'a',
  input: INPUT,
  kernel: [3, 3],
  stride: 1,
  padding: 1,
  inChannels: 3,
  outChannels: 4,
  groups: 1,
  bias: false,
  batchNorm: null,
  activation: RELU,
  ...changes,
});

const graph = (...nodes: GraphNode[]): Graph => ({ name: 'test', inputShape: [5, 7, 3], nodes });

describe('inferShapes', () => {
  test('follows PyTorch on odd sizes and strides', () => {
    const pool: GraphNode = { kind: 'maxPool', name: 'p', input: 'a', kernel: [3, 3], stride: 2, padding: 1 };
    const shapes = inferShapes(graph(conv({ kernel: [1, 3], padding: 0, stride: 2 }), pool));
    expect([...shapes]).toEqual([
      [INPUT, [5, 7, 3]],
      ['a', [3, 3, 4]],
      ['p', [2, 2, 4]],
    ]);
  });

  test('a depthwise convolution and an average pool keep the channels', () => {
    const shapes = inferShapes(graph(conv({ outChannels: 3, groups: 3, stride: 2, padding: [0, 0, 1, 1] }), windows));
    expect([...shapes.values()]).toEqual([
      [5, 7, 3],
      [2, 3, 3],
      [1, 1, 3],
    ]);
  });

  const add: GraphNode = { kind: 'add', name: 's', inputs: ['a', INPUT], activation: RELU };
  const linear: GraphNode = {
    kind: 'linear',
    name: 'fc',
    input: 'g',
    inFeatures: 5,
    outFeatures: 2,
    bias: true,
    activation: null,
  };
  const windows: GraphNode = { kind: 'avgPool', name: 'p', input: 'a', kernel: [2, 2], stride: 2, padding: 0 };
  const average: GraphNode = { kind: 'globalAvgPool', name: 'g', input: 'a' };
  test.each<[string, Graph, RegExp]>([
    ['an unknown input', graph(conv({ input: 'nowhere' })), /a reads nowhere, which the graph does not have/],
    ['a node before its input', graph(conv({ input: 'b' }), conv({ name: 'b' })), /a reads b, which comes later/],
    ['a node that reads itself', graph(conv({ input: 'a' })), /a reads a, which comes later/],
    ['a name twice', graph(conv(), conv()), /a is the name of two/],
    ['a node named as the input', graph(conv({ name: INPUT })), /input is the name of two/],
    ['a channel mismatch', graph(conv({ inChannels: 8 })), /a expects 8 channels, but its input has 3/],
    ['a feature mismatch', graph(conv(), average, linear), /fc expects 5 features, but its input has 4/],
    ['a sum of two shapes', graph(conv(), add), /s adds \[5,7,4\] and \[5,7,3\]/],
    ['a linear layer on an image', graph(conv(), { ...linear, input: 'a' }), /fc needs a vector/],
    ['a convolution of a vector', graph(conv(), average, conv({ name: 'b', input: 'g' })), /b needs an image/],
    ['a window too large', graph(conv({ kernel: [9, 9] })), /a has a 9x9 window/],
    ['a stride of zero', graph(conv({ stride: 0 })), /a has kernel and stride/],
    ['a negative padding', graph(conv({ padding: -1 })), /a has padding -1/],
    [
      'groups that are neither',
      graph(conv({ groups: 3 })),
      /a has 3 groups for 3 input and 4 output channels: .*depthwise/,
    ],
    ['groups of two', graph(conv({ inChannels: 3, outChannels: 3, groups: 2 })), /a has 2 groups for 3/],
    ['a bound below zero', graph(conv({ activation: { max: -6 } })), /a has an activation that ends at -6/],
    ['an average of padding', graph(conv(), { ...windows, padding: 2 }), /p averages 2x2 windows padded by 2/],
    ['no output channels', graph(conv({ outChannels: 0 })), /a has channel counts/],
  ])('refuses %s', (_, bad, message) => {
    expect(() => inferShapes(bad)).toThrow(message);
  });
});

describe('weightShapes', () => {
  test('names a convolution with bias and batch norm', () => {
    expect([...weightShapes(graph(conv({ bias: true, batchNorm: { eps: 1e-5 } })))]).toEqual([
      ['a.kernel', [3, 3, 3, 4]],
      ['a.bias', [4]],
      ['a.gamma', [4]],
      ['a.beta', [4]],
      ['a.mean', [4]],
      ['a.variance', [4]],
    ]);
    expect([...weightShapes(graph(conv())).keys()]).toEqual(['a.kernel']);
  });

  test("a depthwise kernel has its channel's own weights alone, a dense layer without bias no bias", () => {
    const dense = { kind: 'linear', name: 'fc', input: 'g', inFeatures: 3, outFeatures: 2, activation: null } as const;
    const nodes = [
      conv({ outChannels: 3, groups: 3, kernel: [3, 5], padding: 2 }),
      { kind: 'globalAvgPool', name: 'g', input: 'a' } as const,
      { ...dense, bias: false },
    ];
    expect([...weightShapes(graph(...nodes))]).toEqual([
      ['a.kernel', [3, 5, 1, 3]],
      ['fc.kernel', [3, 2]],
    ]);
  });

  test('covers a whole network', () => {
    const shapes = weightShapes(resnet20());
    expect(shapes.size).toBe(21 * 5 + 2);
    expect(shapes.get('layer2.0.downsample.kernel')).toEqual([1, 1, 16, 32]);
    expect(shapes.get('fc.kernel')).toEqual([64, 10]);
    expect(shapes.get('fc.bias')).toEqual([10]);
  });
});
