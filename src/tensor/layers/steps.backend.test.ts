import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { normal, seededRandom } from '../../base/random.ts';
import { dequantizeValue, quantizeValue } from '../../quant/affine.ts';
import { openBackend } from '../backend.ts';
import { extremesOf, quantizeWithStep, type GridTensors } from './steps.ts';
import { backendsHere, platformHere } from '../testing/platform.ts';

/** 37 rows: the kernels' vectors leave tails in every grid below. */
const ROWS = 37;

type Case = {
  readonly name: string;
  readonly scale: number[];
  readonly zeroPoint: number[];
  readonly qmin: number;
  readonly qmax: number;
};

const CASES: readonly Case[] = [
  { name: 'after a ReLU, 4 bits', scale: [0.11], zeroPoint: [0], qmin: 0, qmax: 15 },
  { name: 'any sign, 3 bits', scale: [0.31], zeroPoint: [3], qmin: 0, qmax: 7 },
  {
    name: 'weights of 5 channels, 2 bits',
    scale: [0.7, 0.2, 0.05, 1.3, 0.4],
    zeroPoint: [0, 0, 0, 0, 0],
    qmin: -2,
    qmax: 1,
  },
];

/** Values whose quotient by any step above is far from a tie, so that no backend's division can tip one. */
function valuesFor({ scale }: Case): Float32Array {
  const random = seededRandom(5);
  const channels = scale.length === 1 ? 3 : scale.length;
  return Float32Array.from({ length: ROWS * channels }, (_, i) => {
    const step = scale[i % scale.length];
    const level = Math.round(normal(random) * 6);
    return step * (level + 0.8 * (random() - 0.5));
  });
}

const gridOf = ({ scale, zeroPoint, qmin, qmax }: Case): GridTensors => ({
  scale: tf.tensor1d(scale),
  zeroPoint: tf.tensor1d(zeroPoint),
  qmin,
  qmax,
});

const data = async (tensor: tf.Tensor): Promise<number[]> => Array.from(await tensor.data());

describe.each(['cpu', ...backendsHere] as const)('fake quantization with a learned step on %s', (backend) => {
  test.each(CASES)(
    '$name: forward, straight-through and LSQ gradient by their formulas',
    { timeout: 60_000 },
    async (grid) => {
      await openBackend(backend, await platformHere());
      const values = valuesFor(grid);
      const groups = grid.scale.length;
      const random = seededRandom(9);
      const dy = values.map(() => normal(random));
      const channels = groups === 1 ? 3 : groups;
      const shape: [number, number] = [ROWS, channels];
      const g = 0.25;
      const y = await data(quantizeWithStep(tf.tensor2d(values, shape), gridOf(grid)));
      const [dx, ds] = tf.grads((x, scale) =>
        quantizeWithStep(x, { ...gridOf(grid), scale: scale as tf.Tensor1D }, g)
          .mul(tf.tensor2d(dy, shape))
          .sum(),
      )([tf.tensor2d(values, shape), tf.tensor1d(grid.scale)]);
      const [dxValues, dsValues] = [await data(dx), await data(ds)];
      const expected = grid.scale.map(() => 0);
      values.forEach((x, i) => {
        const group = i % groups;
        const params = {
          scale: Math.fround(grid.scale[group]),
          zeroPoint: grid.zeroPoint[group],
          qmin: grid.qmin,
          qmax: grid.qmax,
        };
        const code = quantizeValue(x, params) - params.zeroPoint;
        const v = x / params.scale;
        const inside = v >= grid.qmin - params.zeroPoint && v <= grid.qmax - params.zeroPoint;
        expect(y[i]).toBeCloseTo(dequantizeValue(code + params.zeroPoint, params), 5);
        expect(dxValues[i] + 0).toBe(inside ? dy[i] : 0);
        expected[group] += g * dy[i] * (inside ? code - v : code);
      });
      expect(dsValues).toHaveLength(groups);
      dsValues.forEach((value, group) => expect(value).toBeCloseTo(expected[group], 4));
    },
  );

  test('a step driven below zero is held above it, and NaN stays NaN', async () => {
    await openBackend(backend, await platformHere());
    const grid = { scale: tf.tensor1d([-1]), zeroPoint: tf.tensor1d([0]), qmin: 0, qmax: 15 };
    expect(await data(quantizeWithStep(tf.tensor1d([0, 1, 2, 3, 4]), grid))).toEqual(
      [0, ...Array(4).fill(Math.fround(15e-8))].map((v) => expect.closeTo(v, 9)),
    );
    // WGSL may assume that there is no NaN.
    if (backend === 'webgpu') return;
    const values = await data(quantizeWithStep(tf.tensor1d([NaN, 1, 1, 1, NaN]), { ...grid, scale: tf.tensor1d([1]) }));
    expect(values).toEqual([NaN, 1, 1, 1, NaN]);
  });

  test('extremes: the least and the greatest value, wherever they are', async () => {
    await openBackend(backend, await platformHere());
    for (const [least, most] of [
      [0, 10],
      [10, 0],
      [3, 8],
      [4, 5],
    ]) {
      const values = Float32Array.from({ length: 11 }, (_, i) => (i === least ? -7.5 : i === most ? 9.25 : i / 4));
      const [low, high] = extremesOf(tf.tensor1d(values));
      expect([await data(low), await data(high)]).toEqual([[-7.5], [9.25]]);
    }
  });
});
