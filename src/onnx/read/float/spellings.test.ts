/** Every spelling that exporters have for pool, flatten and classifier computes what ONNX Runtime computes of the file. */
import { describe, expect, test } from 'vitest';
import { apart, logitsOf, outputOf, seededImages } from '../../testing/session.ts';
import { CHANNELS, CLASSES, linear, SIDE, spelled } from '../../testing/spelled.ts';
import type { Pen, Spelling } from '../../testing/spelled.ts';
import { addConstant } from '../../write/builder.ts';
import { parseOnnx } from '../parse.ts';
import { readFloatNetwork } from './readFloat.ts';
import { readOnnx } from '../read.ts';

const UNIT = { mean: [0, 0, 0], std: [1, 1, 1] };
const read = (bytes: Uint8Array) => readFloatNetwork(parseOnnx(bytes, 'f.onnx'), { normalization: UNIT });

const globalPool = ({ op }: Pen, image: string): string => op('GlobalAveragePool', [image]);
const flatten = (pen: Pen, pooled: string): string => pen.op('Flatten', [pooled]);
const usual = (pen: Pen, image: string): string => linear(pen, flatten(pen, globalPool(pen, image)));

/** `x.view(x.size(0), -1)`, as older exporters trace it. */
function sizeThenView({ op, ints, index }: Pen, pooled: string, opset: number): string {
  const size = op('Gather', [op('Shape', [pooled]), index(0)], { axis: 0 });
  const unsqueezed = (value: string): string =>
    opset < 13 ? op('Unsqueeze', [value], { axes: [0] }) : op('Unsqueeze', [value, ints(0)]);
  return op('Reshape', [pooled, op('Concat', [unsqueezed(size), unsqueezed(index(-1))], { axis: 0 })]);
}

const TAILS: Readonly<Record<string, Spelling>> = {
  'Flatten and Gemm': { tail: usual },
  'Flatten from a negative axis': {
    tail: (pen, image) => linear(pen, pen.op('Flatten', [globalPool(pen, image)], { axis: -3 })),
  },
  'Reshape to (-1, C)': {
    tail: (pen, image) => linear(pen, pen.op('Reshape', [globalPool(pen, image), pen.ints(-1, CHANNELS)])),
  },
  'Reshape to (0, -1)': {
    tail: (pen, image) => linear(pen, pen.op('Reshape', [globalPool(pen, image), pen.ints(0, -1)])),
  },
  'Reshape of a fixed batch': {
    batch: 2,
    tail: (pen, image) => linear(pen, pen.op('Reshape', [globalPool(pen, image), pen.ints(2, -1)])),
  },
  'Shape, Gather, Unsqueeze, Concat, Reshape': {
    tail: (pen, image) => linear(pen, sizeThenView(pen, globalPool(pen, image), 13)),
  },
  'the same in opset 11': {
    opset: 11,
    tail: (pen, image) => linear(pen, sizeThenView(pen, globalPool(pen, image), 11)),
  },
  'the same, of the image before an AveragePool': {
    opset: 9,
    tail: (pen, image) =>
      linear(pen, sizeThenView(pen, pen.op('AveragePool', [image], { kernel_shape: [SIDE, SIDE] }), 9)),
  },
  'AveragePool behind a Pad of zeros': {
    tail(pen, image) {
      const padded = pen.op('Pad', [image, pen.ints(0, 0, 0, 0, 0, 0, 0, 0)], { mode: 'constant' });
      return linear(
        pen,
        flatten(pen, pen.op('AveragePool', [padded], { kernel_shape: [SIDE, SIDE], strides: [8, 8] })),
      );
    },
  },
  'ReduceMean by attribute': {
    tail: (pen, image) => linear(pen, pen.op('ReduceMean', [image], { axes: [2, 3], keepdims: 0 })),
  },
  'ReduceMean by input, negative axes, then Reshape': {
    opset: 18,
    tail(pen, image) {
      const mean = pen.op('ReduceMean', [image, pen.ints(-1, -2)], { keepdims: 1 });
      return linear(pen, pen.op('Reshape', [mean, pen.ints(-1, CHANNELS)], { allowzero: 1 }));
    },
  },
  'ReduceMean of one axis after another': {
    tail(pen, image) {
      const rows = pen.op('ReduceMean', [image], { axes: [3], keepdims: 0 });
      return linear(pen, pen.op('ReduceMean', [rows], { axes: [2], keepdims: 0 }));
    },
  },
  'a mean of flattened pixels': {
    tail(pen, image) {
      const pixels = pen.op('Reshape', [image, pen.ints(0, CHANNELS, -1)]);
      return linear(pen, pen.op('ReduceMean', [pixels], { axes: [-1], keepdims: 0 }));
    },
  },
  'Squeeze of two axes': {
    opset: 11,
    tail: (pen, image) => linear(pen, pen.op('Squeeze', [globalPool(pen, image)], { axes: [2, 3] })),
  },
  'Squeeze, twice, by input': {
    tail(pen, image) {
      const once = pen.op('Squeeze', [globalPool(pen, image), pen.ints(-1)]);
      return linear(pen, pen.op('Squeeze', [once, pen.ints(-1)]));
    },
  },
  'x[:, :, 0, 0]': {
    tail(pen, image) {
      const column = pen.op('Gather', [globalPool(pen, image), pen.index(0)], { axis: 3 });
      return linear(pen, pen.op('Gather', [column, pen.index(0)], { axis: 2 }));
    },
  },
  'two pools': { tail: (pen, image) => linear(pen, flatten(pen, globalPool(pen, globalPool(pen, image)))) },
  'Dropout and Identity': {
    tail: (pen, image) => linear(pen, pen.op('Identity', [pen.op('Dropout', [flatten(pen, globalPool(pen, image))])])),
  },
  'Gemm as it lies, without a bias': {
    tail: (pen, image) => pen.op('Gemm', [flatten(pen, globalPool(pen, image)), pen.floats([CHANNELS, CLASSES])]),
  },
  'Gemm with factors': {
    tail: (pen, image) =>
      pen.op(
        'Gemm',
        [flatten(pen, globalPool(pen, image)), pen.floats([CHANNELS, CLASSES]), pen.floats([1, CLASSES])],
        {
          alpha: { float: 0.5 },
          beta: { float: 2 },
        },
      ),
  },
  'MatMul and Add': {
    tail(pen, image) {
      const product = pen.op('MatMul', [flatten(pen, globalPool(pen, image)), pen.floats([CHANNELS, CLASSES])]);
      return pen.op('Add', [pen.floats([CLASSES]), product]);
    },
  },
  'MatMul of transposed weights': {
    tail(pen, image) {
      const weights = pen.op('Transpose', [pen.floats([CLASSES, CHANNELS])], { perm: [1, 0] });
      return pen.op('MatMul', [flatten(pen, globalPool(pen, image)), weights]);
    },
  },
  'a 1x1 convolution for a classifier': {
    tail(pen, image) {
      const kernel = pen.floats([CLASSES, CHANNELS, 1, 1]);
      return flatten(pen, pen.op('Conv', [globalPool(pen, image), kernel, pen.floats([CLASSES])]));
    },
  },
  'an image of one pixel, flattened': {
    tail: (pen, image) =>
      linear(pen, flatten(pen, pen.op('MaxPool', [image], { kernel_shape: [SIDE, SIDE], strides: [8, 8] }))),
  },
};

const BODIES: Readonly<Record<string, Spelling>> = {
  'a batch norm by Mul and Add': {
    tail: usual,
    body({ op, floats }, input) {
      const conv = op('Conv', [input, floats([CHANNELS, 3, 3, 3])], { pads: [1, 1, 1, 1] });
      const scaled = op('Mul', [conv, floats([1, CHANNELS, 1, 1])]);
      return op('Relu', [op('Add', [scaled, floats([CHANNELS, 1, 1])])]);
    },
  },
  'a shortcut without parameters, and a Sum': {
    tail: usual,
    body({ op, floats, ints }, input) {
      const branch = op('Conv', [input, floats([CHANNELS, 3, 3, 3])], { pads: [1, 1, 1, 1], strides: [2, 2] });
      const rows = op('Slice', [input, ints(0), ints(2 ** 40), ints(2), ints(2)]);
      const pixels = op('Slice', [rows, ints(0), ints(2 ** 40), ints(3), ints(2)]);
      const shortcut = op('Pad', [pixels, ints(0, 1, 0, 0, 0, 2, 0, 0)], { mode: 'constant' });
      const sum = op('Relu', [op('Sum', [branch, shortcut])]);
      return op('Conv', [sum, floats([CHANNELS, CHANNELS, 1, 1])]);
    },
  },
  'the same with pads that are computed, as PyTorch traces F.pad': {
    tail: usual,
    body({ op, floats, ints }, input) {
      const branch = op('Conv', [input, floats([CHANNELS, 3, 3, 3])], { pads: [1, 1, 1, 1], strides: [2, 2] });
      const pixels = op('Slice', [input, ints(0, 0), ints(2 ** 40, 2 ** 40), ints(2, 3), ints(2, 2)]);
      const more = op('ConstantOfShape', [ints(2)]);
      const all = op('Concat', [ints(0, 0, 0, 0, 1, 2), op('Cast', [more], { to: 7 })], { axis: 0 });
      const pairs = op('Reshape', [all, ints(-1, 2)]);
      const reversed = op('Slice', [pairs, ints(-1), ints(-(2 ** 40)), ints(0), ints(-1)]);
      const pads = op('Cast', [op('Reshape', [op('Transpose', [reversed], { perm: [1, 0] }), ints(-1)])], { to: 7 });
      const shortcut = op('Pad', [pixels, pads, floats([], [0])], { mode: 'constant' });
      return op('Relu', [op('Add', [branch, shortcut])]);
    },
  },
  'an AveragePool of single pixels for a shortcut': {
    tail: usual,
    body({ op, floats, ints }, input) {
      const branch = op('Conv', [input, floats([CHANNELS, 3, 3, 3])], { pads: [1, 1, 1, 1], strides: [2, 2] });
      const pixels = op('AveragePool', [input], { kernel_shape: [1, 1], strides: [2, 2] });
      return op('Relu', [op('Add', [op('Pad', [pixels, ints(0, 0, 0, 0, 0, 3, 0, 0)]), branch])]);
    },
  },
  'zeros padded before the convolution, on two sides more than on the others': {
    tail: usual,
    body: ({ op, floats, ints }, input) =>
      op('Relu', [op('Conv', [op('Pad', [input, ints(0, 0, 0, 0, 0, 0, 1, 1)]), floats([CHANNELS, 3, 3, 3])])]),
  },
  'weights in 8 bits behind a DequantizeLinear': {
    tail: usual,
    body({ op, floats, builder }, input) {
      const codes = Int8Array.from({ length: CHANNELS * 27 }, (_, i) => ((i * 37) % 255) - 127);
      addConstant(builder, 'codes', [CHANNELS, 3, 3, 3], codes);
      const kernel = op('DequantizeLinear', ['codes', floats([CHANNELS], [0.01, 0.02, 0.01, 0.03, 0.01, 0.02])], {
        axis: 0,
      });
      return op('Relu', [op('Conv', [input, kernel], { pads: [1, 1, 1, 1] })]);
    },
  },
};

const OTHERS: Readonly<Record<string, Spelling>> = {
  'channels last': {
    tail: usual,
    dims: [SIDE, SIDE, 3],
    head: ({ op }, input) => op('Transpose', [input], { perm: [0, 3, 1, 2] }),
  },
  'names that no tensor may have': { tail: usual, names: { input: 'my input:0', output: 'scores (raw)' } },
  ...Object.fromEntries([9, 11, 13, 17].map((opset): [string, Spelling] => [`opset ${opset}`, { tail: usual, opset }])),
};

describe.each(Object.entries({ ...TAILS, ...BODIES, ...OTHERS }))('%s', (_, spelling) => {
  test('computes the same', async () => {
    const bytes = spelled(spelling);
    const { model } = read(bytes);
    const n = typeof spelling.batch === 'number' ? spelling.batch : 1;
    const images = seededImages(n, [SIDE, SIDE, 3]);
    const last = spelling.dims?.[2] === 3;
    const theirs = await outputOf(bytes, last ? channelsLast(images) : images, [
      n,
      ...(spelling.dims ?? [3, SIDE, SIDE]),
    ]);
    expect(apart(await logitsOf(model, images, n), theirs)).toBeLessThan(1e-4);
    expect(model.graph.nodes.map(({ name }) => name).filter((name) => !/^[A-Za-z0-9][-\w./]*$/.test(name))).toEqual([]);
  });
});

describe('said, not assumed', () => {
  test('a Softmax at the end is left away', async () => {
    const bytes = spelled({ tail: (pen, image) => pen.op('Softmax', [usual(pen, image)], { axis: 1 }) });
    const { model, notes } = read(bytes);
    const images = seededImages(1, [SIDE, SIDE, 3]);
    const powers = (await logitsOf(model, images, 1)).map(Math.exp);
    const sum = powers.reduce((a, b) => a + b, 0);
    expect(
      apart(
        powers.map((each) => each / sum),
        await outputOf(bytes, images, [1, 3, SIDE, SIDE]),
      ),
    ).toBeLessThan(1e-6);
    expect(notes.join()).toContain('The Softmax at its end is left away');
  });

  test.each<[string, number, (pen: Pen, input: string) => string]>([
    [
      'pixels from 0 to 1',
      1,
      ({ op, floats }, input) =>
        op('Div', [op('Sub', [input, floats([1, 3, 1, 1], [0.5, 0.4, 0.3])]), floats([3, 1, 1], [0.2, 0.3, 0.25])]),
    ],
    [
      'pixels from 0 to 255',
      255,
      ({ op, floats }, input) => {
        const unit = op('Mul', [input, floats([], [1 / 255])]);
        return op('Div', [
          op('Sub', [unit, floats([1, 3, 1, 1], [0.5, 0.4, 0.3])]),
          floats([1, 3, 1, 1], [0.2, 0.3, 0.25]),
        ]);
      },
    ],
    [
      'a batch norm of the input',
      1,
      ({ op, floats }, input) =>
        op(
          'BatchNormalization',
          [
            input,
            floats([3], [5, 10 / 3, 4]),
            floats([3], [0, 0, 0]),
            floats([3], [0.5, 0.4, 0.3]),
            floats([3], [1, 1, 1]),
          ],
          {
            epsilon: { float: 1e-9 },
          },
        ),
    ],
  ])('a normalization in the graph is the file’s own: %s', async (_, range, head) => {
    const bytes = spelled({ tail: usual, head });
    const { model, normalizationFrom } = read(bytes);
    expect(normalizationFrom).toBe('graph');
    [0.5, 0.4, 0.3].forEach((mean, c) => expect(model.normalization.mean[c]).toBeCloseTo(mean, 5));
    [0.2, 0.3, 0.25].forEach((std, c) => expect(model.normalization.std[c]).toBeCloseTo(std, 5));
    const images = seededImages(1, [SIDE, SIDE, 3]);
    const { mean, std } = model.normalization;
    const normalized = images.map(
      (each, i) => (each - mean[Math.floor(i / SIDE ** 2)]) / std[Math.floor(i / SIDE ** 2)],
    );
    const theirs = await outputOf(
      bytes,
      images.map((each) => each * range),
      [1, 3, SIDE, SIDE],
    );
    expect(apart(await logitsOf(model, normalized, 1), theirs)).toBeLessThan(1e-4);
  });

  test.each([true, false])('a second output is left aside, first in the list: %s', async (first) => {
    const bytes = spelled({
      tail(pen, image) {
        const pooled = globalPool(pen, image);
        pen.op('Sigmoid', [pooled]);
        pen.builder.nodes[pen.builder.nodes.length - 1].output = ['features'];
        return linear(pen, flatten(pen, pooled));
      },
      others: [{ name: 'features', first }],
    });
    const { model, notes } = read(bytes);
    const images = seededImages(1, [SIDE, SIDE, 3]);
    const theirs = await outputOf(bytes, images, [1, 3, SIDE, SIDE], 'logits');
    expect(apart(await logitsOf(model, images, 1), theirs)).toBeLessThan(1e-4);
    expect(notes).toEqual(['Of its outputs logits is read; features left aside.']);
  });

  test('batch norms in training mode', () => {
    const bytes = spelled({
      tail: usual,
      opset: 15,
      body({ op, floats }, input) {
        const conv = op('Conv', [input, floats([CHANNELS, 3, 3, 3])], { pads: [1, 1, 1, 1] });
        const ones = Array.from({ length: CHANNELS }, () => 1);
        const parts = [floats([CHANNELS]), floats([CHANNELS]), floats([CHANNELS]), floats([CHANNELS], ones)];
        return op('Relu', [op('BatchNormalization', [conv, ...parts], { training_mode: 1 })]);
      },
    });
    expect(read(bytes).notes.join()).toContain('It was exported in training mode');
  });

  test.each<[string, Spelling, string]>([
    [
      'images of one channel',
      { tail: usual, dims: [1, SIDE, SIDE], body: ({ op, floats }, x) => op('Conv', [x, floats([CHANNELS, 1, 1, 1])]) },
      'it takes images of one channel (grey)',
    ],
    [
      'a flatten of many pixels',
      { tail: ({ op, floats }, x) => op('Gemm', [op('Flatten', [x]), floats([CHANNELS * SIDE * SIDE, CLASSES])]) },
      'reads all 8 x 8 pixels of 6 channels: only their average',
    ],
    [
      'an average of some pixels',
      { tail: (pen, x) => usual(pen, pen.op('AveragePool', [x], { kernel_shape: [2, 2] })) },
      'averages 2 x 2 of 8 x 8 pixels',
    ],
    [
      'a part cut out',
      { tail: (pen, x) => usual(pen, pen.op('Slice', [x, pen.ints(1), pen.ints(4), pen.ints(2)])) },
      'cuts a part out of [1,6,8,8]',
    ],
    [
      'channels shuffled',
      { tail: (pen, x) => usual(pen, pen.op('Transpose', [x], { perm: [0, 2, 1, 3] })) },
      'reorders [1,6,8,8] by [0,2,1,3]',
    ],
    ['a Softmax in the middle', { tail: (pen, x) => usual(pen, pen.op('Softmax', [x])) }, 'Softmax'],
  ])('%s are refused by name', (_, spelling, message) => {
    expect(() => readOnnx(spelled(spelling), 'f.onnx', { normalization: UNIT })).toThrow(message);
  });
});

/** [1, C, H, W] to [1, H, W, C]. */
function channelsLast(images: Float32Array): Float32Array {
  return images.map((_, i) => images[(i % 3) * SIDE * SIDE + Math.floor(i / 3)]);
}
