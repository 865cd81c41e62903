import { describe, expect, test } from 'vitest';
import { bytesAtBits, graphBytes, graphCost } from './cost.ts';
import { resnet18, resnet20, resnet50 } from './networks/resnet.ts';
import type { Graph } from './types.ts';

/** As foldBatchNorm leaves a graph, without the weights. */
const folded = (graph: Graph): Graph => ({
  ...graph,
  nodes: graph.nodes.map((node) => (node.kind === 'conv' ? { ...node, bias: true, batchNorm: null } : node)),
});

describe('graphCost', () => {
  // Parameters: torchvision's model pages. MACs: fvcore's counts of the same networks, as those pages print them
  // rounded (1.81 and 4.09 G); 3.86 G is He et al.'s "3.8 x 10^9" for the v1 network.
  test.each([
    ['resnet18', resnet18(), 11_689_512, 1_814_073_344],
    ['resnet50', resnet50(), 25_557_032, 4_089_184_256],
    ['resnet50-v1', resnet50({ stride: 'v1' }), 25_557_032, 3_857_973_248],
    ['resnet20', resnet20(), 272_474, 40_813_184],
  ])('counts %s to the last one', (_, graph, parameters, macs) => {
    expect(graphCost(graph)).toMatchObject({ parameters, macs });
  });

  test.each([
    [resnet18(), 11.69, 1820],
    [resnet50(), 25.56, 4090],
    [resnet20(), 0.27, 41],
  ])('is what the literature rounds to (%#)', (graph, millions, megaMacs) => {
    const { parameters, macs } = graphCost(graph);
    expect(Math.abs(parameters / 1e6 - millions)).toBeLessThan(0.005);
    expect(Math.abs(macs / 1e6 / megaMacs - 1)).toBeLessThan(0.005);
  });

  test('counts one convolution as one does by hand', () => {
    const node = graphCost(resnet20()).nodes.find(({ name }) => name === 'layer2.0.conv1');
    expect(node).toEqual({
      name: 'layer2.0.conv1',
      kernel: 3 * 3 * 16 * 32,
      vectors: 2 * 32,
      statistics: 2 * 32,
      macs: 3 * 3 * 16 * 32 * 16 * 16,
      outputChannels: 32,
    });
  });

  test('a depthwise convolution multiplies each channel by its own weights alone', () => {
    const graph = resnet20();
    const nodes = graph.nodes.map((node) =>
      node.kind === 'conv' && node.name === 'layer2.0.conv2' ? { ...node, groups: 32 } : node,
    );
    const cost = graphCost({ ...graph, nodes }).nodes.find(({ name }) => name === 'layer2.0.conv2');
    expect(cost).toMatchObject({ kernel: 3 * 3 * 32, macs: 3 * 3 * 32 * 16 * 16, outputChannels: 32 });
  });

  test('MACs grow with the image, parameters do not', () => {
    const [small, large] = [graphCost(resnet18()), graphCost(resnet18({ inputSize: 448 }))];
    expect(small.parameters).toBe(large.parameters);
    const classifier = 512 * 1000;
    expect(large.macs - classifier).toBe(4 * (small.macs - classifier));
  });
});

describe('bytes', () => {
  const cost = graphCost(folded(resnet20()));
  const stem = cost.nodes[0];

  test('a kernel of 432 weights and 16 channels, at each width', () => {
    expect(bytesAtBits(stem, 32)).toBe(432 * 4 + 16 * 4);
    expect(bytesAtBits(stem, 8)).toBe(432 + 16 * 4 + 16 * 4);
    expect(bytesAtBits(stem, 3)).toBe(162 + 16 * 4 + 16 * 4);
    expect(bytesAtBits(stem, 3, 'perTensor')).toBe(162 + 4 + 16 * 4);
    expect(bytesAtBits({ ...stem, kernel: 3 }, 3)).toBe(2 + 16 * 4 + 16 * 4);
  });

  test('nodes without weights are free', () => {
    const free = cost.nodes.filter(({ kernel }) => kernel === 0);
    expect(free).toHaveLength(10);
    for (const node of free) expect([bytesAtBits(node, 32), bytesAtBits(node, 4)]).toEqual([0, 0]);
  });

  test('the float network is 4 bytes a parameter, and 4 bits are an eighth of its kernels', () => {
    expect(graphBytes(cost, () => 32)).toBe(4 * cost.parameters);
    const kernels = cost.nodes.reduce((total, { kernel }) => total + kernel, 0);
    const channels = cost.nodes.reduce((total, { vectors }) => total + vectors, 0);
    expect(graphBytes(cost, () => 4)).toBe(kernels / 2 + 8 * channels);
  });

  test('each node can have bits of its own', () => {
    const mixed = graphBytes(cost, (name) => (name === 'conv1' ? 8 : 4));
    expect(mixed - graphBytes(cost, () => 4)).toBe(432 / 2);
  });
});
