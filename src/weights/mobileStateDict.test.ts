/** State dicts of MobileNetV2s in torchvision's and in timm's names are the networks that are built here, to the last bit. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementCount, namedArray } from '../graph/arrays.ts';
import { mobilenet, mobilenetV2 } from '../graph/networks/mobilenet.ts';
import { mobilenetPlan } from '../graph/networks/mobilenetPlan.ts';
import { IMAGENET_NORMALIZATION } from '../graph/normalization.ts';
import { trainedWeights } from '../graph/testing/trainedWeights.ts';
import type { Graph, NamedArray, Weights } from '../graph/types.ts';
import { readModel, readWeights, writeModel } from './model.ts';
import { fromGraphWeights } from './names.ts';
import { fileOfMobile, timm, timmOf, torchvision } from './testing/mobileNames.ts';
import type { Naming } from './testing/mobileNames.ts';

const FILE = 'mobile.safetensors';
const NAMINGS: readonly (readonly [string, Naming])[] = [
  ['torchvision', torchvision],
  ['timm', timm],
];

const drawn = new Map<string, Weights>();
function weightsFor(graph: Graph): Weights {
  const key = JSON.stringify(graph);
  const weights = drawn.get(key) ?? trainedWeights(graph);
  drawn.set(key, weights);
  return weights;
}

function expectNetwork(file: Uint8Array<ArrayBuffer>, graph: Graph): void {
  const { model } = readWeights(file, FILE);
  expect(model.graph).toEqual(graph);
  const ours = weightsFor(graph);
  expect([...model.weights.keys()]).toEqual([...ours.keys()]);
  for (const [name, { shape, data }] of ours) {
    const found = namedArray(model.weights, name);
    expect(found.shape, name).toEqual(shape);
    expect(Buffer.from(found.data.buffer).equals(Buffer.from(data.buffer)), name).toBe(true);
  }
}

describe.each(NAMINGS)('%s', (_, naming) => {
  test.each([0.35, 1, 0.1])('width %d', (width) => {
    const graph = mobilenetV2({ width, classes: 5 });
    expectNetwork(fileOfMobile(graph, weightsFor(graph), naming), graph);
  });

  test('channels that no width has', () => {
    const plan = mobilenetPlan(0.35);
    const blocks = plan.blocks.map((each, at) => ({ ...each, channels: at === 16 ? 100 : each.channels }));
    const graph = mobilenet({ ...plan, blocks, last: 640 }, { classes: 3 });
    expect(graph.name).toBe('mobilenet_v2-w100');
    expectNetwork(fileOfMobile(graph, weightsFor(graph), naming), graph);
  });

  test('in a wrapper, with counters and a normalizing layer', () => {
    const graph = mobilenetV2({ width: 0.35, classes: 4 });
    const wrapped: Naming = (of) => {
      const moduleOf = naming(of);
      return (node, module) => `module.model.${moduleOf(node, module)}`;
    };
    const file = fileOfMobile(graph, weightsFor(graph), wrapped, (tensors) => {
      tensors.set('module.model.bn1.num_batches_tracked', { shape: [], data: Float32Array.of(3) });
      tensors.set('normalize.mean', { shape: [1, 3, 1, 1], data: Float32Array.of(0.5, 0.25, 0.125) });
      tensors.set('normalize.std', { shape: [1, 3, 1, 1], data: Float32Array.of(0.5, 0.5, 0.5) });
    });
    expect(readWeights(file, FILE)).toMatchObject({
      normalizationFrom: 'buffers',
      model: { graph, normalization: { mean: [0.5, 0.25, 0.125] } },
    });
  });

  test("is normalized as ImageNet's networks are, and says what is assumed", () => {
    const graph = mobilenetV2({ width: 0.1, classes: 5 });
    const read = readWeights(fileOfMobile(graph, weightsFor(graph), naming), FILE);
    expect(read.normalizationFrom).toBe('convention');
    expect(read.model.normalization).toEqual(IMAGENET_NORMALIZATION);
    expect(read.notes.join()).toContain('Where it strides is in no shape: it is taken as the paper has it');
  });
});

test("names are torchvision's and timm's", () => {
  const graph = mobilenetV2({ width: 0.1, classes: 5 });
  const convolutions = (naming: Naming): string[] =>
    [...fromGraphWeights(graph, weightsFor(graph), naming(graph))].flatMap(([name, { shape }]) =>
      shape.length > 1 ? [name.replace(/\.weight$/, '')] : [],
    );
  const norms = (naming: Naming): string[] =>
    [...fromGraphWeights(graph, weightsFor(graph), naming(graph)).keys()].flatMap((name) =>
      name.endsWith('.running_var') ? [name.replace(/\.running_var$/, '')] : [],
    );
  const ends = (names: readonly string[]) => [...names.slice(0, 6), ...names.slice(-3)];
  expect(ends(convolutions(torchvision))).toEqual([
    'features.0.0',
    'features.1.conv.0.0',
    'features.1.conv.1',
    'features.2.conv.0.0',
    'features.2.conv.1.0',
    'features.2.conv.2',
    'features.17.conv.2',
    'features.18.0',
    'classifier.1',
  ]);
  expect(norms(torchvision).slice(0, 6)).toEqual([
    'features.0.1',
    'features.1.conv.0.1',
    'features.1.conv.2',
    'features.2.conv.0.1',
    'features.2.conv.1.1',
    'features.2.conv.3',
  ]);
  expect(ends(convolutions(timm))).toEqual([
    'conv_stem',
    'blocks.0.0.conv_dw',
    'blocks.0.0.conv_pw',
    'blocks.1.0.conv_pw',
    'blocks.1.0.conv_dw',
    'blocks.1.0.conv_pwl',
    'blocks.6.0.conv_pwl',
    'conv_head',
    'classifier',
  ]);
  expect(norms(timm).slice(0, 6)).toEqual([
    'bn1',
    'blocks.0.0.bn1',
    'blocks.0.0.bn2',
    'blocks.1.0.bn1',
    'blocks.1.0.bn2',
    'blocks.1.0.bn3',
  ]);
});

test('one that is written is read back whole', () => {
  const graph = mobilenetV2({ width: 0.35, classes: 2, inputSize: 96 });
  const model = {
    graph,
    weights: weightsFor(graph),
    normalization: { mean: [0.1, 0.2, 0.3], std: [0.4, 0.5, 0.6] },
    classes: ['mug', 'plant'],
  };
  const read = readModel(writeModel(model, 'F32', { source: 'a test', licence: 'none' }), FILE);
  expect(read).toEqual(model);
  const keras = mobilenetV2({ width: 0.35, classes: 2, convention: 'keras' });
  const theirs = { ...model, graph: keras };
  expect(() => writeModel(theirs, 'F32', { source: 'a test', licence: 'none' })).toThrow(
    'mobilenet_v2-0.35 is none of resnet20-cifar',
  );
});

test("timm's deeper networks have more blocks in a stage", () => {
  const plan = mobilenetPlan(0.1);
  const graph = mobilenet(
    { ...plan, blocks: plan.blocks.flatMap((each, at) => (at === 2 ? [each, each] : [each])) },
    { classes: 3 },
  );
  expectNetwork(fileOfMobile(graph, weightsFor(graph), timmOf([1, 3, 3, 4, 3, 3, 1])), graph);
});

describe('refuses, naming file and array', () => {
  const zeros = (...shape: number[]): NamedArray => ({ shape, data: new Float32Array(elementCount(shape)) });
  const changed = (naming: Naming, change: (tensors: Map<string, NamedArray>) => void) => () => {
    const graph = mobilenetV2({ width: 0.1, classes: 3 });
    return readWeights(fileOfMobile(graph, weightsFor(graph), naming, change), FILE);
  };
  const remove =
    (...names: string[]) =>
    (tensors: Map<string, NamedArray>) =>
      names.forEach((name) => expect(tensors.delete(name), name).toBe(true));
  const renamed = (from: RegExp, to: string) => (tensors: Map<string, NamedArray>) => {
    for (const [name, array] of [...tensors]) {
      tensors.delete(name);
      tensors.set(name.replace(from, to), array);
    }
  };

  test.each<[string, Naming, (tensors: Map<string, NamedArray>) => void, string]>([
    [
      'a missing convolution',
      torchvision,
      remove('features.5.conv.2.weight'),
      'is not a whole MobileNetV2: it lacks features.5.conv.2.weight.',
    ],
    [
      'a missing depthwise convolution',
      timm,
      remove('blocks.3.1.conv_dw.weight'),
      'is not a whole mobilenet_v2-0.1: it lacks blocks.3.1.conv_dw.weight.',
    ],
    ['a missing batch norm', timm, remove('bn2.running_var'), 'it lacks bn2.running_var.'],
    [
      'a missing block',
      torchvision,
      (t) => [...t.keys()].forEach((n) => n.startsWith('features.9.') && t.delete(n)),
      'it lacks features.9.conv.1.weight.',
    ],
    [
      'no last block',
      torchvision,
      renamed(/^features\.17\./, 'features.77.'),
      'has 77 blocks (up to features.77), and a MobileNetV2 has 17',
    ],
    [
      'a stage more',
      timm,
      (t) => t.set('blocks.7.0.conv_pw.weight', zeros(8, 8, 1, 1)),
      'has 8 stages of blocks, and a MobileNetV2 has 7',
    ],
    [
      'a kernel in another axis order',
      torchvision,
      (t) => t.set('features.1.conv.0.0.weight', zeros(3, 3, 8, 1)),
      ': features.1.conv.0.0.weight has shape [3,3,8,1], but should have [8,1,3,3].',
    ],
    [
      'what is no convolution',
      timm,
      (t) => t.set('conv_head.weight', zeros(1280)),
      "has the shape [1280] in conv_head.weight, which is no convolution's",
    ],
    ['no classifier', timm, remove('classifier.weight'), 'has no classifier'],
    [
      'two classifiers',
      torchvision,
      (t) => t.set('aux.weight', zeros(3, 8)),
      'has 2 linear layers (classifier.1.weight, aux.weight)',
    ],
    [
      'an array of its own',
      torchvision,
      (t) => t.set('features.3.conv.gain', zeros(8)),
      'it also holds features.3.conv.gain.',
    ],
    [
      'images of one channel',
      timm,
      (t) => t.set('conv_stem.weight', zeros(8, 1, 3, 3)),
      ': conv_stem.weight has shape [8,1,3,3], but should have [8,3,3,3].',
    ],
    [
      'MobileNetV3 of torchvision',
      torchvision,
      renamed(/\.conv\./, '.block.'),
      'holds a MobileNetV3 (features.1.block.0.0.weight)',
    ],
    [
      'EfficientNet of torchvision',
      torchvision,
      renamed(/\.conv\./, '.0.block.'),
      'holds an EfficientNet or another network with squeeze-and-excitation (features.1.0.block.0.0.weight)',
    ],
    [
      'MobileNetV3 of timm',
      timm,
      (t) => t.set('conv_head.bias', zeros(1280)),
      'holds a MobileNetV3 or a relative of it (conv_head.bias)',
    ],
    [
      'EfficientNet of timm',
      timm,
      (t) => t.set('blocks.1.0.se.conv_reduce.weight', zeros(2, 8, 1, 1)),
      'holds an EfficientNet or another network with squeeze-and-excitation (blocks.1.0.se.conv_reduce.weight)',
    ],
    [
      'wide windows',
      timm,
      (t) => t.set('blocks.2.0.conv_dw.weight', zeros(48, 1, 5, 5)),
      'holds a network with depthwise windows of 5x5, as MNASNet and EfficientNet-Lite have them (blocks.2.0.conv_dw.weight)',
    ],
    [
      'MobileNetV1 of timm',
      timm,
      (t) => [...t.keys()].forEach((n) => n.includes('conv_pwl') && t.delete(n)),
      'holds a MobileNetV1 (blocks.0.0.conv_dw.weight)',
    ],
    [
      'Transformers',
      timm,
      renamed(/^conv_stem\./, 'mobilenet_v2.conv_stem.first_conv.convolution.'),
      "under Transformers' names",
    ],
  ])('%s', (_, naming, change, message) => {
    expect(changed(naming, change)).toThrow(message);
    expect(changed(naming, change)).toThrow(new RegExp(`^${FILE}.*(?:Save|Bring|export)`, 's'));
  });
});

test('an array that is lost, renamed or misshapen is read or refused by the name of the file', () => {
  const blocks = mobilenetPlan(1).blocks.map(({ expanded, stride }) => ({
    expanded: expanded && 4,
    channels: 4,
    stride,
  }));
  const graph = mobilenet({ stem: 4, blocks, last: 4 }, { classes: 2 });
  const names = [...NAMINGS.keys()].map((at) => [...weightsFor(graph).keys()].map((_, i) => [at, i] as const)).flat();
  const pick = fc.constantFrom(...names);
  const change = fc.constantFrom<(name: string, array: NamedArray) => readonly (readonly [string, NamedArray])[]>(
    () => [],
    (name, array) => [[name.replace(/\d/, (digit) => String((Number(digit) + 1) % 10)), array]],
    (name, array) => [[`model.${name}`, array]],
    (name, { shape, data }) => [[name, { shape: [...shape].reverse(), data }]],
    (name) => [[name, { shape: [2 ** 40, 0, 3, 3], data: new Float32Array() }]],
    (name) => [[name, { shape: [], data: Float32Array.of(1) }]],
    (name, { shape, data }) => [[name, { shape, data: data.map(() => NaN) }]],
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(pick, change), { minLength: 1, maxLength: 3 }), (changes) => {
      const [[[at]]] = changes;
      const file = fileOfMobile(graph, weightsFor(graph), NAMINGS[at][1], (tensors) => {
        for (const [[, i], changed] of changes) {
          const [name, array] = [...tensors][i % tensors.size];
          tensors.delete(name);
          for (const [other, made] of changed(name, array)) tensors.set(other, made);
        }
      });
      try {
        expect(readWeights(file, FILE).model.weights.size).toBe(weightsFor(graph).size);
      } catch (error) {
        expect(String(error)).toMatch(/^Error: mobile\.safetensors/);
      }
    }),
    { seed: 21, numRuns: 300 },
  );
});
