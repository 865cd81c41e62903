import { describe, expect, test } from 'vitest';
import { CIFAR10_CLASSES } from '../../data/formats/cifarBinary.ts';
import { IMAGENETTE_CLASSES } from '../../data/imagenette.ts';
import type { Dataset, ImageSet } from '../../data/types.ts';
import { namedArray } from '../../graph/arrays.ts';
import { foldBatchNorm } from '../../graph/fold.ts';
import { initialWeights } from '../../graph/init.ts';
import { resnet18, resnet20 } from '../../graph/networks/resnet.ts';
import type { FloatModel, Graph } from '../../graph/types.ts';
import { assumedOrder, fitModel, logitsFor } from './fitModel.ts';

const unnamed = (count: number): string[] => Array.from({ length: count }, (_, i) => `class ${i}`);
const imagenette = IMAGENETTE_CLASSES.map(({ name }) => name);
const TEN = [0, 217, 482, 491, 497, 566, 569, 571, 574, 701];

const set = (classes: readonly string[], side: number): ImageSet => ({
  height: side,
  width: side,
  count: 0,
  pixels: new Uint8Array(),
  labels: new Int32Array(),
  classes,
});

const dataset = (name: string, classes: readonly string[], side: number): Dataset => ({
  name,
  train: set(classes, side),
  test: set(classes, side),
});

const model = (graph: Graph, classes: readonly string[]): FloatModel => ({
  graph,
  weights: initialWeights(graph, 1),
  normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
  classes,
});

describe('the logits that score a dataset', () => {
  test.each([
    ['of the same names', CIFAR10_CLASSES, CIFAR10_CLASSES, CIFAR10_CLASSES.map((_, i) => i)],
    ["of some of the names, in the dataset's order", ['Cat', 'dog', 'hot_dog'], ['hot dog', 'cat'], [2, 0]],
    ['of an ImageNet network for Imagenette: the published ten', unnamed(1000), imagenette, TEN],
    ['and for a set of some of its classes', unnamed(1000), ['golf ball', 'church'], [574, 497]],
    ['of a file without names: as many, in order', unnamed(3), ['a', 'b', 'c'], [0, 1, 2]],
    [
      "of a file without names for Imagenette: by the synsets, however the dataset's names are sorted",
      unnamed(10),
      [...imagenette].sort(),
      [...imagenette].sort().map((name) => imagenette.indexOf(name)),
    ],
    ['the same for some of its classes', unnamed(2), ['church', 'tench'], [1, 0]],
    ['of a file that names synsets', ['n03028079', 'n01440764'], ['tench', 'church'], [1, 0]],
    ['none for classes that ImageNet is not known to have', unnamed(1000), CIFAR10_CLASSES, null],
    ['none for as many classes of other names', CIFAR10_CLASSES, imagenette, null],
    ['none for another number of classes', unnamed(4), ['a', 'b', 'c'], null],
  ])('%s', (_, known, wanted, expected) => expect(logitsFor(known, wanted)).toEqual(expected));
});

test("a 1000-class network becomes one of ten at the dataset's size", () => {
  const wide = model(resnet18(), unnamed(1000));
  const { graph, weights, classes } = fitModel(wide, dataset('imagenette', imagenette, 160));
  expect([graph.inputShape, classes]).toEqual([[160, 160, 3], imagenette]);
  const columns = namedArray(wide.weights, 'fc.kernel').data;
  expect([...namedArray(weights, 'fc.kernel').data.subarray(0, 10)]).toEqual(TEN.map((logit) => columns[logit]));
});

test('folded before or after, it is the same network', () => {
  const read = model(resnet20(3), ['a', 'b', 'c']);
  const data = dataset('letters', ['c', 'a'], 64);
  const folded = (of: FloatModel): FloatModel => ({ ...of, ...foldBatchNorm(of.graph, of.weights) });
  expect(fitModel(folded(read), data)).toEqual(folded(fitModel(read, data)));
});

test('classes it does not know are refused with what to do', () => {
  expect(() => fitModel(model(resnet20(10), CIFAR10_CLASSES), dataset('imagenette', imagenette, 160))).toThrow(
    'resnet20 does not know the classes of imagenette (tench, English springer, cassette player, …): it was trained on 10 others. Choose images that it knows, or fine-tune it',
  );
});

test('an order that nobody has written down is said, a known one is not', () => {
  expect(assumedOrder(unnamed(2), ['owl', 'hen'])).toContain('were taken for owl, hen, in this order');
  for (const [known, wanted] of [
    [unnamed(10), imagenette],
    [unnamed(10), CIFAR10_CLASSES],
    [
      ['hen', 'owl'],
      ['owl', 'hen'],
    ],
  ])
    expect(assumedOrder(known, wanted)).toBeNull();
});
