/** A layer's squared output error as a quadratic form of its weights, channel by channel. */
import type { QuantizedWeights } from '../../quant/types.ts';
import { gramOf, type Moments } from '../../tensor/reconstruct/gram.ts';
import { dequantizeValue } from '../../quant/affine.ts';
import { gridOfChannel, withCodes } from '../codes.ts';

/** Mean squared output error of each channel, w' gram w - 2 w' cross + power, [out]. */
export function channelErrors(moments: Moments, weights: QuantizedWeights): Float64Array {
  const { depth, out, cross, power } = moments;
  const errors = Float64Array.from(power);
  const w = new Float64Array(depth);
  for (let c = 0; c < out; c++) {
    const [grid, gram] = [gridOfChannel(weights, c), gramOf(moments, c)];
    for (let i = 0; i < depth; i++) w[i] = dequantizeValue(weights.codes[i * out + c], grid);
    for (let i = 0; i < depth; i++) {
      let sum = 0;
      for (let j = 0; j < depth; j++) sum += gram[i * depth + j] * w[j];
      errors[c] += w[i] * (sum - 2 * cross[i * out + c]);
    }
  }
  return errors;
}

/** The better of two choices of codes for each output channel, and the error of both and of the result. */
export function betterOf(moments: Moments, nearest: QuantizedWeights, chosen: QuantizedWeights) {
  const before = channelErrors(moments, nearest);
  const after = channelErrors(moments, chosen);
  const codes = Array.from(chosen.codes, (code, i) =>
    after[i % moments.out] < before[i % moments.out] ? code : nearest.codes[i],
  );
  const least = before.map((error, c) => Math.min(error, after[c]));
  const sum = (errors: Float64Array) => errors.reduce((total, error) => total + Math.max(error, 0), 0);
  return { weights: withCodes(nearest, codes), before: sum(before), after: sum(least) };
}

/** Rounds of {@link flips}: it ends sooner, when no flip helps. */
const FLIP_ROUNDS = 20;

/**
 * Moves single codes one step up or down wherever that lowers the channel's error, until none does: what a gradient
 * leaves undone where weights can make up for each other.
 * @param kernel [depth, out]; a code stays one of the two neighbours of its weight
 */
export function flips(moments: Moments, kernel: Float32Array, weights: QuantizedWeights): QuantizedWeights {
  const { depth, out, cross } = moments;
  const codes = Int16Array.from(weights.codes);
  const slope = new Float64Array(depth);
  for (let c = 0; c < out; c++) {
    const { scale, zeroPoint, qmin, qmax } = gridOfChannel(weights, c);
    const gram = gramOf(moments, c);
    for (let i = 0; i < depth; i++) {
      slope[i] = -cross[i * out + c];
      for (let j = 0; j < depth; j++) slope[i] += gram[i * depth + j] * (codes[j * out + c] - zeroPoint) * scale;
    }
    for (let round = 0, moved = true; moved && round < FLIP_ROUNDS; round++) {
      moved = false;
      for (let i = 0; i < depth; i++) {
        const at = i * out + c;
        const step = kernel[at] / scale + zeroPoint < codes[at] ? -1 : 1;
        const change = step * scale;
        const next = codes[at] + step;
        if (next < qmin || next > qmax || 2 * change * slope[i] + change * change * gram[i * depth + i] >= 0) continue;
        codes[at] = next;
        moved = true;
        for (let j = 0; j < depth; j++) slope[j] += gram[j * depth + i] * change;
      }
    }
  }
  return withCodes(weights, codes);
}
