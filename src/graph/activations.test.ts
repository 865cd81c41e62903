import { expect, test } from 'vitest';
import {
  activated,
  activationOf,
  boundsOf,
  isBounded,
  RELU,
  RELU6,
  requireActivation,
  withoutActivation,
} from './activations.ts';
import { INPUT } from './types.ts';
import type { LinearNode } from './types.ts';

test('nothing, a ReLU and a ReLU6, value by value', () => {
  const values = [-7, 0, 2.5, 6, 6.5];
  expect(values.map((value) => activated(value, null))).toEqual(values);
  expect(values.map((value) => activated(value, RELU))).toEqual([0, 0, 2.5, 6, 6.5]);
  expect(values.map((value) => activated(value, RELU6))).toEqual([0, 0, 2.5, 6, 6]);
  expect([boundsOf(null), boundsOf(RELU), boundsOf(RELU6)]).toEqual([
    [-Infinity, Infinity],
    [0, Infinity],
    [0, 6],
  ]);
  expect([null, RELU, RELU6].map(isBounded)).toEqual([false, false, true]);
});

test('as data it survives JSON and a structured clone', () => {
  for (const activation of [RELU, RELU6]) {
    expect(JSON.parse(JSON.stringify(activation))).toEqual(activation);
    expect(structuredClone(activation)).toEqual(activation);
  }
});

test('what stands behind a node, and the node before it', () => {
  const node: LinearNode = {
    kind: 'linear',
    name: 'fc',
    input: INPUT,
    inFeatures: 2,
    outFeatures: 2,
    bias: true,
    activation: RELU6,
  };
  expect(activationOf(node)).toBe(RELU6);
  expect(withoutActivation(node)).toEqual({ ...node, activation: null });
  const pool = { kind: 'globalAvgPool', name: 'pool', input: INPUT } as const;
  expect(activationOf(pool)).toBeNull();
  expect(withoutActivation(pool)).toBe(pool);
});

test.each([0, -1, NaN, Infinity])('a bound of %d is refused by name', (max) => {
  expect(() => requireActivation('dense1', { max })).toThrow(`dense1 has an activation that ends at ${max}`);
});
