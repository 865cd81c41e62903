import { describe, expect, test } from 'vitest';
import { elementCount, namedArray } from './arrays.ts';
import { initialWeights } from './init.ts';
import { resnet20 } from './networks/resnet.ts';
import { weightShapes } from './shapes.ts';

const graph = resnet20();
const weights = initialWeights(graph, 1);
const data = (name: string): Float32Array => namedArray(weights, name).data;

const deviation = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

describe('initialWeights', () => {
  test('fills every array that the graph needs', () => {
    expect([...weights].map(([name, { shape }]) => [name, shape])).toEqual([...weightShapes(graph)]);
    for (const [name, { shape, data: values }] of weights) {
      expect([name, values.length]).toEqual([name, elementCount(shape)]);
      expect([name, values.every(Number.isFinite)]).toEqual([name, true]);
    }
  });

  test('convolutions are He-normal with fan-out', () => {
    for (const [name, fanOut] of [
      ['layer1.1.conv2', 9 * 16],
      ['layer3.2.conv2', 9 * 64],
    ] as const) {
      expect(deviation(data(`${name}.kernel`)) / Math.sqrt(2 / fanOut)).toBeCloseTo(1, 1.3);
    }
    // Fan-in (9 * 32) and fan-out (9 * 64) differ here.
    expect(deviation(data('layer3.0.conv1.kernel')) / Math.sqrt(2 / (9 * 64))).toBeCloseTo(1, 1.3);
  });

  test('batch norms start as the identity', () => {
    expect(new Set(data('conv1.gamma'))).toEqual(new Set([1]));
    expect(new Set(data('conv1.beta'))).toEqual(new Set([0]));
    expect(new Set(data('conv1.mean'))).toEqual(new Set([0]));
    expect(new Set(data('conv1.variance'))).toEqual(new Set([1]));
  });

  test('the classifier is uniform within 1 / sqrt(inFeatures)', () => {
    for (const name of ['fc.kernel', 'fc.bias']) {
      expect(Math.max(...data(name).map(Math.abs))).toBeLessThanOrEqual(1 / 8);
    }
    expect(deviation(data('fc.kernel'))).toBeCloseTo(1 / 8 / Math.sqrt(3), 2);
  });

  test('the seed decides, and two arrays are never alike', () => {
    expect(initialWeights(graph, 1)).toEqual(weights);
    expect(initialWeights(graph, 2).get('conv1.kernel')).not.toEqual(weights.get('conv1.kernel'));
    expect(data('layer1.0.conv1.kernel')).not.toEqual(data('layer1.0.conv2.kernel'));
  });

  test('seed 1 keeps its values', () => {
    expect([...data('conv1.kernel').slice(0, 3)]).toMatchInlineSnapshot(`
      [
        0.11900616437196732,
        -0.01824161596596241,
        0.18459145724773407,
      ]
    `);
    expect([...data('fc.bias').slice(0, 3)]).toMatchInlineSnapshot(`
      [
        -0.030416999012231827,
        0.08215288072824478,
        -0.08544427901506424,
      ]
    `);
  });
});
