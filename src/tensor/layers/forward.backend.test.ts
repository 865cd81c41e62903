/** Padding that differs by side, forward and backward: as if the image had been padded before. */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { normal, seededRandom } from '../../base/random.ts';
import { RELU } from '../../graph/activations.ts';
import type { ConvNode, MaxPoolNode } from '../../graph/types.ts';
import { openBackend } from '../backend.ts';
import { backendsHere, platformHere } from '../testing/platform.ts';
import { forwardNode } from './forward.ts';

const window = { input: 'x', kernel: [3, 3], stride: 2 } as const;
const conv: ConvNode = {
  ...window,
  kind: 'conv',
  name: 'conv',
  padding: [0, 1, 2, 1],
  inChannels: 2,
  outChannels: 3,
  groups: 1,
  bias: true,
  batchNorm: null,
  activation: RELU,
};
const pool: MaxPoolNode = { ...window, kind: 'maxPool', name: 'pool', padding: [1, 0, 0, 1] };

function padded(x: tf.Tensor, [top, left, bottom, right]: readonly number[], value: number): tf.Tensor {
  const sides: [[number, number], [number, number], [number, number], [number, number]] = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  return tf.pad4d(x as tf.Tensor4D, sides, value);
}

describe.each(backendsHere)('%s', (backend) => {
  test('a convolution and a max pool', async () => {
    await openBackend(backend, await platformHere());
    const random = seededRandom(3);
    const numbers = (shape: number[]): tf.Tensor =>
      tf.tensor(
        Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => normal(random)),
        shape,
      );
    const weights = { kernel: numbers([3, 3, 2, 3]), bias: numbers([3]) as tf.Tensor1D };
    const image = numbers([2, 7, 6, 2]);
    const cases = [
      { node: conv, sides: [0, 1, 2, 1], outside: 0 },
      { node: pool, sides: [1, 0, 0, 1], outside: -1e9 },
    ];
    for (const { node, sides, outside } of cases) {
      const own = (x: tf.Tensor): tf.Tensor => forwardNode(node, [x], weights);
      const before = (x: tf.Tensor): tf.Tensor =>
        forwardNode({ ...node, padding: 0 }, [padded(x, sides, outside)], weights);
      const gradient = (f: (x: tf.Tensor) => tf.Tensor): tf.Tensor => tf.grad((x) => f(x).square().sum())(image);
      const [y, expected] = [own(image), before(image)];
      expect(y.shape).toEqual(expected.shape);
      for (const [found, wanted] of [
        [y, expected],
        [gradient(own), gradient(before)],
      ]) {
        const [a, b] = [await found.data(), await wanted.data()];
        a.forEach((value, i) => expect(value).toBeCloseTo(b[i], 4));
      }
    }
  });
});
