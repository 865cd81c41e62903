/** The interpreter's order, shapes, logits, and what it refuses. */
import { describe, expect, test } from 'vitest';
import { INPUT } from '../../graph/types.ts';
import { lookUp } from '../../base/lookUp.ts';
import { randomImages, randomModel } from '../testing/randomModel.ts';
import { runInteger } from './run.ts';

const model = randomModel(7);

test('shows every quantized tensor, in the order of the graph', () => {
  const seen: string[] = [];
  const logits = runInteger(model, randomImages(model, 3, 1), 3, { onTensor: (name) => seen.push(name) });
  const quantized = model.graph.nodes.filter(({ kind }) => kind !== 'linear').map(({ name }) => name);
  expect(seen).toEqual([INPUT, ...quantized]);
  expect(logits.length).toBe(3 * 3);
});

test('an image gives the same logits alone and in a batch', () => {
  for (let seed = 1; seed <= 5; seed++) {
    const each = randomModel(seed);
    const images = randomImages(each, 3, seed);
    const alone = runInteger(each, images.slice(images.length / 3, (2 * images.length) / 3), 1);
    expect([...runInteger(each, images, 3).slice(3, 6)]).toEqual([...alone]);
  }
});

test('every code lies on its grid', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const each = randomModel(seed);
    const onTensor = (name: string, codes: Uint8Array): void => {
      const { qmin, qmax } = lookUp(each.activations, name, 'grid');
      expect(codes.every((code) => code >= qmin && code <= qmax)).toBe(true);
    };
    runInteger(each, randomImages(each, 2, seed), 2, { onTensor });
  }
});

describe('refuses', () => {
  const images = randomImages(model, 1, 1);
  const without = <T>(map: ReadonlyMap<string, T>, name: string): ReadonlyMap<string, T> =>
    new Map([...map].filter(([key]) => key !== name));

  test('an input of another size', () => {
    expect(() => runInteger(model, images, 2)).toThrow(/2 images of \d+ x \d+ x \d+ are \d+ numbers, not/);
  });

  test('a model that lacks a grid or weights, by name', () => {
    const ungridded = { ...model, activations: without(model.activations, 'gap') };
    expect(() => runInteger(ungridded, images, 1)).toThrow('gap has no activation parameters');
    const weightless = { ...model, weights: without(model.weights, 'fc') };
    expect(() => runInteger(weightless, images, 1)).toThrow('fc has no quantized weights');
  });

  test('a ReLU whose grid does not start at zero', () => {
    const { activations } = model;
    const name = 'block1.conv1';
    const shifted = { ...lookUp(activations, name, 'grid'), zeroPoint: 1 };
    const broken = { ...model, activations: new Map([...activations, [name, shifted]]) };
    expect(() => runInteger(broken, images, 1)).toThrow('block1.conv1: after a ReLU the zero point must be 0, not 1');
  });

  test('a network without a classifier at its end', () => {
    const graph = { ...model.graph, nodes: model.graph.nodes.slice(0, -1) };
    expect(() => runInteger({ ...model, graph }, images, 1)).toThrow('does not end in a linear layer');
  });
});
