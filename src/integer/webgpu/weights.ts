/** Weights as the shaders read them: packed at their bits, and what a channel adds and multiplies. */
import type { ActivationParams, QuantizedWeights } from '../../quant/types.ts';
import { requantizeMultiplier } from '../reference/conv.ts';
import { perChannel } from '../reference/weights.ts';
import { CHUNK_WORDS, type Form } from './shaders/conv.ts';

const f32 = Math.fround;

/** Codes in a chunk. */
const CHUNK = CHUNK_WORDS * 4;
/** Words of a channel's entry: bias, multiplier, zero point, one spare. */
const ENTRY = 4;

/** Where a window's codes lie when each pixel's channels are filled up to whole words. */
export type Depth = { readonly taps: number; readonly inChannels: number };

export const depthWords = ({ taps, inChannels }: Depth): number => taps * Math.ceil(inChannels / 4);
export const chunksOf = (depth: Depth): number => Math.ceil(depthWords(depth) / CHUNK_WORDS);

/** What turns a code into a number from 0 to 2^bits - 1: signed codes are counted from the least that their bits hold. */
const offsetOf = ({ codes, bits }: QuantizedWeights): number => (codes instanceof Int8Array ? 2 ** (bits - 1) : 0);

/** See shaders/conv.ts: int8 holds all codes less their zero point but those of 8-bit affine weights. */
export function formOf({ codes, zeroPoint, qmin, qmax }: QuantizedWeights): Form {
  const fits = zeroPoint.every((zero) => qmin - zero >= -128 && qmax - zero <= 127);
  return codes instanceof Int8Array || fits ? 'signed' : 'unsigned';
}

/**
 * [chunks, outChannels, bits words]: of each chunk 32 codes, the first in the lowest bits, a code may straddle two words. What
 * fills up is the channel's zero point, which counts nothing.
 */
export function packWeights(weights: QuantizedWeights, depth: Depth): Uint32Array<ArrayBuffer> {
  const { codes, bits, bias, zeroPoint } = weights;
  const outChannels = bias.length;
  const offset = offsetOf(weights);
  const chunks = chunksOf(depth);
  const padded = Math.ceil(depth.inChannels / 4) * 4;
  const packed = new Uint32Array(chunks * outChannels * bits);
  for (let k = 0; k < chunks * CHUNK; k++) {
    const [tap, channel] = [Math.floor(k / padded), k % padded];
    const isReal = tap < depth.taps && channel < depth.inChannels;
    const row = (tap * depth.inChannels + channel) * outChannels;
    const [chunk, bit] = [Math.floor(k / CHUNK), (k % CHUNK) * bits];
    const [word, shift] = [bit >> 5, bit & 31];
    for (let o = 0; o < outChannels; o++) {
      const code = (isReal ? codes[row + o] : perChannel(zeroPoint, o)) + offset;
      const at = (chunk * outChannels + o) * bits + word;
      packed[at] |= code << shift;
      if (shift + bits > 32) packed[at + 1] |= code >>> (32 - shift);
    }
  }
  return packed;
}

/** A depthwise layer's [taps, channels filled up to fours], int32, less their zero point; what fills up is zero. */
export function depthwiseWeights({ codes, bias, zeroPoint }: QuantizedWeights): Uint32Array<ArrayBuffer> {
  const channels = bias.length;
  const padded = Math.ceil(channels / 4) * 4;
  const centred = new Int32Array((codes.length / channels) * padded);
  for (let i = 0; i < codes.length; i++) {
    const channel = i % channels;
    centred[Math.floor(i / channels) * padded + channel] = codes[i] - perChannel(zeroPoint, channel);
  }
  return new Uint32Array(centred.buffer);
}

/** What is taken off each code before it is multiplied: see channelTable. */
export const codeShift = (weights: QuantizedWeights): number => (formOf(weights) === 'signed' ? 128 : 0);

/**
 * One entry a channel, filled up to fours: what is added to the sum of products, what the total is multiplied by, the zero point of
 * the packed codes.
 * @param output null for a classifier, whose logits are real
 */
export function channelTable(
  weights: QuantizedWeights,
  input: ActivationParams,
  output: ActivationParams | null,
): Uint32Array<ArrayBuffer> {
  const { codes, bias, zeroPoint } = weights;
  const outChannels = bias.length;
  const words = new Uint32Array(Math.ceil(outChannels / 4) * 4 * ENTRY);
  const [integers, reals] = [new Int32Array(words.buffer), new Float32Array(words.buffer)];
  const sums = new Float64Array(outChannels);
  for (let i = 0; i < codes.length; i += outChannels) {
    for (let o = 0; o < outChannels; o++) sums[o] += codes[i + o] - perChannel(zeroPoint, o);
  }
  const multiplier = output
    ? requantizeMultiplier(input, weights, output, outChannels)
    : Float32Array.from({ length: outChannels }, (_, o) => f32(input.scale * perChannel(weights.scale, o)));
  // sum of (x - zero) * w = sum of (x - shift) * w + (shift - zero) * sum of w, wrapping as int32 does.
  const shift = codeShift(weights);
  for (let o = 0; o < outChannels; o++) {
    integers[o * ENTRY] = (bias[o] + (shift - input.zeroPoint) * sums[o]) | 0;
    reals[o * ENTRY + 1] = multiplier[o];
    integers[o * ENTRY + 2] = perChannel(zeroPoint, o) + offsetOf(weights);
  }
  return words;
}
