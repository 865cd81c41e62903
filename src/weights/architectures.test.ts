import { describe, expect, test } from 'vitest';
import { resnet18, resnet20, resnet50 } from '../graph/networks/resnet.ts';
import type { Graph, NamedArray } from '../graph/types.ts';
import { architectureOfFile, architectureOfGraph } from './architectures.ts';
import type { Metadata } from './metadata.ts';
import { nameTable } from './names.ts';

const FILE = 'model.safetensors';

/** The shapes of a file that holds this network, without the values: all that is looked at. */
const tensorsOf = (graph: Graph): Map<string, NamedArray> =>
  new Map(
    nameTable(graph).map(({ torchName, torchShape }) => [torchName, { shape: torchShape, data: new Float32Array() }]),
  );

describe('architectureOfFile', () => {
  test.each<[string, Graph, Metadata]>([
    ['resnet20, from its tensors', resnet20(), {}],
    ['resnet18, from its tensors', resnet18(), { format: 'pt' }],
    ['resnet50, from its tensors', resnet50(), {}],
    ['resnet20, from its metadata', resnet20(), { architecture: 'resnet20-cifar' }],
    ['resnet50, from its metadata', resnet50(), { architecture: 'resnet50', stride: '3x3' }],
    ['resnet50 v1, from its metadata', resnet50({ stride: 'v1' }), { architecture: 'resnet50', stride: '1x1' }],
    ['resnet50 v1, from its stride alone', resnet50({ stride: 'v1' }), { stride: '1x1' }],
  ])('finds %s', (_, graph, metadata) => {
    const found = architectureOfFile(tensorsOf(graph), metadata, FILE);
    const classes = graph.nodes.flatMap((node) => (node.kind === 'linear' ? [node.outFeatures] : []));
    expect(found.build(classes[0])).toEqual(graph);
    expect(architectureOfGraph(graph)).toBe(found);
  });

  test.each<[string, Metadata, string]>([
    ['a network by another name', { architecture: 'vgg16' }, 'model.safetensors holds vgg16, which is none of resnet'],
    ['an impossible stride', { stride: '2x2' }, 'model.safetensors: its metadata\'s stride is "2x2"'],
  ])('refuses %s', (_, metadata, message) => {
    expect(() => architectureOfFile(tensorsOf(resnet50()), metadata, FILE)).toThrow(message);
  });

  test('refuses tensors of another kind of network', () => {
    expect(() => architectureOfFile(new Map(), {}, FILE)).toThrow('model.safetensors holds a network of another kind');
  });
});

test('a graph that no file can hold is refused', () => {
  expect(() => architectureOfGraph({ ...resnet18(), name: 'vgg' })).toThrow('vgg is none of resnet20-cifar');
});
