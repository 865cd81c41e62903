/** A depthwise convolution's record, and its weights: eight channels of a tap side by side. */
import { padsOf } from '../../../graph/window.ts';
import { requantizeMultiplier } from '../../reference/conv.ts';
import { perChannel } from '../../reference/weights.ts';
import type { ActivationParams, QuantizedWeights } from '../../../quant/types.ts';
import type { Area } from '../area.ts';
import { CHANNELS, roundUp, type Placed } from '../plan.ts';
import type { WeightAreas } from './convStep.ts';
import type { Window } from './layers.ts';
import type { Packing } from './packing.ts';
import { STEP_KINDS, type StepRecord } from './record.ts';

const INT16_MAX = 32767;

/** @param elementBytes of a weight: 2 for int16, 4 for float32 */
export function depthwiseAreas({ taps, width, outChannels }: Packing, elementBytes: 2 | 4, area: Area): WeightAreas {
  const channels = roundUp(outChannels, CHANNELS);
  return {
    weights: area.take(taps * width * channels * elementBytes),
    bias: area.take(4 * channels),
    multiplier: area.take(4 * channels),
    coefficients: 0,
  };
}

/** Weights, bias and multiplier are still to come; grids, or the bounds of an activation, too. */
export function depthwiseRecord({ kernel, stride, padding }: Window, input: Placed, output: Placed): StepRecord {
  const { top, left } = padsOf({ padding });
  return {
    kind: STEP_KINDS.depthwise,
    source: input.at + (input.padding - top) * input.rowBytes + (input.padding - left) * input.pixelBytes,
    out: output.at + output.inside,
    rowStep: stride * input.rowBytes,
    pixelStep: stride * input.pixelBytes,
    imageRow: input.rowBytes,
    pixelBytes: input.pixelBytes,
    outRow: output.rowBytes,
    outPixel: output.pixelBytes,
    rows: output.height,
    columns: output.width,
    taps: kernel[0],
    run: kernel[1],
    blocks: Math.ceil(output.channels / CHANNELS),
  };
}

/**
 * Whether the sum of a whole window fits 16 bits, whatever the codes are: codes are never negative, so the weights above
 * zero bound it from one side, those below from the other.
 * @param most the largest code
 */
export function sumsFit16(weights: QuantizedWeights, most: number): boolean {
  const channels = weights.bias.length;
  const [above, below] = [new Float64Array(channels), new Float64Array(channels)];
  for (let i = 0; i < weights.codes.length; i++) {
    const weight = weights.codes[i] - perChannel(weights.zeroPoint, i % channels);
    if (weight > 0) above[i % channels] += weight;
    else below[i % channels] -= weight;
  }
  return [...above, ...below].every((sum) => sum * most <= INT16_MAX);
}

/** Fills the areas; the memory is zero before. */
export function writeDepthwise(
  memory: WebAssembly.Memory,
  areas: WeightAreas,
  packing: Packing,
  weights: QuantizedWeights,
  input: ActivationParams,
  output: ActivationParams,
): void {
  const { buffer } = memory;
  const channels = packing.outChannels;
  const sums = new Int32Array(channels);
  const centred = Int16Array.from(weights.codes, (code, i) => code - perChannel(weights.zeroPoint, i % channels));
  for (let i = 0; i < centred.length; i++) sums[i % channels] += centred[i];
  interleave(centred, packing, new Int16Array(buffer, areas.weights, packedLength(packing)));
  // sum of (x - zero) * w = sum of x * w - zero * sum of w, wrapping as int32 does.
  new Int32Array(buffer, areas.bias, channels).set(
    weights.bias.map((bias, c) => (bias - input.zeroPoint * sums[c]) | 0),
  );
  new Float32Array(buffer, areas.multiplier, channels).set(requantizeMultiplier(input, weights, output, channels));
}

export function writeDepthwiseFloats(
  memory: WebAssembly.Memory,
  areas: WeightAreas,
  packing: Packing,
  kernel: Float32Array,
  bias: Float32Array,
): void {
  interleave(kernel, packing, new Float32Array(memory.buffer, areas.weights, packedLength(packing)));
  new Float32Array(memory.buffer, areas.bias, packing.outChannels).set(bias);
}

const packedLength = ({ taps, width, outChannels }: Packing): number => taps * width * roundUp(outChannels, CHANNELS);

/** [taps, channels] to [blocks of 8 channels, taps, 8]. */
function interleave(
  values: Int16Array | Float32Array,
  { taps, width, outChannels }: Packing,
  out: Int16Array | Float32Array,
): void {
  for (let tap = 0; tap < taps * width; tap++) {
    for (let c = 0; c < outChannels; c++) {
      const block = Math.floor(c / CHANNELS);
      out[(block * taps * width + tap) * CHANNELS + (c % CHANNELS)] = values[tap * outChannels + c];
    }
  }
}
