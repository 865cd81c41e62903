// Convolution with 8-bit products summed in int32: one instruction multiplies 16 pairs and adds them up by fours.
import { storeEight } from './requantize';
import { BIAS, IMAGE, IMAGE_ROW, IS_LOGITS, MULTIPLIER, OFFSETS, OUT, QMAX, RUN, TAPS, WEIGHTS, ZERO_POINT, word } from './step';

/** Pixels whose sums stay in registers together, and channels. */
export const INT8_PIXELS: i32 = 6;
const CHANNELS: usize = 8;

@inline
function dot(weights: v128, codes: v128, sum: v128): v128 {
  return i32x4.relaxed_dot_i8x16_i7x16_add_s(weights, codes, sum);
}

/**
 * Pixels [from, to) of the channel blocks [first, last). Weights are int8 [blocks, taps, run / 4, 8, 4].
 * Exact where the processor's dot product is: see exactness.ts.
 */
export function convInt8(step: usize, from: i32, to: i32, first: usize, last: usize): void {
  const image = <usize>word(step, IMAGE), imageRow = <usize>word(step, IMAGE_ROW), taps = word(step, TAPS), run = <usize>word(step, RUN);
  const out = <usize>word(step, OUT), isLogits = <bool>word(step, IS_LOGITS);
  const zeroPoint = i16x8.splat(<i16>word(step, ZERO_POINT)), qmax = i8x16.splat(<u8>word(step, QMAX));
  const blockBytes = <usize>taps * run * CHANNELS, skip = imageRow - run;
  for (let block = first; block < last; block++) {
    const channel = block * CHANNELS;
    const weights = <usize>word(step, WEIGHTS) + block * blockBytes;
    const bias = <usize>word(step, BIAS) + channel * 4, multiplier = <usize>word(step, MULTIPLIER) + channel * 4;
    const b0 = v128.load(bias), b1 = v128.load(bias, 16), m0 = v128.load(multiplier), m1 = v128.load(multiplier, 16);
    for (let pixel = from; pixel < to; pixel += INT8_PIXELS) {
      const at = <usize>word(step, OFFSETS) + (<usize>pixel << 3);
      let x0 = image + load<u32>(at), x1 = image + load<u32>(at, 8), x2 = image + load<u32>(at, 16);
      let x3 = image + load<u32>(at, 24), x4 = image + load<u32>(at, 32), x5 = image + load<u32>(at, 40);
      let s00 = b0, s01 = b1, s10 = b0, s11 = b1, s20 = b0, s21 = b1, s30 = b0, s31 = b1, s40 = b0, s41 = b1, s50 = b0, s51 = b1;
      let w = weights;
      for (let tap = taps; tap > 0; tap--) {
        const end = x0 + run;
        while (x0 < end) {
          let w0 = v128.load(w), w1 = v128.load(w, 16);
          let x = v128.load32_splat(x0);
          s00 = dot(w0, x, s00); s01 = dot(w1, x, s01);
          x = v128.load32_splat(x1);
          s10 = dot(w0, x, s10); s11 = dot(w1, x, s11);
          x = v128.load32_splat(x2);
          s20 = dot(w0, x, s20); s21 = dot(w1, x, s21);
          x = v128.load32_splat(x3);
          s30 = dot(w0, x, s30); s31 = dot(w1, x, s31);
          x = v128.load32_splat(x4);
          s40 = dot(w0, x, s40); s41 = dot(w1, x, s41);
          x = v128.load32_splat(x5);
          s50 = dot(w0, x, s50); s51 = dot(w1, x, s51);
          w0 = v128.load(w, 32); w1 = v128.load(w, 48);
          x = v128.load32_splat(x0, 4);
          s00 = dot(w0, x, s00); s01 = dot(w1, x, s01);
          x = v128.load32_splat(x1, 4);
          s10 = dot(w0, x, s10); s11 = dot(w1, x, s11);
          x = v128.load32_splat(x2, 4);
          s20 = dot(w0, x, s20); s21 = dot(w1, x, s21);
          x = v128.load32_splat(x3, 4);
          s30 = dot(w0, x, s30); s31 = dot(w1, x, s31);
          x = v128.load32_splat(x4, 4);
          s40 = dot(w0, x, s40); s41 = dot(w1, x, s41);
          x = v128.load32_splat(x5, 4);
          s50 = dot(w0, x, s50); s51 = dot(w1, x, s51);
          w += 64; x0 += 8; x1 += 8; x2 += 8; x3 += 8; x4 += 8; x5 += 8;
        }
        x0 += skip; x1 += skip; x2 += skip; x3 += skip; x4 += skip; x5 += skip;
      }
      storeEight(s00, s01, m0, m1, zeroPoint, qmax, isLogits, out + load<u32>(at, 4), channel);
      storeEight(s10, s11, m0, m1, zeroPoint, qmax, isLogits, out + load<u32>(at, 12), channel);
      storeEight(s20, s21, m0, m1, zeroPoint, qmax, isLogits, out + load<u32>(at, 20), channel);
      storeEight(s30, s31, m0, m1, zeroPoint, qmax, isLogits, out + load<u32>(at, 28), channel);
      storeEight(s40, s41, m0, m1, zeroPoint, qmax, isLogits, out + load<u32>(at, 36), channel);
      storeEight(s50, s51, m0, m1, zeroPoint, qmax, isLogits, out + load<u32>(at, 44), channel);
    }
  }
}
