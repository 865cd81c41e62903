import { describe, expect, test } from 'vitest';
import { elementCount } from '../graph/arrays.ts';
import { foldBatchNorm } from '../graph/fold.ts';
import { initialWeights } from '../graph/init.ts';
import { resnet18, resnet20, resnet50 } from '../graph/networks/resnet.ts';
import { weightShapes } from '../graph/shapes.ts';
import type { NamedArray } from '../graph/types.ts';
import { fromGraphWeights, isIgnoredTensor, nameTable, toGraphWeights } from './names.ts';

const FILE = 'model.safetensors';
const graph = resnet20();
const weights = initialWeights(graph, 1);
const tensors = fromGraphWeights(graph, weights);

const zeros = (shape: readonly number[]): NamedArray => ({ shape, data: new Float32Array(elementCount(shape)) });

/** Shapes and bytes as text: compares a million values in no time. */
const asText = (arrays: ReadonlyMap<string, NamedArray>) =>
  [...arrays].map(([name, { shape, data }]) => [name, shape, Buffer.from(data.buffer).toString('base64')]);

/** The tensors with some replaced, or left out where null. */
function changed(changes: Record<string, NamedArray | null>): Map<string, NamedArray> {
  const result = new Map(tensors);
  for (const [name, array] of Object.entries(changes)) {
    if (array === null) result.delete(name);
    else result.set(name, array);
  }
  return result;
}

describe('names', () => {
  test('are torchvision\u2019s', () => {
    const names = [...fromGraphWeights(graph, weights).keys()];
    expect(names.slice(0, 6)).toEqual([
      'conv1.weight',
      'bn1.weight',
      'bn1.bias',
      'bn1.running_mean',
      'bn1.running_var',
      'layer1.0.conv1.weight',
    ]);
    expect(names.filter((name) => name.startsWith('layer2.0.'))).toEqual(
      [
        ...['conv1.weight', 'bn1.weight', 'bn1.bias', 'bn1.running_mean', 'bn1.running_var'],
        ...['conv2.weight', 'bn2.weight', 'bn2.bias', 'bn2.running_mean', 'bn2.running_var'],
        ...['0.weight', '1.weight', '1.bias', '1.running_mean', '1.running_var'].map((name) => `downsample.${name}`),
      ].map((name) => `layer2.0.${name}`),
    );
    expect(names.slice(-2)).toEqual(['fc.weight', 'fc.bias']);
  });

  // torchvision's state_dicts hold 122 and 320 entries, of which 20 and 53 are num_batches_tracked.
  test.each([
    [resnet18(), 102],
    [resnet50(), 267],
  ])('every array has a name of its own (%#)', (network, count) => {
    const table = nameTable(network);
    expect(table.map(({ name }) => name)).toEqual([...weightShapes(network).keys()]);
    expect(new Set(table.map(({ torchName }) => torchName)).size).toBe(count);
    const shapes = new Map(table.map(({ torchName, torchShape }) => [torchName, torchShape]));
    expect(shapes.get('conv1.weight')).toEqual([64, 3, 7, 7]);
    expect(shapes.get('layer2.0.downsample.0.weight')?.slice(2)).toEqual([1, 1]);
    expect(shapes.get('fc.weight')?.[0]).toBe(1000);
  });

  test('axes follow PyTorch: OIHW kernels, [out, in] classifier', () => {
    const kernel = weights.get('layer2.0.conv1.kernel');
    const torch = tensors.get('layer2.0.conv1.weight');
    expect(kernel?.shape).toEqual([3, 3, 16, 32]);
    expect(torch?.shape).toEqual([32, 16, 3, 3]);
    const [o, i, h, w] = [5, 7, 2, 1];
    expect(torch?.data[((o * 16 + i) * 3 + h) * 3 + w]).toBe(kernel?.data[((h * 3 + w) * 16 + i) * 32 + o]);
    expect(tensors.get('fc.weight')?.shape).toEqual([10, 64]);
    expect(tensors.get('fc.weight')?.data[3 * 64 + 9]).toBe(weights.get('fc.kernel')?.data[9 * 10 + 3]);
  });

  test('weights survive the way out and back', () => {
    expect(asText(toGraphWeights(graph, tensors, FILE))).toEqual(asText(weights));
    const folded = foldBatchNorm(graph, weights);
    const written = fromGraphWeights(folded.graph, folded.weights);
    expect(written.get('layer1.0.conv1.bias')?.shape).toEqual([16]);
    expect(asText(toGraphWeights(folded.graph, written, FILE))).toEqual(asText(folded.weights));
  });

  test('PyTorch\u2019s batch counters are ignored', () => {
    expect(isIgnoredTensor('layer1.0.bn1.num_batches_tracked')).toBe(true);
    expect(isIgnoredTensor('layer1.0.bn1.weight')).toBe(false);
    const counted = changed({ 'bn1.num_batches_tracked': zeros([]) });
    expect(asText(toGraphWeights(graph, counted, FILE))).toEqual(asText(weights));
  });

  test.each<[string, Record<string, NamedArray | null>, string]>([
    ['a missing tensor', { 'bn1.bias': null }, 'model.safetensors is not a whole resnet20: it lacks bn1.bias.'],
    [
      'many missing tensors',
      { 'conv1.weight': null, 'bn1.weight': null, 'bn1.bias': null, 'fc.weight': null, 'fc.bias': null },
      'it lacks conv1.weight, bn1.weight, bn1.bias and 2 more.',
    ],
    [
      'an extra tensor',
      { 'layer4.0.conv1.weight': zeros([1]) },
      'model.safetensors is not a resnet20: it also holds layer4.0.conv1.weight.',
    ],
    [
      'a kernel in another axis order',
      { 'conv1.weight': zeros([3, 3, 3, 16]) },
      'model.safetensors: conv1.weight has shape [3,3,3,16], but should have [16,3,3,3].',
    ],
    ['a vector of another length', { 'fc.bias': zeros([11]) }, 'fc.bias has shape [11], but should have [10].'],
    [
      'a value that is no number',
      { 'fc.bias': { shape: [10], data: new Float32Array(10).fill(NaN, 3) } },
      'model.safetensors: fc.bias holds NaN, which is no weight.',
    ],
  ])('%s is refused by name', (_, changes, message) => {
    expect(() => toGraphWeights(graph, changed(changes), FILE)).toThrow(message);
  });
});
