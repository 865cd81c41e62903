// Convolution with 2-bit weights by looking up: for four activations there are 16 sums of some of them (prepare.ts writes
// them down once a pixel); four weights' bits are the index of the sum that they pick. One instruction looks up 16 channels.
// After T-MAC (Wei et al. 2024, arXiv:2407.00088), one look-up for each bit plane of the weights.
import { storeEight } from './requantize';
import {
  BIAS, COEFFICIENTS, DEPTH, IMAGE, IMAGE_ROW, IS_LOGITS, MULTIPLIER, OFFSETS, OUT, OUT_CHANNELS, QMAX, RUN, TAPS, WEIGHTS,
  ZERO_POINT, word,
} from './step';

export const LOOK_UP_PIXELS: i32 = 4;
const CHANNELS: usize = 16;

@inline
function add(sum: v128, table: v128, index: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i8x16.add(sum, i8x16.relaxed_swizzle(table, index));
  return i8x16.add(sum, i8x16.swizzle(table, index));
}

/** sum + coefficient * bytes, for the low and the high eight channels. */
@inline
function foldLow(sum: v128, bytes: v128, coefficient: v128): v128 {
  return i16x8.add(sum, i16x8.mul(i16x8.extend_low_i8x16_u(bytes), coefficient));
}

@inline
function foldHigh(sum: v128, bytes: v128, coefficient: v128): v128 {
  return i16x8.add(sum, i16x8.mul(i16x8.extend_high_i8x16_u(bytes), coefficient));
}

@inline
function storeSixteen(
  low: v128, high: v128, b: usize, m: usize, zeroPoint: v128, qmax: v128, isLogits: bool, out: usize, channel: usize, half: bool,
): void {
  storeEight(
    i32x4.add(i32x4.extend_low_i16x8_s(low), v128.load(b)), i32x4.add(i32x4.extend_high_i16x8_s(low), v128.load(b, 16)),
    v128.load(m), v128.load(m, 16), zeroPoint, qmax, isLogits, out, channel);
  if (half) return;
  storeEight(
    i32x4.add(i32x4.extend_low_i16x8_s(high), v128.load(b, 32)), i32x4.add(i32x4.extend_high_i16x8_s(high), v128.load(b, 48)),
    v128.load(m, 32), v128.load(m, 48), zeroPoint, qmax, isLogits, out, channel + 8);
}

/**
 * As convInt8, over the tables: their offsets are four times as large. Weights are indices [blocks, taps, run / 16, 2, 16], one
 * for each bit plane, `run` in bytes of tables; COEFFICIENTS int16 [blocks, 2, 16] say what a plane's bit is worth in a channel.
 * DEPTH is how many bytes of tables may be summed in 8 bits; a whole window fits int16 (exactness.ts).
 */
export function convLookUp(step: usize, from: i32, to: i32, first: usize, last: usize): void {
  const image = <usize>word(step, IMAGE), imageRow = <usize>word(step, IMAGE_ROW), taps = word(step, TAPS), run = <usize>word(step, RUN);
  const depth = <usize>word(step, DEPTH), out = <usize>word(step, OUT), isLogits = <bool>word(step, IS_LOGITS);
  const zeroPoint = i16x8.splat(<i16>word(step, ZERO_POINT)), qmax = i8x16.splat(<u8>word(step, QMAX));
  const blockBytes = <usize>taps * run * 2, skip = imageRow - run;
  for (let block = first; block < last; block++) {
    const channel = block * CHANNELS, half = channel + 8 >= <usize>word(step, OUT_CHANNELS);
    const weights = <usize>word(step, WEIGHTS) + block * blockBytes;
    const bias = <usize>word(step, BIAS) + channel * 4, multiplier = <usize>word(step, MULTIPLIER) + channel * 4;
    const coefficients = <usize>word(step, COEFFICIENTS) + block * 64;
    for (let pixel = from; pixel < to; pixel += LOOK_UP_PIXELS) {
      const at = <usize>word(step, OFFSETS) + (<usize>pixel << 3);
      let x0 = image + (<usize>load<u32>(at) << 2), x1 = image + (<usize>load<u32>(at, 8) << 2);
      let x2 = image + (<usize>load<u32>(at, 16) << 2), x3 = image + (<usize>load<u32>(at, 24) << 2);
      let l0 = i16x8.splat(0), h0 = l0, l1 = l0, h1 = l0, l2 = l0, h2 = l0, l3 = l0, h3 = l0;
      let w = weights;
      for (let tap = taps; tap > 0; tap--) {
        const rowEnd = x0 + run;
        while (x0 < rowEnd) {
          const end = min(rowEnd, x0 + depth);
          let p0 = i8x16.splat(0), q0 = p0, p1 = p0, q1 = p0, p2 = p0, q2 = p0, p3 = p0, q3 = p0;
          while (x0 < end) {
            let i = v128.load(w), j = v128.load(w, 16);
            let table = v128.load(x0);
            p0 = add(p0, table, i); q0 = add(q0, table, j);
            table = v128.load(x1);
            p1 = add(p1, table, i); q1 = add(q1, table, j);
            table = v128.load(x2);
            p2 = add(p2, table, i); q2 = add(q2, table, j);
            table = v128.load(x3);
            p3 = add(p3, table, i); q3 = add(q3, table, j);
            i = v128.load(w, 32); j = v128.load(w, 48);
            table = v128.load(x0, 16);
            p0 = add(p0, table, i); q0 = add(q0, table, j);
            table = v128.load(x1, 16);
            p1 = add(p1, table, i); q1 = add(q1, table, j);
            table = v128.load(x2, 16);
            p2 = add(p2, table, i); q2 = add(q2, table, j);
            table = v128.load(x3, 16);
            p3 = add(p3, table, i); q3 = add(q3, table, j);
            w += 64; x0 += 32; x1 += 32; x2 += 32; x3 += 32;
          }
          const pl = v128.load(coefficients), ph = v128.load(coefficients, 16), ql = v128.load(coefficients, 32), qh = v128.load(coefficients, 48);
          l0 = foldLow(foldLow(l0, p0, pl), q0, ql); h0 = foldHigh(foldHigh(h0, p0, ph), q0, qh);
          l1 = foldLow(foldLow(l1, p1, pl), q1, ql); h1 = foldHigh(foldHigh(h1, p1, ph), q1, qh);
          l2 = foldLow(foldLow(l2, p2, pl), q2, ql); h2 = foldHigh(foldHigh(h2, p2, ph), q2, qh);
          l3 = foldLow(foldLow(l3, p3, pl), q3, ql); h3 = foldHigh(foldHigh(h3, p3, ph), q3, qh);
        }
        x0 += skip; x1 += skip; x2 += skip; x3 += skip;
      }
      storeSixteen(l0, h0, bias, multiplier, zeroPoint, qmax, isLogits, out + load<u32>(at, 4), channel, half);
      storeSixteen(l1, h1, bias, multiplier, zeroPoint, qmax, isLogits, out + load<u32>(at, 12), channel, half);
      storeSixteen(l2, h2, bias, multiplier, zeroPoint, qmax, isLogits, out + load<u32>(at, 20), channel, half);
      storeSixteen(l3, h3, bias, multiplier, zeroPoint, qmax, isLogits, out + load<u32>(at, 28), channel, half);
    }
  }
}
