import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { openBackend } from '../backend.ts';
import { nodePlatform } from './node.ts';

type Case = { kernel: number; stride: number; side: number; inChannels: number; outChannels: number };

const CASES: Case[] = [1, 3, 7].flatMap((kernel) =>
  [1, 2].flatMap((stride) =>
    [
      { side: 9, inChannels: 3, outChannels: 5 },
      { side: 8, inChannels: 16, outChannels: 8 },
      { side: 7, inChannels: 6, outChannels: 17 },
      { side: 34, inChannels: 4, outChannels: 8 },
      { side: 1, inChannels: 8, outChannels: 5 },
      { side: 2, inChannels: 3, outChannels: 8 },
    ].map((rest) => ({ kernel, stride, ...rest })),
  ),
);

/** Both gradients of sum(conv(x, w) * weight), on the backend named. */
async function gradients(
  { kernel, stride, side, inChannels, outChannels }: Case,
  backend: string,
): Promise<Float32Array[]> {
  await tf.setBackend(backend);
  const x = tf.randomNormal<tf.Rank.R4>([2, side, side, inChannels], 0, 1, 'float32', 1);
  const w = tf.randomNormal<tf.Rank.R4>([kernel, kernel, inChannels, outChannels], 0, 1, 'float32', 2);
  const results = tf.tidy(() => {
    const loss = (x_: tf.Tensor, w_: tf.Tensor): tf.Scalar => {
      const y = tf.conv2d(x_ as tf.Tensor4D, w_ as tf.Tensor4D, stride, (kernel - 1) / 2);
      return y.mul(tf.randomNormal(y.shape, 0, 1, 'float32', 3)).sum();
    };
    return tf.grads(loss)([x, w]);
  });
  return Promise.all(results.map(async (t) => (await t.data()) as Float32Array));
}

const largest = (list: Float32Array): number => list.reduce((top, value) => Math.max(top, Math.abs(value)), 0);

describe('convolution gradients on WASM', () => {
  beforeAll(async () => {
    await openBackend('cpu', nodePlatform);
    await openBackend('wasm', nodePlatform);
  });

  test.each(CASES)(
    'the convolution itself, $kernel x $kernel, stride $stride, $side x $side, equals the CPU backend',
    async (shape) => {
      const { kernel, stride, side, inChannels, outChannels } = shape;
      const outputs: Float32Array[] = [];
      for (const backend of ['cpu', 'wasm']) {
        await tf.setBackend(backend);
        const x = tf.randomNormal<tf.Rank.R4>([2, side, side, inChannels], 0, 1, 'float32', 1);
        const filter = tf.randomNormal<tf.Rank.R4>([kernel, kernel, inChannels, outChannels], 0, 1, 'float32', 2);
        const bias = tf.randomNormal<tf.Rank.R1>([outChannels], 0, 1, 'float32', 3);
        const pad = (kernel - 1) / 2;
        outputs.push((await tf.conv2d(x, filter, stride, pad).data()) as Float32Array);
        outputs.push(
          (await tf.fused.conv2d({ x, filter, strides: stride, pad, bias, activation: 'relu' }).data()) as Float32Array,
        );
      }
      const [expected, expectedFused, actual, actualFused] = outputs;
      for (const [y, wanted] of [
        [actual, expected],
        [actualFused, expectedFused],
      ]) {
        expect(y.length).toBe(wanted.length);
        expect(largest(y.map((value, i) => value - wanted[i]))).toBeLessThanOrEqual(1e-5 * largest(wanted));
      }
    },
  );

  test('two threads run where there are two cores', async () => {
    const { threads } = await openBackend('wasm', nodePlatform);
    expect(threads).toBe(Math.min(8, nodePlatform.cores));
  });

  test.each(CASES)(
    '$kernel x $kernel, stride $stride, $side x $side x $inChannels -> $outChannels equals the CPU backend',
    async (shape) => {
      const [expected, actual] = [await gradients(shape, 'cpu'), await gradients(shape, 'wasm')];
      for (const [i, gradient] of actual.entries()) {
        expect(gradient.length).toBe(expected[i].length);
        const tolerance = 1e-5 * largest(expected[i]);
        const error = largest(gradient.map((value, k) => value - expected[i][k]));
        expect(error).toBeLessThanOrEqual(tolerance);
      }
    },
  );
});
