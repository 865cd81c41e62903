/** Depthwise convolutions, ReLU6 and average pools on every backend: forward and gradients as plain loops in float64 have them. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { normal, seededRandom } from '../../base/random.ts';
import { activated, RELU6 } from '../../graph/activations.ts';
import type { Activation, ConvNode, Padding, Size2 } from '../../graph/types.ts';
import { isInside, windowCounts, windowPixels } from '../../graph/window.ts';
import { openBackend } from '../backend.ts';
import { backendsHere, platformHere } from '../testing/platform.ts';
import { averagePooled, forwardNode } from './forward.ts';

type Case = {
  readonly size: Size2;
  readonly channels: number;
  readonly kernel: Size2;
  readonly stride: number;
  readonly padding: Padding;
};

/** Channels that fill vectors and that leave tails; images smaller than the window; Keras' `same` at stride 2. */
const CASES: readonly Case[] = [
  { size: [7, 9], channels: 16, kernel: [3, 3], stride: 1, padding: 1 },
  { size: [8, 8], channels: 21, kernel: [3, 3], stride: 2, padding: [0, 0, 1, 1] },
  { size: [7, 6], channels: 3, kernel: [3, 3], stride: 2, padding: 1 },
  { size: [2, 2], channels: 5, kernel: [3, 3], stride: 1, padding: 1 },
  { size: [1, 1], channels: 8, kernel: [3, 3], stride: 2, padding: 1 },
  { size: [9, 8], channels: 12, kernel: [5, 5], stride: 2, padding: [1, 2, 2, 1] },
  { size: [6, 7], channels: 7, kernel: [1, 4], stride: 3, padding: [0, 1, 0, 2] },
  { size: [5, 5], channels: 1, kernel: [3, 3], stride: 1, padding: 1 },
];
const IMAGES = 2;

function numbers(count: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count }, () => normal(random));
}

/** Calls back with the places in x, kernel and y of each product. */
function eachProduct(
  { size: [height, width], channels, ...window }: Case,
  product: (x: number, w: number, y: number) => void,
): void {
  const [rows, columns] = windowCounts(window, [height, width]);
  for (let image = 0; image < IMAGES; image++)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        windowPixels(window, row, column).forEach(([py, px], tap) => {
          if (!isInside(py, px, [height, width])) return;
          for (let c = 0; c < channels; c++)
            product(
              ((image * height + py) * width + px) * channels + c,
              tap * channels + c,
              ((image * rows + row) * columns + column) * channels + c,
            );
        });
}

function shapesOf(shape: Case) {
  const [rows, columns] = windowCounts(shape, shape.size);
  return {
    x: [IMAGES, ...shape.size, shape.channels],
    w: [...shape.kernel, 1, shape.channels],
    y: [IMAGES, rows, columns, shape.channels],
  };
}

async function expectClose(found: tf.Tensor, wanted: Float64Array, tolerance = 2e-5): Promise<void> {
  const data = await found.data();
  const size = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-30);
  expect(data.length).toBe(wanted.length);
  data.forEach((value, i) => expect(Math.abs(value - wanted[i])).toBeLessThanOrEqual(tolerance * size));
}

const nodeOf = ({ channels, kernel, stride, padding }: Case, activation: Activation | null): ConvNode => ({
  kind: 'conv',
  name: 'depthwise',
  input: 'x',
  kernel,
  stride,
  padding,
  inChannels: channels,
  outChannels: channels,
  groups: channels,
  bias: true,
  batchNorm: null,
  activation,
});

describe.each(['cpu', ...backendsHere] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await openBackend(backend, await platformHere());
  });

  test.each(CASES)('$size x $channels, kernel $kernel, stride $stride, padding $padding', async (shape) => {
    const shapes = shapesOf(shape);
    const [x, w, dy] = [shapes.x, shapes.w, shapes.y].map((each, seed) =>
      numbers(tf.util.sizeFromShape(each), seed + 1),
    );
    const bias = numbers(shape.channels, 9);
    const y = Float64Array.from(dy, (_, i) => bias[i % shape.channels]);
    eachProduct(shape, (i, k, o) => (y[o] += x[i] * w[k]));
    // 0.5 as a bound, so that many values lie above it, many between, and many below zero.
    const bound = { max: 0.5 };
    for (const activation of [null, RELU6, bound]) {
      const node = nodeOf(shape, activation);
      const forward = (image: tf.Tensor, kernel: tf.Tensor): tf.Tensor =>
        forwardNode(node, [image], { kernel, bias: tf.tensor1d(bias) });
      const [image, kernel] = [tf.tensor(x, shapes.x), tf.tensor(w, shapes.w)];
      await expectClose(
        forward(image, kernel),
        y.map((value) => activated(value, activation)),
      );
      const [dx, dw] = tf.grads((...inputs) => forward(inputs[0], inputs[1]).mul(tf.tensor(dy, shapes.y)).sum())([
        image,
        kernel,
      ]);
      const expected = { dx: new Float64Array(x.length), dw: new Float64Array(w.length) };
      eachProduct(shape, (i, k, o) => {
        const passes = activated(y[o], activation) === y[o];
        if (!passes) return;
        expected.dx[i] += w[k] * dy[o];
        expected.dw[k] += x[i] * dy[o];
      });
      await expectClose(dx, expected.dx);
      await expectClose(dw, expected.dw);
    }
  });

  test.each(CASES.filter(({ kernel, padding }) => Math.max(...[padding].flat()) < Math.min(...kernel)))(
    'an average pool of $size x $channels, kernel $kernel, stride $stride, padding $padding',
    async (shape) => {
      const shapes = shapesOf(shape);
      const [x, dy] = [shapes.x, shapes.y].map((each, seed) => numbers(tf.util.sizeFromShape(each), seed + 1));
      const [y, counts] = [new Float64Array(dy.length), new Float64Array(dy.length)];
      eachProduct(shape, (i, _, o) => {
        y[o] += x[i];
        counts[o]++;
      });
      const pool = (image: tf.Tensor): tf.Tensor => averagePooled(image, shape);
      await expectClose(
        pool(tf.tensor(x, shapes.x)),
        y.map((sum, i) => sum / counts[i]),
      );
      const dx = tf.grad((image) => pool(image).mul(tf.tensor(dy, shapes.y)).sum())(tf.tensor(x, shapes.x));
      const expected = new Float64Array(x.length);
      eachProduct(shape, (i, _, o) => (expected[i] += dy[o] / counts[o]));
      await expectClose(dx, expected);
    },
  );
});
