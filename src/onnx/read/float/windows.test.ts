/** Windows that files say otherwise than a graph does, and what joins a layer, compute what ONNX Runtime computes of the file. */
import { describe, expect, test } from 'vitest';
import { apart, logitsOf, outputOf, seededImages } from '../../testing/session.ts';
import { CHANNELS, linear, SIDE, spelled } from '../../testing/spelled.ts';
import type { Pen, Spelling } from '../../testing/spelled.ts';
import { parseOnnx } from '../parse.ts';
import { writeFloatOnnx } from '../../write/float.ts';
import { readFloatNetwork } from './readFloat.ts';

const UNIT = { mean: [0, 0, 0], std: [1, 1, 1] };
const read = (bytes: Uint8Array) => readFloatNetwork(parseOnnx(bytes, 'f.onnx'), { normalization: UNIT });

const tail = (pen: Pen, image: string): string =>
  linear(pen, pen.op('Flatten', [pen.op('GlobalAveragePool', [image])]));

const first = ({ op, floats }: Pen, input: string): string =>
  op('Relu', [op('Conv', [input, floats([CHANNELS, 3, 3, 3])], { pads: [1, 1, 1, 1] })]);
const kernel = ({ floats }: Pen, side: number, from = CHANNELS): string => floats([CHANNELS, from, side, side]);

const SPELLINGS: Readonly<Record<string, Spelling>> = {
  ...Object.fromEntries(
    ['SAME_UPPER', 'SAME_LOWER', 'VALID'].flatMap((auto_pad) =>
      [1, 2].map((stride): [string, Spelling] => [
        `auto_pad ${auto_pad}, stride ${stride}`,
        {
          tail,
          body(pen, input) {
            const conv = pen.op('Conv', [input, kernel(pen, 3, 3)], { auto_pad, strides: [stride, stride] });
            const pool = pen.op('MaxPool', [pen.op('Relu', [conv])], {
              auto_pad,
              kernel_shape: [2, 2],
              strides: [2, 2],
            });
            return pen.op('Relu', [pen.op('Conv', [pool, kernel(pen, auto_pad === 'VALID' ? 1 : 2)], { auto_pad })]);
          },
        },
      ]),
    ),
  ),
  'a max pool that rounds its size up': {
    tail,
    body: (pen, input) =>
      pen.op('MaxPool', [first(pen, input)], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }),
  },
  'the same with pads, where the last window would begin outside': {
    tail,
    body: (pen, input) =>
      pen.op('MaxPool', [first(pen, input)], {
        kernel_shape: [3, 3],
        strides: [3, 3],
        pads: [1, 1, 1, 1],
        ceil_mode: 1,
      }),
  },
  'a shortcut of ResNet-D: an average, then a 1x1 convolution': {
    tail,
    body(pen, input) {
      const image = first(pen, input);
      const branch = pen.op('Conv', [image, kernel(pen, 3)], { pads: [1, 1, 1, 1], strides: [2, 2] });
      const average = pen.op('AveragePool', [image], { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 });
      return pen.op('Relu', [pen.op('Add', [branch, pen.op('Conv', [average, kernel(pen, 1)])])]);
    },
  },
  'an average in two steps': {
    tail,
    body: (pen, input) => pen.op('AveragePool', [first(pen, input)], { kernel_shape: [4, 4], strides: [4, 4] }),
  },
  'a shortcut of zeros that are joined': {
    tail,
    body(pen, input) {
      const branch = pen.op('Conv', [input, kernel(pen, 3, 3)], { pads: [1, 1, 1, 1], strides: [2, 2] });
      const pixels = pen.op('Slice', [
        input,
        pen.ints(0, 0),
        pen.ints(2 ** 40, 2 ** 40),
        pen.ints(2, 3),
        pen.ints(2, 2),
      ]);
      const zeros = (channels: number): string =>
        pen.floats([1, channels, SIDE / 2, SIDE / 2], Array<number>((channels * SIDE * SIDE) / 4).fill(0));
      return pen.op('Relu', [pen.op('Add', [branch, pen.op('Concat', [zeros(1), pixels, zeros(2)], { axis: 1 })])]);
    },
  },
  'zeros written as x.mul(0)': {
    tail,
    body(pen, input) {
      const branch = pen.op('Conv', [input, kernel(pen, 3, 3)], { pads: [1, 1, 1, 1], strides: [2, 2] });
      const pixels = pen.op('AveragePool', [input], { kernel_shape: [1, 1], strides: [2, 2] });
      const zeros = pen.op('Mul', [pixels, pen.floats([], [0])]);
      return pen.op('Relu', [pen.op('Add', [branch, pen.op('Concat', [pixels, zeros], { axis: 1 })])]);
    },
  },
  'a ReLU written as a Clip': {
    tail,
    body: (pen, input) => pen.op('Clip', [pen.op('Conv', [input, kernel(pen, 1, 3)]), pen.floats([], [0])]),
  },
};

describe.each(Object.entries(SPELLINGS))('%s', (_, spelling) => {
  test('computes the same', async () => {
    const bytes = spelled(spelling);
    const images = seededImages(1, [SIDE, SIDE, 3]);
    const theirs = await outputOf(bytes, images, [1, 3, SIDE, SIDE]);
    expect(apart(await logitsOf(read(bytes).model, images, 1), theirs)).toBeLessThan(1e-4);
  });
});

/** What MobileNets have and ResNets have not; a file of it is written again. */
const MOBILE: Readonly<Record<string, Spelling>> = {
  'a depthwise convolution': {
    tail,
    body: (pen, input) =>
      pen.op('Conv', [first(pen, input), pen.floats([CHANNELS, 1, 3, 3])], { group: CHANNELS, pads: [0, 0, 1, 1] }),
  },
  'a ReLU6': {
    tail,
    body: (pen, input) =>
      pen.op('Clip', [pen.op('Conv', [input, kernel(pen, 3, 3)]), pen.floats([], [0]), pen.floats([], [6])]),
  },
  'an average that a 3x3 convolution reads': {
    tail,
    body: (pen, input) =>
      pen.op('Conv', [pen.op('AveragePool', [first(pen, input)], { kernel_shape: [2, 2] }), kernel(pen, 3)]),
  },
  'an average that leaves its padding out': {
    tail,
    body: (pen, input) => pen.op('AveragePool', [first(pen, input)], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
  },
};

test.each(Object.entries(MOBILE))('%s is read, and written as the same', async (_, spelling) => {
  const bytes = spelled(spelling);
  const images = seededImages(1, [SIDE, SIDE, 3]);
  const theirs = await outputOf(bytes, images, [1, 3, SIDE, SIDE]);
  expect(apart(await outputOf(writeFloatOnnx(read(bytes).model), images, [1, 3, SIDE, SIDE]), theirs)).toBeLessThan(
    1e-5,
  );
});

describe('is refused by name, with what the file holds', () => {
  test.each<[string, Spelling['body'] & object, string]>([
    [
      'a ReLU behind an average, which is none before it',
      (pen, input) =>
        pen.op('Relu', [
          pen.op('AveragePool', [pen.op('Conv', [input, kernel(pen, 1, 3)])], {
            kernel_shape: [2, 2],
            strides: [2, 2],
          }),
        ]),
      'must follow conv or add directly',
    ],
    [
      'a ReLU of a layer that something else reads, too, under another name',
      (pen, input) => {
        const conv = pen.op('Conv', [input, kernel(pen, 1, 3)]);
        return pen.op('Add', [conv, pen.op('Relu', [pen.op('Identity', [conv])])]);
      },
      'must follow conv or add directly, and be the only one to read it',
    ],
    [
      'groups',
      (pen, input) => pen.op('Conv', [first(pen, input), pen.floats([CHANNELS, 2, 1, 1])], { group: 3 }),
      'is grouped: it has 3 groups, as in ResNeXt and RegNet. Only plain and depthwise convolutions can be imported: bring a ResNet or a MobileNet.',
    ],
    [
      'an activation that does not begin at zero',
      (pen, input) => pen.op('Clip', [first(pen, input), pen.floats([], [1]), pen.floats([], [6])]),
      'clips to 1 and 6: only a ReLU, or one with a bound',
    ],
    [
      'an average that counts its padding',
      (pen, input) =>
        pen.op('AveragePool', [first(pen, input)], { kernel_shape: [2, 2], pads: [1, 1, 1, 1], count_include_pad: 1 }),
      'counts the pixels of its padding',
    ],
    [
      'squeeze and excitation',
      (pen, input) => pen.op('Sigmoid', [first(pen, input)]),
      'Networks such as EfficientNet, MobileNetV3 and others with squeeze-and-excitation have it',
    ],
    [
      'branches that are joined',
      (pen, input) => pen.op('Concat', [first(pen, input), first(pen, input)], { axis: 1 }),
      'joins 2 tensors, as DenseNet, Inception and SqueezeNet do',
    ],
  ])('%s', (_, body, sentence) => expect(() => read(spelled({ tail, body }))).toThrow(sentence));
});
