import { describe, expect, test } from 'vitest';
import { layer, metadata, modelFiles, sequential, teachable, type Weight } from '../testing/teachable.ts';
import type { TfjsFiles } from './container.ts';
import { readTfjs, SIGNED } from './read.ts';

const FILE = 'model.json';
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const read = (files: TfjsFiles) => readTfjs(files, FILE, { assumed: IMAGENET, inputSize: 20 });
const json = (value: unknown): Uint8Array<ArrayBuffer> => new TextEncoder().encode(JSON.stringify(value));
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const INPUT = { batch_input_shape: [null, 8, 8, 3] };
const conv = (more: object = {}) =>
  layer('Conv2D', 'c', { filters: 4, kernel_size: [3, 3], use_bias: false, ...INPUT, ...more });
const POOL = layer('GlobalAveragePooling2D', 'gap');
const dense = (more: object = {}) => layer('Dense', 'd', { units: 2, activation: 'softmax', use_bias: false, ...more });
const WEIGHTS: readonly Weight[] = [
  ['c/kernel', [3, 3, 3, 4]],
  ['d/kernel', [4, 2]],
];
const simple = (...between: readonly object[]): TfjsFiles =>
  modelFiles(sequential('s', conv(), ...between, POOL, dense()), WEIGHTS);

describe('what Teachable Machine writes', () => {
  test('is a network of its labels, its scaling and its size', () => {
    const { model, normalizationFrom, notes } = read(teachable(['mug', 'plant', 'hand'], 16));
    expect(model.classes).toEqual(['mug', 'plant', 'hand']);
    expect(model.normalization).toEqual(SIGNED);
    expect(normalizationFrom).toBe('file');
    expect(model.graph.inputShape).toEqual([16, 16, 3]);
    expect(model.graph.nodes.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      'conv Conv1',
      'conv block_depthwise',
      'conv block_project',
      'add block_add',
      'globalAvgPool pool_pool',
      'linear dense_Dense1',
      'linear dense_Dense2',
    ]);
    expect(model.graph.nodes[1]).toMatchObject({
      groups: 8,
      padding: 1,
      activation: { max: 6 },
      batchNorm: { eps: 0.001 },
    });
    expect(model.graph.nodes.at(-1)).toMatchObject({ bias: false, activation: null });
    expect(notes.join(' ')).toContain('The softmax at its end is left away');
  });

  test('without metadata.json has numbered classes, and its scaling is assumed', () => {
    const { model, normalizationFrom } = read({ ...teachable(), metadata: null });
    expect(model.classes).toEqual(['class 0', 'class 1', 'class 2']);
    expect([model.normalization, normalizationFrom]).toEqual([IMAGENET, 'assumed']);
  });

  test('labels are shown as they are, without what cannot be seen', () => {
    const { model } = read(teachable(['硬貨 100円', 'a\u0000b\u202e', ' c\n']));
    expect(model.classes).toEqual(['硬貨 100円', 'ab', 'c']);
  });
});

test('a Rescaling of the pixels is the normalization', () => {
  const scaled = layer('Rescaling', 'r', { scale: 1 / 127.5, offset: -1, ...INPUT });
  const { model, normalizationFrom } = read(modelFiles(sequential('s', scaled, conv(), POOL, dense()), WEIGHTS));
  expect(normalizationFrom).toBe('graph');
  for (const value of [...model.normalization.mean, ...model.normalization.std]) expect(value).toBeCloseTo(0.5, 12);
});

test('one number behind a sigmoid is an answer between two classes', () => {
  const topology = sequential('s', conv(), POOL, dense({ units: 1, activation: 'sigmoid' }));
  const { model } = read(modelFiles(topology, [WEIGHTS[0], ['d/kernel', [4, 1]]], metadata(['no', 'yes'], 8)));
  expect(model.classes).toEqual(['no', 'yes']);
  expect([...(model.weights.get('two_classes.kernel')?.data ?? [])]).toEqual([0, 1]);
});

test('a model of the Python converter: model_config, a size left open, names with the models before them', () => {
  const topology = { model_config: sequential('s', conv({ batch_input_shape: [null, null, null, 3] }), POOL, dense()) };
  const named = WEIGHTS.map(([name, shape]): Weight => [`s/${name}`, shape]);
  expect(read(modelFiles(topology, named)).model.graph.inputShape).toEqual([20, 20, 3]);
});

test('layers in any order, and those of Keras 3', () => {
  const history = (name: string) => ({ class_name: '__keras_tensor__', config: { keras_history: [name, 0, 0] } });
  const keras3 = (className: string, name: string, config: object, reads: string) => ({
    ...layer(className, name, config),
    inbound_nodes: [{ args: [history(reads)], kwargs: {} }],
  });
  const topology = {
    class_name: 'Functional',
    config: {
      name: 'f',
      layers: [
        keras3('Dense', 'd', { units: 2, use_bias: false }, 'gap'),
        keras3('GlobalAveragePooling2D', 'gap', {}, 'c'),
        keras3('Conv2D', 'c', { filters: 4, kernel_size: [3, 3], use_bias: false }, 'i'),
        { ...layer('InputLayer', 'i', { batch_shape: [null, 8, 8, 3] }), inbound_nodes: [] },
      ],
      input_layers: [['i', 0, 0]],
      output_layers: [['d', 0, 0]],
    },
  };
  expect(read(modelFiles(topology, WEIGHTS)).model.graph.nodes.map(({ name }) => name)).toEqual(['c', 'gap_pool', 'd']);
});

function changed(change: (model: Record<string, unknown>) => unknown): TfjsFiles {
  const files = simple();
  return { ...files, model: json(change(JSON.parse(text(files.model)) as Record<string, unknown>)) };
}
const withSpecs = (specs: readonly object[]): TfjsFiles =>
  changed((model) => ({ ...model, weightsManifest: [{ paths: ['weights.bin'], weights: specs }] }));
const spec = (name: string, shape: readonly unknown[], more: object = {}) => ({
  name,
  shape,
  dtype: 'float32',
  ...more,
});
const circle = (from: string) => ({
  class_name: 'Model',
  config: {
    name: 'm',
    layers: [
      layer('InputLayer', 'i', INPUT),
      layer('Add', 'a', {}, 'i', from),
      layer('Activation', 'b', { activation: 'relu' }, 'a'),
    ],
    input_layers: [['i', 0, 0]],
    output_layers: [['b', 0, 0]],
  },
});
const nested = (depth: number): object =>
  depth === 0 ? layer('Dropout', 'o', INPUT) : sequential(`n${depth}`, nested(depth - 1), nested(depth - 1));
const named = (more: object) => ({ ...teachable(), metadata: json({ ...metadata(['a', 'b', 'c'], 16), ...more }) });

describe('is refused by name, with what to do', () => {
  test.each<[string, TfjsFiles, string]>([
    [
      'a graph model',
      changed(() => ({ format: 'graph-model', modelTopology: { node: [] }, weightsManifest: [] })),
      'it is a graph model of TensorFlow.js, whose layers are dissolved into operators. Convert the Keras model itself',
    ],
    ['weights alone', changed(({ weightsManifest }) => ({ weightsManifest })), 'has no network in it'],
    ['no JSON', { ...simple(), model: new TextEncoder().encode('{"modelTopology":') }, 'its model.json is not JSON'],
    ['a list', { ...simple(), model: json([1]) }, 'its model.json is no object'],
    [
      'a pose project',
      named({ packageName: '@teachablemachine/pose', modelSettings: { posenet: {} } }),
      'it is a pose project of Teachable Machine',
    ],
    [
      'an audio project',
      named({ packageName: undefined, wordLabels: ['a'], tfjsSpeechCommandsVersion: '0.4.0' }),
      'it is an audio project of Teachable Machine',
    ],
    [
      'sound without metadata',
      modelFiles(sequential('s', conv({ batch_input_shape: [null, 43, 232, 1] }), POOL, dense()), WEIGHTS),
      'it reads pictures of 1 channel',
    ],
    [
      'a table',
      modelFiles(sequential('s', layer('Dense', 'd', { units: 2, batch_input_shape: [null, 4] })), WEIGHTS),
      'its input is [4], which is no picture',
    ],
    [
      'a recurrent layer',
      simple(layer('LSTM', 'l')),
      'the layer LSTM (l) cannot be imported: it reads sequences (a recurrent network)',
    ],
    [
      'squeeze and excitation',
      simple(layer('Multiply', 'm')),
      'it multiplies branches, as squeeze and excitation does',
    ],
    [
      'a layer of nobody',
      simple(layer('Mystery', 'm')),
      'the layer Mystery (m) cannot be imported: it has no place in the networks',
    ],
    [
      'channels first',
      modelFiles(sequential('s', conv({ data_format: 'channels_first' }), POOL, dense()), WEIGHTS),
      'Conv2D (c) has its channels first',
    ],
    [
      'dilation',
      modelFiles(sequential('s', conv({ dilation_rate: [2, 2] }), POOL, dense()), WEIGHTS),
      'Conv2D (c) is dilated',
    ],
    [
      'strides of two kinds',
      modelFiles(sequential('s', conv({ strides: [1, 2] }), POOL, dense()), WEIGHTS),
      'has strides [1,2]: they must be equal',
    ],
    ['groups', modelFiles(sequential('s', conv({ groups: 3 }), POOL, dense()), WEIGHTS), 'Conv2D (c) has 3 groups'],
    [
      'two channels of each',
      simple(layer('DepthwiseConv2D', 'w', { kernel_size: [3, 3], depth_multiplier: 2 })),
      'makes 2 channels of each (depth_multiplier)',
    ],
    ['a swish', simple(layer('Activation', 'a', { activation: 'swish' })), 'has the activation swish'],
    ['a leaky ReLU', simple(layer('ReLU', 'a', { negative_slope: 0.1 })), 'lets something below zero through'],
    ['a softmax inside', simple(layer('Softmax', 'a')), 'reads what a softmax gives, which may stand at the end only'],
    [
      'no classifier',
      modelFiles(sequential('s', conv()), [WEIGHTS[0]]),
      'it ends in [6,6,4], which is no list of classes',
    ],
    [
      'a shard that is not here',
      { ...simple(), shards: new Map() },
      'its weights lie in weights.bin, which is not here',
    ],
    [
      'a shard that is too short',
      { ...simple(), shards: new Map([['weights.bin', new Uint8Array(100)]]) },
      'weights.bin holds 100 bytes, but model.json says 464',
    ],
    [
      'a shard of another model',
      { ...simple(), shards: new Map([['weights.bin', new Uint8Array(4000)]]) },
      'the files are not of one model, or cut short',
    ],
    [
      'a size that lies',
      withSpecs([spec('c/kernel', [3, 3, 3, 2 ** 40]), spec('d/kernel', [4, 2])]),
      'weights.bin holds 464 bytes, but model.json says',
    ],
    [
      'sizes below zero',
      withSpecs([spec('c/kernel', [-3, 3, 3, 4])]),
      'its weight c/kernel has the shape [-3,3,3,4], which is none',
    ],
    [
      'a name twice',
      withSpecs([spec('c/kernel', [3, 3, 3, 4]), spec('c/kernel', [4, 2])]),
      'its manifest names the weight c/kernel twice',
    ],
    [
      'no type at all',
      withSpecs([spec('c/kernel', [1], { dtype: undefined })]),
      'its weight c/kernel is of the type missing',
    ],
    [
      'texts as weights',
      withSpecs([spec('c/kernel', [1], { dtype: 'string' })]),
      'its weight c/kernel is of the type string',
    ],
    [
      'a scale that is none',
      withSpecs([spec('c/kernel', [1], { quantization: { dtype: 'uint8', scale: 'big', min: 0 } })]),
      'which must be numbers',
    ],
    [
      'weights that are missing',
      withSpecs([spec('c/kernel', [3, 3, 3, 4]), spec('e/kernel', [4, 2])]),
      'Dense (d) has no kernel among the weights',
    ],
    [
      'weights of another shape',
      withSpecs([spec('c/kernel', [3, 3, 4, 3]), spec('d/kernel', [4, 2])]),
      'Conv2D (c) has a kernel of [3,3,4,3], but should have [3,3,3,4]',
    ],
    [
      'no number among the weights',
      modelFiles(sequential('s', conv(), POOL, dense()), [['c/kernel', [3, 3, 3, 4], [NaN]], WEIGHTS[1]]),
      'c.kernel holds NaN, which is no weight',
    ],
    ['a circle', modelFiles(circle('b'), []), 'reads itself in a circle'],
    ['a layer that nobody makes', modelFiles(circle('x'), []), 'Add (a) reads i, x, which no layer before it makes'],
    ['models without end', modelFiles(sequential('s', nested(14)), WEIGHTS), 'it has more than 4000 layers'],
    [
      'models too deep',
      modelFiles(
        Array.from({ length: 30 }).reduce<object>((inner) => sequential('s', inner), conv()),
        WEIGHTS,
      ),
      'models more than 16 deep',
    ],
    [
      'two layers of a name',
      modelFiles(
        {
          class_name: 'Model',
          config: {
            name: 'm',
            layers: [layer('InputLayer', 'i', INPUT), layer('ReLU', 'a', {}, 'i'), layer('ReLU', 'a', {}, 'i')],
            input_layers: [['i', 0, 0]],
            output_layers: [['a', 0, 0]],
          },
        },
        [],
      ),
      'has two layers named a',
    ],
    [
      'labels of another model',
      named({ labels: ['a', 'b'] }),
      'it gives 3 answers, but its metadata.json has 2 labels',
    ],
    [
      'two labels that are the same',
      named({ labels: ['a', 'b', 'a\u200b'] }),
      'its classes 0 and 2 have the same name, "a" in its metadata.json',
    ],
    [
      'a label without an end',
      named({ labels: ['a', 'b', 'c'.repeat(1e6)] }),
      'the name of its class 2 is longer than 200 characters',
    ],
    [
      'labels without an end',
      named({ labels: Array.from({ length: 20_000 }, (_, i) => `${i}`) }),
      'which must be a list of at most 10000 names',
    ],
    ['an image size that lies', { ...named({ imageSize: 1e9 }) }, 'has the imageSize 1000000000'],
  ])('%s', (_, files, sentence) => {
    expect(() => read(files)).toThrow(sentence);
    expect(() => read(files)).toThrow(/^model\.json: /);
    expect(() => read(files)).toThrow(/[Bb]ring|[Ee]xport|[Cc]onvert|[Ss]ave/);
  });
});
