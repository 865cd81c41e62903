import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RELU } from '../graph/activations.ts';
import type { ConvNode, NamedArray } from '../graph/types.ts';
import { affineParams, quantizeValue, symmetricParams } from './affine.ts';
import { qRange } from './schemes.ts';
import { BITS, RANGE_METHODS, type QuantScheme } from './types.ts';
import { quantizeBias, quantizeWeights, smallestScaleFor } from './weights.ts';

const conv = (inChannels: number, outChannels: number): ConvNode => ({
  kind: 'conv',
  name: 'layer1',
  input: 'input',
  kernel: [1, 3],
  stride: 1,
  padding: 0,
  inChannels,
  outChannels,
  groups: 1,
  bias: true,
  batchNorm: null,
  activation: RELU,
});

const kernels = fc.integer({ min: 1, max: 5 }).chain((inChannels) =>
  fc.integer({ min: 1, max: 35 }).chain((outChannels) => {
    const size = 3 * inChannels * outChannels;
    const data = fc.array(fc.float({ min: -2, max: 2, noNaN: true }), { minLength: size, maxLength: size });
    return data.map((values): NamedArray => ({
      shape: [1, 3, inChannels, outChannels],
      data: Float32Array.from(values),
    }));
  }),
);

const schemes = fc.record({
  granularity: fc.constantFrom('perTensor', 'perChannel'),
  symmetric: fc.boolean(),
  range: fc.constantFrom(...RANGE_METHODS),
}) satisfies fc.Arbitrary<QuantScheme['weights']>;

describe('quantizeWeights', () => {
  test("every code is the one affine.ts gives with that channel's scale and zero point", () => {
    fc.assert(
      fc.property(kernels, schemes, fc.constantFrom(...BITS), (kernel, scheme, bits) => {
        const channels = kernel.shape[3];
        const { codes, scale, zeroPoint, qmin, qmax, shape } = quantizeWeights(
          conv(kernel.shape[2], channels),
          kernel,
          bits,
          scheme,
        );
        expect({ qmin, qmax }).toEqual(qRange(bits, scheme.symmetric));
        expect(shape).toEqual(kernel.shape);
        expect(codes).toBeInstanceOf(scheme.symmetric ? Int8Array : Uint8Array);
        const groups = scheme.granularity === 'perChannel' ? channels : 1;
        expect([scale.length, zeroPoint.length]).toEqual([groups, groups]);
        kernel.data.forEach((w, i) => {
          const g = i % groups;
          expect(codes[i]).toBe(quantizeValue(w, { scale: scale[g], zeroPoint: zeroPoint[g], qmin, qmax }));
        });
      }),
    );
  });

  test('min/max: each output channel has its own extremes', () => {
    // [1, 3, 1, 2]: channel 0 is -0.5, 0, 2; channel 1 is 10, 20, -40.
    const kernel = { shape: [1, 3, 1, 2], data: Float32Array.of(-0.5, 10, 0, 20, 2, -40) };
    const at4 = (scheme: QuantScheme['weights']) => quantizeWeights(conv(1, 2), kernel, 4, scheme);
    const perChannel = at4({ granularity: 'perChannel', symmetric: true, range: 'minmax' });
    expect([...perChannel.scale]).toEqual([
      symmetricParams(-0.5, 2, -8, 7).scale,
      symmetricParams(-40, 20, -8, 7).scale,
    ]);
    expect([...perChannel.codes]).toEqual([-2, 2, 0, 4, 7, -8]);
    const affine = at4({ granularity: 'perTensor', symmetric: false, range: 'minmax' });
    const expected = affineParams(-40, 20, 0, 15);
    expect([affine.scale[0], affine.zeroPoint[0]]).toEqual([expected.scale, expected.zeroPoint]);
    expect([...affine.codes]).toEqual([10, 12, 10, 15, 10, 0]);
  });

  test('a linear kernel [in, out] has its channels last too', () => {
    const node = {
      kind: 'linear',
      name: 'fc',
      input: 'mean',
      inFeatures: 2,
      outFeatures: 3,
      bias: true,
      activation: null,
    } as const;
    const kernel = { shape: [2, 3], data: Float32Array.of(7, 14, 0, -7, 7, 0) };
    const { codes, scale } = quantizeWeights(node, kernel, 4, {
      granularity: 'perChannel',
      symmetric: true,
      range: 'minmax',
    });
    expect([...scale]).toEqual([1, 2, 1]);
    expect([...codes]).toEqual([7, 7, 0, -7, 4, 0]);
  });

  test('refuses a weight that is not finite, naming layer and channel', () => {
    const kernel = { shape: [1, 3, 1, 2], data: Float32Array.of(1, 1, 1, NaN, 1, 1) };
    const quantize = (granularity: 'perTensor' | 'perChannel') => () =>
      quantizeWeights(conv(1, 2), kernel, 4, { granularity, symmetric: true, range: 'mse' });
    expect(quantize('perChannel')).toThrow('layer1.kernel, output channel 1: value 1 is NaN');
    expect(quantize('perTensor')).toThrow('layer1.kernel: value 3 is NaN');
  });
});

describe('quantizeBias', () => {
  test('rounds half to even at inputScale * weightScale, and saturates to int32', () => {
    const bias = Float32Array.of(0.125, 0.375, -0.625, 1e12, -1e12, 0);
    expect([...quantizeBias(bias, 0.5, Float32Array.of(0.5))]).toEqual([0, 2, -2, 2147483647, -2147483648, 0]);
    expect([...quantizeBias(Float32Array.of(1, 1), 0.5, Float32Array.of(1, 0.25))]).toEqual([2, 8]);
  });

  test('the product of the scales is a float32', () => {
    const [inputScale, weightScale] = [Math.fround(0.1), Math.fround(0.3)];
    const product = Math.fround(inputScale * weightScale);
    fc.assert(
      fc.property(fc.integer({ min: -1000, max: 1000 }), (k) => {
        const [code] = quantizeBias(Float32Array.of(k * product), inputScale, Float32Array.of(weightScale));
        expect(code).toBe(k);
      }),
    );
  });
});

describe('smallestScaleFor', () => {
  test('keeps the bias of a nearly dead channel', () => {
    const kernel = { shape: [1, 3, 1, 2], data: Float32Array.of(1e-12, 1, -1e-12, 1, 0, 1) };
    const bias = Float32Array.of(0.5, 0.5);
    const inputScale = Math.fround(0.02);
    const scheme = { granularity: 'perChannel', symmetric: true, range: 'mse' } as const;
    const realBias = (smallest?: Float32Array) => {
      const { scale } = quantizeWeights(conv(1, 2), kernel, 4, scheme, smallest);
      return [...quantizeBias(bias, inputScale, scale)].map((q, c) => q * inputScale * scale[c]);
    };
    expect(realBias()[0]).toBeLessThan(0.001);
    const kept = realBias(smallestScaleFor(bias, inputScale));
    expect(kept[0]).toBeCloseTo(0.5, 6);
    expect(kept[1]).toBeCloseTo(0.5, 2);
  });
});
