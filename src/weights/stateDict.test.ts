/** State dicts under any names, in any wrapper, are the network that is in their names and shapes. */
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../base/random.ts';
import { elementCount, namedArray } from '../graph/arrays.ts';
import { resnet, resnet18, resnet20, resnet50 } from '../graph/networks/resnet.ts';
import { resnetPlanOf } from '../graph/networks/resnetOf.ts';
import type { ResNetPlan } from '../graph/networks/resnetPlan.ts';
import { isWeighted, nodeArrays } from '../graph/shapes.ts';
import type { Graph, NamedArray, Weights } from '../graph/types.ts';
import { readWeights } from './model.ts';
import { fromGraphWeights } from './names.ts';
import { writeSafetensors } from './safetensors.ts';

const FILE = 'theirs.safetensors';
const NORMALIZATION = { mean: [0.1, 0.2, 0.3], std: [0.4, 0.5, 0.6] };
const SMALL = planOf(resnet20(4));

function planOf(graph: Graph): ResNetPlan {
  const found = resnetPlanOf(graph);
  if (!found) throw new Error(`${graph.name} has no plan`);
  return found.plan;
}
const deeper = (n: number): ResNetPlan => ({ ...SMALL, stages: SMALL.stages.map((stage) => ({ ...stage, depth: n })) });
const tiny = (plan: ResNetPlan): ResNetPlan => ({
  ...plan,
  classes: 4,
  stages: plan.stages.map((stage) => ({ ...stage, depth: 2 })),
});

/** Bottlenecks as ResNet-50's, a sixteenth of its numbers: these tests are of names. */
function narrowBottlenecks(): Graph {
  const plan = tiny(planOf(resnet50()));
  const stages = plan.stages.map((each) => ({ ...each, width: each.width / 4, channels: each.channels / 4 }));
  return resnet({ ...plan, stem: { ...plan.stem, channels: plan.stem.channels / 4 }, stages });
}

/** Numbers that tell arrays and their places apart; of normal ones tens of millions take seconds. */
const random = seededRandom(1);
const NUMBERS = Float32Array.from({ length: 2 ** 16 }, () => random() + 0.5);

/** Most tests write one of a few networks. */
const made = new Map<string, Weights>();
function weightsFor(graph: Graph): Weights {
  const key = JSON.stringify(graph);
  const known = made.get(key);
  if (known) return known;
  let at = 0;
  const arrays = graph.nodes.filter(isWeighted).flatMap((node) =>
    [...nodeArrays(node)].map(([part, shape]): [string, NamedArray] => {
      const data = new Float32Array(elementCount(shape));
      for (let i = 0; i < data.length; i++) data[i] = NUMBERS[at++ % NUMBERS.length];
      return [`${node.name}.${part}`, { shape, data }];
    }),
  );
  const weights = new Map(arrays);
  made.set(key, weights);
  return weights;
}

type Renamed = (name: string) => string;

function fileOf(
  graph: Graph,
  rename: Renamed = (name) => name,
  change: (tensors: Map<string, NamedArray>) => void = () => undefined,
): Uint8Array<ArrayBuffer> {
  const tensors = new Map(
    [...fromGraphWeights(graph, weightsFor(graph))].map(([name, array]) => [rename(name), array]),
  );
  change(tensors);
  return writeSafetensors(tensors, { dtype: 'F32' });
}
const read = (file: Uint8Array<ArrayBuffer>) => readWeights(file, FILE, { normalization: NORMALIZATION });

function expectNetwork(file: Uint8Array<ArrayBuffer>, graph: Graph): void {
  const { model } = read(file);
  expect(model.graph).toEqual(graph);
  for (const [name, { shape, data }] of weightsFor(graph)) {
    const found = namedArray(model.weights, name);
    expect(found.shape, name).toEqual(shape);
    expect(Buffer.from(found.data.buffer).equals(Buffer.from(data.buffer)), name).toBe(true);
  }
}

describe('any depth and width', () => {
  test.each<[string, ResNetPlan]>([
    ['resnet32', deeper(5)],
    ['resnet44', deeper(7)],
    ['resnet56', deeper(9)],
    ['resnet110', deeper(18)],
    ['resnet18', { ...planOf(resnet18()), classes: 4 }],
    ['resnet50', { ...planOf(resnet50()), classes: 4 }],
    ['resnet26', tiny(planOf(resnet50()))],
    [
      'wide_resnet26_2',
      {
        ...tiny(planOf(resnet50())),
        stages: tiny(planOf(resnet50())).stages.map((each) => ({ ...each, width: each.width * 2 })),
      },
    ],
    [
      'cifar-resnet18',
      {
        ...planOf(resnet18()),
        classes: 4,
        inputShape: [32, 32, 3],
        stem: { kernel: 3, stride: 1, channels: 64, pool: false },
      },
    ],
  ])('%s', (name, plan) => {
    const graph = resnet(plan);
    expect(graph.name).toBe(name);
    expectNetwork(fileOf(graph), graph);
  });
});

const WRAPPERS = [
  'module.',
  '_orig_mod.',
  'model.',
  'state_dict.',
  'backbone.',
  'net.',
  'encoder.',
  'module._orig_mod.model.backbone.',
  'anything.at.all.',
];

const NAMES: Readonly<Record<string, Renamed>> = {
  ...Object.fromEntries(WRAPPERS.map((wrapper): [string, Renamed] => [wrapper, (name) => `${wrapper}${name}`])),
  'a backbone, and its head outside': (name) =>
    name.startsWith('fc.') ? name.replace('fc', 'head.fc') : `backbone.${name}`,
  ...Object.fromEntries(
    ['classifier', 'head', 'linear', 'last_linear', 'classifier.1', 'output'].map((head): [string, Renamed] => [
      head,
      (name) => name.replace(/^fc/, head),
    ]),
  ),
  shortcut: (name) => name.replace('downsample', 'shortcut'),
  'Hugging Face': (name) =>
    name
      .replace(/^conv1/, 'resnet.embedder.embedder.convolution')
      .replace(/^bn1/, 'resnet.embedder.embedder.normalization')
      .replace(
        /^layer(\d)\.(\d)\.(conv|bn)(\d)/,
        (_, stage, block, kind, layer) =>
          `resnet.encoder.stages.${Number(stage) - 1}.layers.${block}.layer.${Number(layer) - 1}.${kind === 'conv' ? 'convolution' : 'normalization'}`,
      )
      .replace(
        /^layer(\d)\.(\d)\.downsample\.(\d)/,
        (_, stage, block, part) =>
          `resnet.encoder.stages.${Number(stage) - 1}.layers.${block}.shortcut.${part === '0' ? 'convolution' : 'normalization'}`,
      )
      .replace(/^fc/, 'classifier.1'),
  'sequences without names': (name) =>
    name
      .replace(/^conv1/, 'conv1.0')
      .replace(/^bn1/, 'conv1.1')
      .replace(
        /^layer(\d)\.(\d)\.conv(\d)/,
        (_, stage, block, layer) => `conv${Number(stage) + 1}_x.${block}.residual_function.${3 * (Number(layer) - 1)}`,
      )
      .replace(
        /^layer(\d)\.(\d)\.bn(\d)/,
        (_, stage, block, layer) =>
          `conv${Number(stage) + 1}_x.${block}.residual_function.${3 * (Number(layer) - 1) + 1}`,
      )
      .replace(/^layer(\d)\.(\d)\.downsample/, (_, stage, block) => `conv${Number(stage) + 1}_x.${block}.shortcut`),
  'a list of children': (name) =>
    name
      .replace(/^conv1/, 'features.0')
      .replace(/^bn1/, 'features.1')
      .replace(/^layer(\d)/, (_, stage) => `features.${Number(stage) + 3}`),
};

describe('any names', () => {
  test.each(Object.entries(NAMES))('%s', (_, rename) => {
    expectNetwork(fileOf(resnet(SMALL), rename), resnet(SMALL));
    const bottlenecks = narrowBottlenecks();
    expectNetwork(fileOf(bottlenecks, rename), bottlenecks);
  });

  test('what inference does not read does not matter; mean and std of a normalizing layer do', () => {
    const file = fileOf(resnet(SMALL), undefined, (tensors) => {
      tensors.set('bn1.num_batches_tracked', { shape: [], data: Float32Array.of(3) });
      tensors.set('ema.decay', { shape: [], data: Float32Array.of(0.999) });
      tensors.set('n_averaged', { shape: [1], data: Float32Array.of(9) });
      tensors.set('normalize.mean', { shape: [1, 3, 1, 1], data: Float32Array.of(0.5, 0.25, 0.125) });
      tensors.set('normalize.std', { shape: [1, 3, 1, 1], data: Float32Array.of(0.5, 0.5, 0.5) });
    });
    expectNetwork(file, resnet(SMALL));
    expect(read(file)).toMatchObject({
      normalizationFrom: 'buffers',
      model: { normalization: { mean: [0.5, 0.25, 0.125] } },
    });
  });

  test('a copy that training keeps is left aside, two networks are named', () => {
    const twice = (other: string) =>
      fileOf(
        resnet(SMALL),
        (name) => `model.${name}`,
        (tensors) => {
          for (const [name, array] of [...tensors]) tensors.set(name.replace('model.', other), array);
        },
      );
    expectNetwork(twice('ema_model.'), resnet(SMALL));
    expect(read(twice('ema_model.')).notes.join()).toContain('copies of the network (ema_model.)');
    expect(() => read(twice('second.'))).toThrow(`${FILE} holds 2 networks (model., second.): save one of them.`);
  });
});

describe('what the tensors leave open', () => {
  test('shortcuts without parameters are zeros and ones', () => {
    const file = fileOf(resnet(SMALL), undefined, (tensors) => {
      for (const name of [...tensors.keys()]) if (name.includes('downsample')) tensors.delete(name);
    });
    const { model, notes } = read(file);
    expect(model.graph).toEqual(resnet(SMALL));
    const { shape, data } = namedArray(model.weights, 'layer2.0.downsample.kernel');
    expect(shape).toEqual([1, 1, 16, 32]);
    const ones = [...data.keys()].filter((at) => data[at] !== 0).map((at) => [Math.floor(at / 32), at % 32, data[at]]);
    expect(ones).toEqual(Array.from({ length: 16 }, (_, channel) => [channel, channel + 8, 1]));
    expect(notes.join()).toContain('Its 2 shortcuts between stages have no weights');
  });

  test('a bias before a batch norm moves into its mean', () => {
    const bias = Float32Array.from({ length: 16 }, (_, c) => c / 16);
    const { model } = read(
      fileOf(resnet(SMALL), undefined, (tensors) => tensors.set('conv1.bias', { shape: [16], data: bias })),
    );
    const mean = namedArray(weightsFor(resnet(SMALL)), 'conv1.mean').data;
    expect(namedArray(model.weights, 'conv1.mean').data).toEqual(mean.map((each, c) => each - bias[c]));
  });

  test('where bottlenecks stride is said to be assumed', () => {
    expect(read(fileOf(narrowBottlenecks())).notes.join()).toContain('the 3x3 is assumed');
  });
});

describe('refuses, naming what no ResNet has', () => {
  const small = (change: (tensors: Map<string, NamedArray>) => void) => () =>
    read(fileOf(resnet(SMALL), undefined, change));
  const zeros = (...shape: number[]): NamedArray => ({
    shape,
    data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
  });

  test.each<[string, (tensors: Map<string, NamedArray>) => void, string]>([
    [
      'squeeze and excitation',
      (t) => t.set('layer1.0.se.fc1.weight', zeros(4, 16, 1, 1)).set('layer1.0.se.fc2.weight', zeros(16, 4, 1, 1)),
      'has other layers in block 0 of stage 1 than ResNets have (conv1, conv2, se.fc1, se.fc2)',
    ],
    [
      'groups',
      (t) => t.set('layer1.0.conv2.weight', zeros(16, 4, 3, 3)),
      'has convolutions in 4 groups (conv2, as in ResNeXt)',
    ],
    [
      'a norm without statistics',
      (t) => ['running_mean', 'running_var'].forEach((part) => t.delete(`bn1.${part}`)),
      'has a norm layer without running statistics (bn1',
    ],
    [
      'no batch norm in front',
      (t) => ['weight', 'bias', 'running_mean', 'running_var'].forEach((part) => t.delete(`bn1.${part}`)),
      'a pre-activation network',
    ],
    [
      'a block of norms alone',
      (t) => ['conv1', 'conv2'].forEach((conv) => t.delete(`layer1.0.${conv}.weight`)),
      'has no convolution in block 0 of stage 1: only blocks of a ResNet can be imported.',
    ],
    ['two heads', (t) => t.set('aux.weight', zeros(3, 64)), 'has 2 linear layers (aux, fc)'],
    [
      'a deep stem',
      (t) => t.set('stem.weight', zeros(16, 16, 3, 3)),
      'must have one convolution before its blocks, and has 2 (conv1, stem)',
    ],
    ['images of one channel', (t) => t.set('conv1.weight', zeros(16, 1, 3, 3)), 'takes images of one channel (grey)'],
    ['a parameter of its own', (t) => t.set('layer1.0.gain', zeros(16)), 'it also holds layer1.0.gain'],
    [
      'a negative variance',
      (t) => t.set('bn1.running_var', { shape: [16], data: new Float32Array(16).fill(-1) }),
      'a variance cannot be below zero',
    ],
  ])('%s', (_, change, message) => {
    expect(small(change)).toThrow(message);
    expect(small(change)).toThrow(new RegExp(`^${FILE}`));
  });
});
