/** What a layer's channels put out on average, put right after rounding: the mean, or the mean and the gain. */
import { quantizeBias, smallestScaleFor } from '../../quant/weights.ts';
import type { QuantizedWeights } from '../../quant/types.ts';
import { gridOfChannel } from '../codes.ts';

/** First and second moments of each output channel, [out]: `wanted` is the float output, `found` the quantized one. */
export type OutputMoments = {
  readonly wanted: Float64Array;
  readonly found: Float64Array;
  readonly wantedVariance: Float64Array;
  readonly foundVariance: Float64Array;
  readonly covariance: Float64Array;
};

/** @param wanted and `found`: [rows, channels] */
export function outputMoments(wanted: Float32Array, found: Float32Array, channels: number): OutputMoments {
  const rows = wanted.length / channels;
  const zeros = (): Float64Array => new Float64Array(channels);
  const moments = {
    wanted: zeros(),
    found: zeros(),
    wantedVariance: zeros(),
    foundVariance: zeros(),
    covariance: zeros(),
  };
  for (let row = 0, i = 0; row < rows; row++) {
    for (let c = 0; c < channels; c++, i++) {
      moments.wanted[c] += wanted[i] / rows;
      moments.found[c] += found[i] / rows;
    }
  }
  for (let row = 0, i = 0; row < rows; row++) {
    for (let c = 0; c < channels; c++, i++) {
      const y = wanted[i] - moments.wanted[c];
      const z = found[i] - moments.found[c];
      moments.wantedVariance[c] += (y * y) / rows;
      moments.foundVariance[c] += (z * z) / rows;
      moments.covariance[c] += (y * z) / rows;
    }
  }
  return moments;
}

/** Mean squared error over channels once a channel's output is scaled by its factor and shifted by its shift. */
function meanError(moments: OutputMoments, factors: ArrayLike<number>, shifts: ArrayLike<number>): number {
  const { wanted, found, wantedVariance, foundVariance, covariance } = moments;
  const errors = Array.from(wanted, (mean, c) => {
    const k = factors[c];
    const spread = wantedVariance[c] - 2 * k * covariance[c] + k * k * foundVariance[c];
    return Math.max(spread, 0) + (mean - k * found[c] - shifts[c]) ** 2;
  });
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

export type Corrected = { readonly weights: QuantizedWeights; readonly before: number; readonly after: number };

/** b_c += E[y_float] - E[y_quantized] (Nagel et al. 2019): the mean of each channel, to half a step of its bias. */
export function correctedMean(
  moments: OutputMoments,
  own: QuantizedWeights,
  bias: Float32Array,
  inputScale: number,
): Corrected {
  return rescaled(moments, own, bias, inputScale, new Float64Array(bias.length).fill(1));
}

/**
 * Scale and bias of each output channel by least squares, y_float ~ k y_quantized + d: s_c *= k and b_c = k b_c + d, codes
 * unchanged. Clipped weights and activations shrink what a channel puts out; a bias alone mends the mean and leaves the
 * rest out of proportion to it. One factor for all channels where the tensor has one scale.
 * k = cov(y_float, y_quantized) / var(y_quantized): of all factors the one of least squared error.
 */
export function correctedGain(
  moments: OutputMoments,
  own: QuantizedWeights,
  bias: Float32Array,
  inputScale: number,
): Corrected {
  const { covariance, foundVariance } = moments;
  const sum = (values: Float64Array): number => values.reduce((total, x) => total + x, 0);
  const perChannel = own.scale.length > 1;
  const wanted = perChannel
    ? covariance.map((value, c) => fit(value, foundVariance[c]))
    : new Float64Array(bias.length).fill(fit(sum(covariance), sum(foundVariance)));
  const least = smallestScaleFor(bias, inputScale);
  const factors = wanted.map((factor, c) => Math.max(factor, least[c] / gridOfChannel(own, c).scale));
  return rescaled(moments, own, bias, inputScale, perChannel ? factors : factors.fill(Math.max(...factors)));
}

/** No factor moves a channel further than this: what varies with its wanted output hardly at all is left as it is. */
const FURTHEST = 4;

function fit(covariance: number, variance: number): number {
  const factor = covariance / variance;
  return factor >= 1 / FURTHEST && factor <= FURTHEST ? factor : 1;
}

/** The weights with these factors on their scales and the biases that make the means right, rounded to their steps. */
function rescaled(
  moments: OutputMoments,
  own: QuantizedWeights,
  bias: Float32Array,
  inputScale: number,
  factors: Float64Array,
): Corrected {
  const { wanted, found } = moments;
  const scale = own.scale.map((s, g) => s * factors[g]);
  const ideal = bias.map((b, c) => b * factors[c] + wanted[c] - factors[c] * found[c]);
  const rounded = quantizeBias(ideal, inputScale, scale);
  const corrected = { ...own, scale, bias: rounded };
  // float32 rounding of a scale is part of its factor.
  const real = factors.map((_, c) => gridOfChannel(corrected, c).scale / gridOfChannel(own, c).scale);
  const shifts = Array.from(
    rounded,
    (q, c) => q * (inputScale * gridOfChannel(corrected, c).scale) - real[c] * bias[c],
  );
  const before = meanError(moments, new Float64Array(bias.length).fill(1), new Float64Array(bias.length));
  const after = meanError(moments, real, shifts);
  return after <= before ? { weights: corrected, before, after } : { weights: own, before, after: before };
}
