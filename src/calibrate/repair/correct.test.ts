import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normal, seededRandom } from '../../base/random.ts';
import type { QuantizedWeights } from '../../quant/types.ts';
import { correctedGain, correctedMean, outputMoments } from './correct.ts';

const CHANNELS = 3;
const ROWS = 500;
const INPUT_SCALE = 2 ** -6;
const scales = Float32Array.of(0.25, 0.5, 0.125);
const own = (perChannel = true): QuantizedWeights => ({
  bits: 4,
  shape: [1, CHANNELS],
  codes: Int8Array.of(3, -5, 7),
  qmin: -8,
  qmax: 7,
  scale: perChannel ? scales : scales.slice(0, 1),
  zeroPoint: new Int32Array(perChannel ? CHANNELS : 1),
  bias: Int32Array.of(0, 128, -256),
});
const realBias = (weights: QuantizedWeights): Float32Array =>
  Float32Array.from(weights.bias, (q, c) => q * INPUT_SCALE * weights.scale[weights.scale.length > 1 ? c : 0]);

/** What a channel wants, and the quantized layer's k-th of it, shifted and with noise. */
function outputs(gain: (c: number) => number, shift: (c: number) => number, noise: number, seed = 1) {
  const random = seededRandom(seed);
  const wanted = Float32Array.from({ length: ROWS * CHANNELS }, () => normal(random) + 0.5);
  return { wanted, found: wanted.map((y, i) => y * gain(i % CHANNELS) + shift(i % CHANNELS) + noise * normal(random)) };
}
const squared = (wanted: Float32Array, found: (i: number) => number): number =>
  wanted.reduce((sum, y, i) => sum + (y - found(i)) ** 2, 0) / wanted.length;

describe('gain correction', () => {
  test('of an output that is a line of the wanted one: the line is undone, to half a step of the bias', () => {
    const { wanted, found } = outputs(
      (c) => [0.8, 0.5, 1.1][c],
      (c) => [0.25, -1, 0][c],
      0,
    );
    const layer = own();
    const { weights, before, after } = correctedGain(
      outputMoments(wanted, found, CHANNELS),
      layer,
      realBias(layer),
      INPUT_SCALE,
    );
    [1 / 0.8, 1 / 0.5, 1 / 1.1].forEach((factor, c) =>
      expect(weights.scale[c] / layer.scale[c]).toBeCloseTo(factor, 5),
    );
    expect(weights.codes).toEqual(layer.codes);
    expect(before).toBeCloseTo(
      squared(wanted, (i) => found[i]),
      5,
    );
    const halfStep = (Math.max(...weights.scale) * INPUT_SCALE) / 2;
    expect(Math.sqrt(after)).toBeLessThanOrEqual(halfStep * 1.01);
  });

  test('with noise: no other factor and shift of a channel has less squared error', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: 0.4, max: 1.5, noNaN: true }),
        fc.double({ min: -0.3, max: 0.3, noNaN: true }),
        (seed, gain, nudge) => {
          const { wanted, found } = outputs(
            () => gain,
            () => 0.3,
            0.5,
            seed,
          );
          const layer = own();
          const bias = realBias(layer);
          const { weights, after } = correctedGain(outputMoments(wanted, found, CHANNELS), layer, bias, INPUT_SCALE);
          const corrected = realBias(weights);
          const k = (c: number): number => weights.scale[c] / layer.scale[c];
          const now = (i: number): number =>
            k(i % CHANNELS) * (found[i] - bias[i % CHANNELS]) + corrected[i % CHANNELS];
          expect(after).toBeCloseTo(squared(wanted, now), 4);
          const step = Math.max(...weights.scale) * INPUT_SCALE;
          expect(squared(wanted, (i) => now(i) * (1 + nudge) + nudge / 2)).toBeGreaterThan(after - step ** 2);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('one scale for the tensor gets one factor, that of all channels together', () => {
    const { wanted, found } = outputs(
      () => 0.5,
      () => 0,
      0,
    );
    const layer = own(false);
    const { weights } = correctedGain(outputMoments(wanted, found, CHANNELS), layer, realBias(layer), INPUT_SCALE);
    expect(weights.scale).toHaveLength(1);
    expect(weights.scale[0] / layer.scale[0]).toBeCloseTo(2, 5);
  });

  test('a channel that puts out one value, or the contrary of what it should, keeps its scale', () => {
    const { wanted, found } = outputs(
      (c) => [0, -1, 0.5][c],
      () => 2,
      0,
    );
    const layer = own();
    const { weights, before, after } = correctedGain(
      outputMoments(wanted, found, CHANNELS),
      layer,
      realBias(layer),
      INPUT_SCALE,
    );
    expect([weights.scale[0], weights.scale[1]]).toEqual([layer.scale[0], layer.scale[1]]);
    expect(after).toBeLessThan(before);
  });
});

describe('bias correction', () => {
  test('of a shifted output: the shift is undone to half a step, scales and codes stay', () => {
    const { wanted, found } = outputs(
      () => 1,
      (c) => [0.25, -1, 0.7][c],
      0,
    );
    const layer = own();
    const { weights, after } = correctedMean(
      outputMoments(wanted, found, CHANNELS),
      layer,
      realBias(layer),
      INPUT_SCALE,
    );
    expect(weights.scale).toEqual(layer.scale);
    expect(weights.codes).toEqual(layer.codes);
    expect(Math.sqrt(after)).toBeLessThanOrEqual(((Math.max(...scales) * INPUT_SCALE) / 2) * 1.01);
  });

  test('makes the means right and leaves a gain as it is, which gain correction does not', () => {
    const { wanted, found } = outputs(
      () => 0.5,
      () => 0,
      0,
    );
    const layer = own();
    const moments = outputMoments(wanted, found, CHANNELS);
    const { after } = correctedMean(moments, layer, realBias(layer), INPUT_SCALE);
    expect(after).toBeCloseTo(
      squared(wanted, (i) => 0.5 * (wanted[i] - moments.wanted[i % CHANNELS]) + moments.wanted[i % CHANNELS]),
      3,
    );
    expect(correctedGain(moments, layer, realBias(layer), INPUT_SCALE).after).toBeLessThan(after / 100);
  });

  test('never ends above what it began with, whatever was found', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 2, noNaN: true }), (seed, noise) => {
        const { wanted, found } = outputs(
          (c) => c,
          () => 0,
          noise,
          seed,
        );
        const layer = own();
        for (const correct of [correctedMean, correctedGain]) {
          const { before, after } = correct(
            outputMoments(wanted, found, CHANNELS),
            layer,
            realBias(layer),
            INPUT_SCALE,
          );
          expect(after).toBeLessThanOrEqual(before);
        }
      }),
      { numRuns: 30 },
    );
  });
});
