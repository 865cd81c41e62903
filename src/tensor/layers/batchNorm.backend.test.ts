import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { addRelu } from './addRelu.ts';
import { openBackend, type BackendName } from '../backend.ts';
import { batchNormTrain, type BatchStatistics } from './batchNorm.ts';
import { backendsHere, platformHere } from '../testing/platform.ts';

const EPS = 1e-5;
/** Channels that fill the kernels' vectors, and channels that leave tails. */
const CHANNELS = [1, 3, 16, 21];

const random = (shape: number[], seed: number, mean = 0): tf.Tensor => tf.randomNormal(shape, mean, 1, 'float32', seed);

type Result = { y: Float32Array; mean: Float32Array; variance: Float32Array; gradients: Float32Array[] };

/** Output, statistics, and the gradients of sum(y * weight) with respect to x, gamma and beta. */
async function run(backend: BackendName, channels: number, relu: boolean): Promise<Result> {
  await openBackend(backend, await platformHere());
  const x = random([2, 5, 7, channels], 1, 3);
  const [gamma, beta, shift] = [random([channels], 2), random([channels], 3), tf.fill([channels], 2.5)];
  const found: BatchStatistics[] = [];
  const forward = (...[a, b, c]: tf.Tensor[]): tf.Tensor4D =>
    batchNormTrain(
      a as tf.Tensor4D,
      b as tf.Tensor1D,
      c as tf.Tensor1D,
      shift as tf.Tensor1D,
      EPS,
      relu,
      (statistics) => found.push(statistics),
    );
  const y = forward(x, gamma, beta);
  const gradients = tf.grads((...inputs) =>
    forward(...inputs)
      .mul(random(y.shape, 4))
      .sum(),
  )([x, gamma, beta]);
  const data = async (t: tf.Tensor): Promise<Float32Array> => (await t.data()) as Float32Array;
  return {
    y: await data(y),
    mean: await data(found[0].mean),
    variance: await data(found[0].variance),
    gradients: await Promise.all(gradients.map(data)),
  };
}

function expectClose(actual: Float32Array, expected: ArrayLike<number>, tolerance: number): void {
  const size = Array.from(expected).reduce((top, value) => Math.max(top, Math.abs(value)), 0);
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(tolerance * size));
}

describe.each(backendsHere)('batch norm in training on %s', (backend) => {
  for (const channels of CHANNELS) {
    test.each([true, false])(
      `${channels} channels, relu %s: output, statistics and gradients equal the CPU backend's`,
      { timeout: 60_000 },
      async (relu) => {
        const expected = await run('cpu', channels, relu);
        const actual = await run(backend, channels, relu);
        expectClose(actual.y, expected.y, 1e-5);
        expectClose(actual.mean, expected.mean, 1e-5);
        expectClose(actual.variance, expected.variance, 1e-5);
        expected.gradients.forEach((gradient, i) => expectClose(actual.gradients[i], gradient, 1e-4));
      },
    );
  }
});

describe.each(['cpu', ...backendsHere] as const)('gradients by their definition on %s', (backend) => {
  test('batch norm: finite differences of the input', { timeout: 60_000 }, async () => {
    await openBackend(backend, await platformHere());
    const [gamma, beta, shift] = [tf.tensor1d([1.3, -0.7]), tf.tensor1d([0.2, 0.1]), tf.zeros([2]) as tf.Tensor1D];
    const weight = random([1, 2, 3, 2], 9);
    const loss = (x: tf.Tensor): tf.Scalar =>
      batchNormTrain(x as tf.Tensor4D, gamma, beta, shift, EPS, false, (found) =>
        tf.dispose([found.mean, found.variance]),
      )
        .mul(weight)
        .sum();
    const x = random([1, 2, 3, 2], 8);
    const gradient = (await tf.grad(loss)(x).data()) as Float32Array;
    const values = (await x.data()) as Float32Array;
    const STEP = 1e-2;
    const lossAt = async (i: number, step: number): Promise<number> => {
      const moved = values.slice();
      moved[i] += step;
      return (await loss(tf.tensor(moved, x.shape)).data())[0];
    };
    for (let i = 0; i < values.length; i++) {
      const slope = ((await lossAt(i, STEP)) - (await lossAt(i, -STEP))) / (2 * STEP);
      expect(Math.abs(gradient[i] - slope)).toBeLessThan(5e-3);
    }
  });

  test('add + ReLU: the gradient passes to both sides where the sum is positive', async () => {
    await openBackend(backend, await platformHere());
    const p = tf.tensor4d([1, -2, 3, -1, 0.5], [1, 1, 1, 5]);
    const q = tf.tensor4d([1, 1, -5, 4, -0.5], [1, 1, 1, 5]);
    expect(Array.from(await addRelu(p, q).data())).toEqual([2, 0, 0, 3, 0]);
    const gradients = tf.grads((a, b) =>
      addRelu(a as tf.Tensor4D, b as tf.Tensor4D)
        .mul(tf.tensor4d([1, 2, 3, 4, 5], [1, 1, 1, 5]))
        .sum(),
    )([p, q]);
    for (const gradient of gradients) expect(Array.from(await gradient.data())).toEqual([1, 0, 0, 4, 0]);
  });
});
