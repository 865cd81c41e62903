import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { dequantizeValue, quantizeValue } from '../../quant/affine.ts';
import type { AffineParams } from '../../quant/types.ts';
import { openBackend } from '../backend.ts';
import { FakeQuantize, fakeQuantize } from './fakeQuantize.ts';
import { backendsHere, platformHere } from '../testing/platform.ts';

const GRIDS: AffineParams[] = [
  { scale: Math.fround(0.1), zeroPoint: 0, qmin: 0, qmax: 15 },
  { scale: Math.fround(0.037), zeroPoint: 11, qmin: 0, qmax: 31 },
  { scale: 0.25, zeroPoint: 0, qmin: -8, qmax: 7 },
  { scale: 1, zeroPoint: 255, qmin: 0, qmax: 255 },
];

/** Ties (with scale 0.25: multiples of 0.125), values outside the range, and everything between. */
const VALUES = Float32Array.from([
  ...Array.from({ length: 161 }, (_, i) => (i - 80) / 16),
  0.125,
  0.375,
  -0.125,
  300,
  -300,
  0,
]);

describe.each(['cpu', ...backendsHere] as const)('fake quantization on %s', (backend) => {
  test.each(GRIDS)('is the arithmetic of src/quant, bit for bit: %o', { timeout: 60_000 }, async (grid) => {
    await openBackend(backend, await platformHere());
    const actual = (await fakeQuantize(tf.tensor1d(VALUES), grid).data()) as Float32Array;
    const expected = VALUES.map((x) => dequantizeValue(quantizeValue(x, grid), grid));
    // A grid's scale is exact in every backend; WebGPU's division may be off by one unit in the last place, which moves a tie.
    const steps = Array.from(actual, (value, i) => Math.round((value - expected[i]) / grid.scale));
    if (backend !== 'webgpu') expect(Array.from(actual, (v) => v + 0)).toEqual(Array.from(expected, (v) => v + 0));
    expect(steps.filter((step) => Math.abs(step) > 1)).toEqual([]);
    expect(steps.filter((step) => step !== 0).length).toBeLessThanOrEqual(2);
  });

  test('passes the gradient straight through inside the range, and nothing outside', async () => {
    await openBackend(backend, await platformHere());
    const grid = { scale: 0.5, zeroPoint: 2, qmin: 0, qmax: 15 };
    const x = tf.tensor1d([-1.1, -1, -0.3, 0, 3.2, 6.5, 6.6]);
    const gradient = tf.grad((v) =>
      fakeQuantize(v, grid)
        .mul(tf.tensor1d([1, 2, 3, 4, 5, 6, 7]))
        .sum(),
    )(x);
    expect(Array.from(await gradient.data())).toEqual([0, 2, 3, 4, 5, 6, 0]);
  });

  test('as a layer, is saved and loaded with its grid', async () => {
    await openBackend(backend, await platformHere());
    const params = GRIDS[1];
    const input = tf.input({ shape: [4] });
    const model = tf.model({
      inputs: input,
      outputs: new FakeQuantize({ name: 'grid', params }).apply(input) as tf.SymbolicTensor,
    });
    const topology = JSON.parse(model.toJSON() as string) as Parameters<typeof tf.models.modelFromJSON>[0];
    const copy = await tf.models.modelFromJSON(topology);
    expect((copy.getLayer('grid') as FakeQuantize).params).toEqual(params);
  });

  test('a learned step is held above a share of its first range, at other bits too; a fixed one is left alone', async () => {
    await openBackend(backend, await platformHere());
    const gridAt = (ranges: 'learned' | 'fixed'): FakeQuantize => {
      const layer = new FakeQuantize({ params: { scale: 0.5, zeroPoint: 2, qmin: 0, qmax: 15 }, bits: 4, ranges });
      layer.apply(tf.zeros([1, 4]));
      return layer;
    };
    async function held({ quantizer }: FakeQuantize, step: number): Promise<number> {
      const scale = quantizer?.variables.get('scale') ?? expect.unreachable();
      const tensor = tf.tensor1d([step]);
      scale.write(tensor);
      tensor.dispose();
      quantizer?.hold();
      return (await scale.read().data())[0];
    }
    const layer = gridAt('learned');
    for (const [step, kept] of [
      [0.4, 0.4],
      [1e-9, 0.0625],
      [-3, 0.0625],
    ])
      expect(await held(layer, step)).toBeCloseTo(kept, 6);
    layer.setBits(2);
    expect(await held(layer, 0.01)).toBeCloseTo(0.3125, 6);
    expect(await held(gridAt('fixed'), 0.01)).toBeCloseTo(0.01, 6);
  });
});
