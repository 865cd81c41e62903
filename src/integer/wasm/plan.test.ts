/** The layout: tensors that live together never overlap, and what is dead makes room. */
import { expect, test } from 'vitest';
import { resnet18, resnet50 } from '../../graph/networks/resnet.ts';
import { inputsOf } from '../../graph/shapes.ts';
import { INPUT } from '../../graph/types.ts';
import { randomModel } from '../testing/randomModel.ts';
import { planOf } from './plan.ts';

const GRAPHS = [resnet18(), resnet50(), ...Array.from({ length: 50 }, (_, seed) => randomModel(seed + 1).graph)];

test.each([1, 4] as const)('no tensor is written over while it is read, %i bytes a number', (elementBytes) => {
  for (const graph of GRAPHS) {
    const { tensors, bytes } = planOf(graph, elementBytes);
    const lastRead = new Map<string, number>();
    graph.nodes.forEach((node, i) => inputsOf(node).forEach((name) => lastRead.set(name, i)));
    const lives = [...tensors].map(([name, placed], i) => ({
      ...placed,
      from: i - 1,
      to: lastRead.get(name) ?? i - 1,
    }));
    for (const [i, one] of lives.entries()) {
      expect(one.at + one.bytes).toBeLessThanOrEqual(bytes);
      for (const other of lives.slice(0, i)) {
        const together = other.to >= one.from && one.to >= other.from;
        if (together) expect(other.at >= one.at + one.bytes || one.at >= other.at + other.bytes).toBe(true);
      }
    }
  }
});

test('each tensor is padded as its readers want it', () => {
  const { tensors } = planOf(resnet18(), 1);
  expect(tensors.get(INPUT)).toMatchObject({ padding: 3, pixelBytes: 3, rowBytes: 230 * 3, inside: 3 * 231 * 3 });
  expect(tensors.get('layer1.0.conv1')).toMatchObject({ padding: 1, pixelBytes: 64, rowBytes: 58 * 64 });
  // A max pool leaves out what lies outside.
  expect(tensors.get('conv1')).toMatchObject({ padding: 0 });
});

test('ResNet-50 takes 3 MB of codes, a fraction of all its tensors', () => {
  expect(planOf(resnet50(), 1).bytes).toBeLessThan(3.1e6);
});
