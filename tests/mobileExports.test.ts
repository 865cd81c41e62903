/** MobileNetV2s as PyTorch and tf2onnx export them are read as the networks that they are: ONNX Runtime judges by the very file. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { foldBatchNorm } from '../src/graph/fold.ts';
import { mobilenetV2 } from '../src/graph/networks/mobilenet.ts';
import type { MobileNetV2Options } from '../src/graph/networks/mobilenet.ts';
import { trainedWeights } from '../src/graph/testing/trainedWeights.ts';
import type { FloatModel } from '../src/graph/types.ts';
import { parseOnnx } from '../src/onnx/read/parse.ts';
import { readFloatNetwork } from '../src/onnx/read/float/readFloat.ts';
import { KERAS, mobileExport, TORCH } from '../src/onnx/testing/mobileExport.ts';
import type { MobileSpelling } from '../src/onnx/testing/mobileExport.ts';
import { apart, outputOf, seededImages } from '../src/onnx/testing/session.ts';
import type { Pen } from '../src/onnx/testing/spelled.ts';
import { openBackend } from '../src/tensor/backend.ts';
import { toLayersModel } from '../src/tensor/model.ts';
import { nodePlatform } from '../src/tensor/wasm/node.ts';

const SIDE = 64;
const CLASSES = 7;
const UNIT = { mean: [0, 0, 0], std: [1, 1, 1] };

beforeAll(async () => {
  await openBackend('wasm', { ...nodePlatform, cores: 1, isolated: false });
});

const made = new Map<string, FloatModel>();
function modelOf(convention: MobileNetV2Options['convention'], isFolded: boolean): FloatModel {
  const key = `${convention} ${isFolded}`;
  const graph = mobilenetV2({ width: 0.35, inputSize: SIDE, classes: CLASSES, convention });
  const whole = { graph, weights: trainedWeights(graph) };
  const model = made.get(key) ?? {
    ...(isFolded ? foldBatchNorm(graph, whole.weights) : whole),
    normalization: UNIT,
    classes: Array.from({ length: CLASSES }, (_, i) => `class ${i}`),
  };
  made.set(key, model);
  return model;
}

const six = ({ floats }: Pen): string => floats([], [6]);
const zero = ({ floats }: Pen): string => floats([], [0]);

/** Every way in which a ReLU6 is written. */
const RELU6S: Readonly<Record<string, MobileSpelling['relu6']>> = {
  'Clip between attributes': ({ op }, x) => op('Clip', [x], { min: { float: 0 }, max: { float: 6 } }),
  'Min of Max': (pen, x) => pen.op('Min', [pen.op('Max', [x, zero(pen)]), six(pen)]),
  'Max of Min': (pen, x) => pen.op('Max', [zero(pen), pen.op('Min', [x, six(pen)])]),
  'Min of Relu': (pen, x) => pen.op('Min', [pen.op('Relu', [x]), six(pen)]),
  'Relu of Clip from above': (pen, x) => pen.op('Relu', [pen.op('Clip', [x, '', six(pen)])]),
};

/** Every way in which all pixels are averaged. */
const POOLS: Readonly<Record<string, MobileSpelling['pool']>> = {
  'GlobalAveragePool and Flatten': ({ op }, x) => op('Flatten', [op('GlobalAveragePool', [x])], { axis: 1 }),
  'GlobalAveragePool and Reshape': ({ op, ints }, x, channels) =>
    op('Reshape', [op('GlobalAveragePool', [x]), ints(-1, channels)]),
  ReduceMean: ({ op }, x) => op('ReduceMean', [x], { axes: [2, 3], keepdims: 0 }),
  'ReduceMean of channels last': ({ op }, x) =>
    op('ReduceMean', [op('Transpose', [x], { perm: [0, 2, 3, 1] })], { axes: [1, 2], keepdims: 0 }),
  'GlobalAveragePool of channels last and Reshape': ({ op, ints }, x, channels) =>
    op('Reshape', [op('Transpose', [op('GlobalAveragePool', [x])], { perm: [0, 2, 3, 1] }), ints(-1, channels)]),
};

const attributes = RELU6S['Clip between attributes'];

const FORMS: readonly (readonly [name: string, spelling: MobileSpelling, isFolded: boolean])[] = [
  ['PyTorch, batch norms folded', TORCH, true],
  ['PyTorch, batch norms as operators', TORCH, false],
  ['PyTorch, opset 10', { ...TORCH, opset: 10, relu6: attributes }, false],
  ['PyTorch, ReduceMean', { ...TORCH, pool: POOLS.ReduceMean }, true],
  ['Keras, pads fused', KERAS, true],
  ['Keras, pads as operators', { ...KERAS, uneven: 'Pad' }, true],
  ['Keras, pads by name', { ...KERAS, uneven: 'auto_pad' }, true],
  ['Keras, batch norms as operators', { ...KERAS, uneven: 'Pad' }, false],
  ['Keras, opset 10', { ...KERAS, opset: 10, relu6: attributes, uneven: 'Pad', pool: POOLS.ReduceMean }, false],
  ...Object.entries(RELU6S)
    .slice(1)
    .map(([name, relu6]) => [`Keras, ${name}`, { ...KERAS, relu6 }, true] as const),
  ...Object.entries(POOLS).map(([name, pool]) => [`Keras, ${name}`, { ...KERAS, pool }, true] as const),
];

/** [N, C, H, W] to [N, H, W, C]. */
const channelsLast = (images: Float32Array): Float32Array =>
  images.map((_, i) => images[(i % 3) * SIDE * SIDE + Math.floor(i / 3)]);

/** What our layers make of the network that was read. */
function ours({ graph, weights }: FloatModel, images: Float32Array): Float32Array {
  const x = tf.tensor4d(channelsLast(images), [1, SIDE, SIDE, 3]);
  return (toLayersModel(graph, weights).predict(x) as tf.Tensor).dataSync() as Float32Array;
}

/** Logits as far as a softmax leaves them known: without their mean. */
function centred(logits: Float32Array): Float32Array {
  const mean = logits.reduce((a, b) => a + b, 0) / logits.length;
  return logits.map((each) => each - mean);
}

describe('logits are those of the file', () => {
  test.each(FORMS)('%s', async (_, spelling, isFolded) => {
    const written = modelOf(spelling.isKeras ? 'keras' : 'torchvision', isFolded);
    const bytes = mobileExport(written, spelling);
    const { model, notes } = readFloatNetwork(parseOnnx(bytes, 'mobile.onnx'), { normalization: UNIT });
    expect(model.graph.nodes.map(({ kind }) => kind)).toEqual(written.graph.nodes.map(({ kind }) => kind));

    const images = seededImages(1, [SIDE, SIDE, 3]);
    const dims = spelling.isKeras ? [1, SIDE, SIDE, 3] : [1, 3, SIDE, SIDE];
    const theirs = await outputOf(bytes, spelling.isKeras ? channelsLast(images) : images, dims);
    const logits = ours(model, images);
    if (spelling.isKeras) expect(apart(centred(logits), centred(theirs.map(Math.log)))).toBeLessThan(1e-4);
    else expect(apart(logits, theirs)).toBeLessThan(1e-4);
    // What differs between images is far more than that.
    expect(
      apart(
        logits,
        ours(
          model,
          images.map((each) => 1 - each),
        ),
      ),
    ).toBeGreaterThan(1e-2);
    if (spelling.isKeras) expect(notes.join()).toContain('The Softmax at its end is left away');
  });
});

describe('is refused by name', () => {
  test.each<[string, Partial<MobileSpelling>, string]>([
    [
      'a bound from above alone',
      { relu6: (pen, x) => pen.op('Min', [x, six(pen)]) },
      'reads what is held at 6 from above and at nothing from below',
    ],
    [
      'a maximum of two layers',
      { relu6: ({ op }, x) => op('Max', [x, x]) },
      'compares tensors: only with one number, as a ReLU or ReLU6 does',
    ],
    [
      'the hard swish of MobileNetV3',
      { relu6: ({ op }, x) => op('HardSwish', [x]), opset: 14 },
      'Networks such as MobileNetV3 and EfficientNet have it',
    ],
    [
      'a bound below zero',
      { relu6: (pen, x) => pen.op('Max', [x, pen.floats([], [-1])]) },
      'clips to -1 and Infinity: only a ReLU',
    ],
    [
      'the mean of rows alone, channels last',
      {
        pool({ op }, x) {
          const rows = op('ReduceMean', [op('Transpose', [x], { perm: [0, 2, 3, 1] })], { axes: [1], keepdims: 0 });
          return op('ReduceMean', [rows], { axes: [1], keepdims: 0 });
        },
      },
      'averages axes [1] of [1,2,2,1280]: only pixels may be averaged',
    ],
    [
      'pixels of channels last in one row',
      {
        pool: ({ op, ints }, x, channels) =>
          op('Reshape', [op('Transpose', [x], { perm: [0, 2, 3, 1] }), ints(-1, 4 * channels)]),
      },
      'of an image whose channels are last, [1,2,2,1280]',
    ],
  ])('%s', (_, change, sentence) => {
    const bytes = mobileExport(modelOf('torchvision', true), { ...TORCH, ...change });
    const read = () => readFloatNetwork(parseOnnx(bytes, 'mobile.onnx'), { normalization: UNIT });
    expect(read).toThrow(sentence);
  });
});
