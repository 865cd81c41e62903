/** Any residual network is known by its shape, whatever its nodes are called. */
import { expect, test } from 'vitest';
import { resnet, resnet18, resnet20, resnet50 } from './resnet.ts';
import { resnetPlanOf } from './resnetOf.ts';
import type { ResNetPlan, ResNetStage } from './resnetPlan.ts';
import { inferShapes } from '../shapes.ts';
import type { Graph, GraphNode } from '../types.ts';

const RGB = { inputShape: [224, 224, 3], bottleneckStride: 'v1.5', classes: 7 } as const;
const IMAGENET = { kernel: 7, stride: 2, channels: 64, pool: true };

const stages = (depths: readonly number[], base: number, expansion: number, wide = 1): ResNetStage[] =>
  depths.map((depth, i) => ({
    depth,
    width: base * 2 ** i * wide,
    channels: base * 2 ** i * expansion,
    stride: i === 0 ? 1 : 2,
  }));

const cifar = (n: number): ResNetPlan => ({
  ...RGB,
  inputShape: [32, 32, 3],
  stem: { kernel: 3, stride: 1, channels: 16, pool: false },
  block: 'basic',
  stages: stages([n, n, n], 16, 1),
});
const imageNet = (block: ResNetPlan['block'], depths: readonly number[], wide = 1): ResNetPlan => ({
  ...RGB,
  stem: IMAGENET,
  block,
  stages: stages(depths, 64, block === 'basic' ? 1 : 4, wide),
});

test.each<[string, ResNetPlan]>([
  ['resnet20', cifar(3)],
  ['resnet32', cifar(5)],
  ['resnet44', cifar(7)],
  ['resnet56', cifar(9)],
  ['resnet110', cifar(18)],
  ['cifar-resnet50', cifar(8)],
  ['resnet18', imageNet('basic', [2, 2, 2, 2])],
  ['resnet34', imageNet('basic', [3, 4, 6, 3])],
  ['resnet50', imageNet('bottleneck', [3, 4, 6, 3])],
  ['resnet50-v1', { ...imageNet('bottleneck', [3, 4, 6, 3]), bottleneckStride: 'v1' }],
  ['resnet101', imageNet('bottleneck', [3, 4, 23, 3])],
  ['resnet152', imageNet('bottleneck', [3, 8, 36, 3])],
  ['wide_resnet50_2', imageNet('bottleneck', [3, 4, 6, 3], 2)],
  ['cifar-resnet18', { ...imageNet('basic', [2, 2, 2, 2]), stem: { kernel: 3, stride: 1, channels: 64, pool: false } }],
  ['resnet20-w32', { ...cifar(3), stages: stages([3, 3, 3], 32, 1) }],
])('%s', (name, plan) => {
  const graph = resnet(plan);
  expect(graph.name).toBe(name);
  expect(inferShapes(graph).get('fc')).toEqual([7]);
  const found = resnetPlanOf(renamed(graph));
  expect(found?.plan).toEqual(plan);
  expect([...(found?.names ?? [])]).toEqual(
    [...(found?.names.keys() ?? [])].map((known) => [known, `theirs ${known}`]),
  );
  expect(new Set(found?.names.keys())).toEqual(new Set(graph.nodes.map((node) => node.name)));
});

test('the named networks are plans, too', () => {
  expect(resnetPlanOf(resnet20())?.plan).toEqual({ ...cifar(3), classes: 10 });
  expect(resnetPlanOf(resnet18())?.plan).toEqual({ ...imageNet('basic', [2, 2, 2, 2]), classes: 1000 });
  expect(resnetPlanOf(resnet50({ stride: 'v1' }))?.plan.bottleneckStride).toBe('v1');
});

test('a graph of another kind has none', () => {
  const graph = resnet20();
  expect(resnetPlanOf({ ...graph, nodes: graph.nodes.slice(0, -1) })).toBeNull();
  const nodes = graph.nodes.map((node): GraphNode =>
    node.name === 'layer1.1.add' && node.kind === 'add'
      ? { ...node, inputs: ['layer1.1.conv2', 'layer1.1.conv1'] }
      : node,
  );
  expect(resnetPlanOf({ ...graph, nodes })).toBeNull();
});

function renamed(graph: Graph): Graph {
  const theirs = (name: string): string => (name === 'input' ? name : `theirs ${name}`);
  const nodes = graph.nodes.map((node): GraphNode =>
    node.kind === 'add'
      ? { ...node, name: theirs(node.name), inputs: [theirs(node.inputs[1]), theirs(node.inputs[0])] }
      : { ...node, name: theirs(node.name), input: theirs(node.input) },
  );
  return { ...graph, name: 'theirs', nodes };
}
