import { describe, expect, test } from 'vitest';
import { RELU } from '../activations.ts';
import { resnet18, resnet20, resnet50 } from './resnet.ts';
import { inferShapes, inputsOf } from '../shapes.ts';
import type { Graph } from '../types.ts';

const kinds = (graph: Graph): Record<string, number> =>
  graph.nodes.reduce<Record<string, number>>((count, { kind }) => ({ ...count, [kind]: (count[kind] ?? 0) + 1 }), {});

const shapeOf = (graph: Graph, name: string): number[] | undefined => inferShapes(graph).get(name);

const node = (graph: Graph, name: string) => graph.nodes.find((candidate) => candidate.name === name);

describe('ResNets', () => {
  test.each([
    ['resnet20', resnet20(), { conv: 21, add: 9, globalAvgPool: 1, linear: 1 }],
    ['resnet18', resnet18(), { conv: 20, add: 8, maxPool: 1, globalAvgPool: 1, linear: 1 }],
    ['resnet50', resnet50(), { conv: 53, add: 16, maxPool: 1, globalAvgPool: 1, linear: 1 }],
    ['resnet50-v1', resnet50({ stride: 'v1' }), { conv: 53, add: 16, maxPool: 1, globalAvgPool: 1, linear: 1 }],
  ])('%s has its published layers', (name, graph, expected) => {
    expect(graph.name).toBe(name);
    expect(kinds(graph)).toEqual(expected);
  });

  test('resnet20 shrinks 32 to 16 to 8', () => {
    const graph = resnet20();
    expect(shapeOf(graph, 'conv1')).toEqual([32, 32, 16]);
    expect(shapeOf(graph, 'layer1.2.add')).toEqual([32, 32, 16]);
    expect(shapeOf(graph, 'layer2.2.add')).toEqual([16, 16, 32]);
    expect(shapeOf(graph, 'layer3.2.add')).toEqual([8, 8, 64]);
    expect(shapeOf(graph, 'avgpool')).toEqual([64]);
    expect(shapeOf(graph, 'fc')).toEqual([10]);
  });

  test('resnet18 and resnet50 shrink 224 to 7', () => {
    for (const [graph, channels] of [
      [resnet18(), 512],
      [resnet50(), 2048],
    ] as const) {
      expect(shapeOf(graph, 'conv1')).toEqual([112, 112, 64]);
      expect(shapeOf(graph, 'maxpool')).toEqual([56, 56, 64]);
      expect(shapeOf(graph, 'layer4.1.add')).toEqual([7, 7, channels]);
      expect(shapeOf(graph, 'fc')).toEqual([1000]);
    }
  });

  test('class count and input size are parameters', () => {
    const graph = resnet18({ classes: 10, inputSize: 160 });
    expect(shapeOf(graph, 'layer4.1.add')).toEqual([5, 5, 512]);
    expect(shapeOf(graph, 'fc')).toEqual([10]);
    expect(shapeOf(resnet20(7), 'fc')).toEqual([7]);
  });

  test('v1.5 strides in the 3x3, v1 in the first 1x1', () => {
    expect(node(resnet50(), 'layer2.0.conv1')).toMatchObject({ stride: 1 });
    expect(node(resnet50(), 'layer2.0.conv2')).toMatchObject({ stride: 2 });
    expect(node(resnet50({ stride: 'v1' }), 'layer2.0.conv1')).toMatchObject({ stride: 2 });
    expect(node(resnet50({ stride: 'v1' }), 'layer2.0.conv2')).toMatchObject({ stride: 1 });
  });

  test('a block ends in a ReLU after the sum and none before it', () => {
    const graph = resnet20();
    expect(node(graph, 'layer2.0.conv1')).toMatchObject({ activation: RELU, input: 'layer1.2.add' });
    expect(node(graph, 'layer2.0.conv2')).toMatchObject({ activation: null, input: 'layer2.0.conv1' });
    expect(node(graph, 'layer2.0.downsample')).toMatchObject({ activation: null, stride: 2, input: 'layer1.2.add' });
    expect(node(graph, 'layer2.0.add')).toMatchObject({
      activation: RELU,
      inputs: ['layer2.0.conv2', 'layer2.0.downsample'],
    });
    expect(node(graph, 'layer2.1.add')).toMatchObject({ inputs: ['layer2.1.conv2', 'layer2.0.add'] });
  });

  test('every tensor but the logits is read', () => {
    for (const graph of [resnet20(), resnet18(), resnet50()]) {
      const read = new Set(graph.nodes.flatMap(inputsOf));
      expect(graph.nodes.map(({ name }) => name).filter((name) => !read.has(name))).toEqual(['fc']);
    }
  });

  test('a graph is plain data: JSON carries it whole', () => {
    expect(JSON.parse(JSON.stringify(resnet50()))).toEqual(resnet50());
  });
});
