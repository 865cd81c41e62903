import { expect, test } from 'vitest';
import { classifierOf, withInputSize, withLogits } from './adapt.ts';
import { namedArray } from './arrays.ts';
import { initialWeights } from './init.ts';
import { resnet18, resnet20 } from './networks/resnet.ts';
import { inferShapes } from './shapes.ts';
import type { FloatModel } from './types.ts';

const NORMALIZATION = { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };

function model(): FloatModel {
  const graph = resnet20(5);
  return { graph, weights: initialWeights(graph, 1), normalization: NORMALIZATION, classes: ['a', 'b', 'c', 'd', 'e'] };
}

test('another input size changes every image and no weight', () => {
  const before = model();
  const after = withInputSize(before, [48, 64]);
  expect(inferShapes(after.graph).get('layer3.2.add')).toEqual([12, 16, 64]);
  expect(after.weights).toBe(before.weights);
  expect(before.graph.inputShape).toEqual([32, 32, 3]);
  const graph = resnet18({ classes: 2 });
  expect(() => withInputSize({ ...before, graph }, [0, 32])).toThrow('input shape [0,32,3]');
});

test('the chosen logits keep their columns and biases, in the order asked for', () => {
  const before = model();
  const bias = Float32Array.from([10, 11, 12, 13, 14]);
  const after = withLogits(
    { ...before, weights: new Map(before.weights).set('fc.bias', { shape: [5], data: bias }) },
    [3, 0],
    ['d', 'a'],
  );
  expect(after.classes).toEqual(['d', 'a']);
  expect(classifierOf(after)).toMatchObject({ inFeatures: 64, outFeatures: 2 });
  expect([...namedArray(after.weights, 'fc.bias').data]).toEqual([13, 10]);
  const [whole, cut] = [namedArray(before.weights, 'fc.kernel').data, namedArray(after.weights, 'fc.kernel')];
  expect(cut.shape).toEqual([64, 2]);
  for (let row = 0; row < 64; row++)
    expect([...cut.data.subarray(2 * row, 2 * row + 2)]).toEqual([whole[5 * row + 3], whole[5 * row]]);
  expect(namedArray(after.weights, 'conv1.kernel')).toBe(namedArray(before.weights, 'conv1.kernel'));
});

test('a logit that is not there, and a network without a classifier, are refused by name', () => {
  expect(() => withLogits(model(), [5], ['f'])).toThrow('resnet20 has logits 0 to 4, not 5');
  const { graph, ...rest } = model();
  expect(() => withLogits({ ...rest, graph: { ...graph, nodes: graph.nodes.slice(0, -1) } }, [0], ['a'])).toThrow(
    'resnet20 does not end in a linear classifier',
  );
});
