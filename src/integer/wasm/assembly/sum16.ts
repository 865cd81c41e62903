// Convolution with 8-bit products summed in int16 for as long as no sum can overflow, then widened to int32: without VNNI
// one addition of 8 lanes takes the place of three instructions.
import { storeEight } from './requantize';
import { BIAS, DEPTH, IMAGE, IMAGE_ROW, IS_LOGITS, MULTIPLIER, OFFSETS, OUT, QMAX, RUN, TAPS, WEIGHTS, ZERO_POINT, word } from './step';

export const SUM16_PIXELS: i32 = 5;
const CHANNELS: usize = 8;

@inline
function dot(sum: v128, weights: v128, codes: v128): v128 {
  return i16x8.add(sum, v128.relaxed_dot<i16>(weights, codes));
}

@inline
function widen(sum: v128, short: v128): v128 {
  return i32x4.add(sum, i32x4.extadd_pairwise_i16x8_s(short));
}

/**
 * As convInt8, with the same weights. DEPTH is how many bytes of a run may be summed before widening: a multiple of 4 that
 * exactness.ts has proven for these very weights.
 */
export function convInt8Sum16(step: usize, from: i32, to: i32, first: usize, last: usize): void {
  const image = <usize>word(step, IMAGE), imageRow = <usize>word(step, IMAGE_ROW), taps = word(step, TAPS), run = <usize>word(step, RUN);
  const depth = <usize>word(step, DEPTH), out = <usize>word(step, OUT), isLogits = <bool>word(step, IS_LOGITS);
  const zeroPoint = i16x8.splat(<i16>word(step, ZERO_POINT)), qmax = i8x16.splat(<u8>word(step, QMAX));
  const blockBytes = <usize>taps * run * CHANNELS, skip = imageRow - run;
  for (let block = first; block < last; block++) {
    const channel = block * CHANNELS;
    const weights = <usize>word(step, WEIGHTS) + block * blockBytes;
    const bias = <usize>word(step, BIAS) + channel * 4, multiplier = <usize>word(step, MULTIPLIER) + channel * 4;
    const b0 = v128.load(bias), b1 = v128.load(bias, 16), m0 = v128.load(multiplier), m1 = v128.load(multiplier, 16);
    for (let pixel = from; pixel < to; pixel += SUM16_PIXELS) {
      const at = <usize>word(step, OFFSETS) + (<usize>pixel << 3);
      let x0 = image + load<u32>(at), x1 = image + load<u32>(at, 8), x2 = image + load<u32>(at, 16);
      let x3 = image + load<u32>(at, 24), x4 = image + load<u32>(at, 32);
      let s00 = b0, s01 = b1, s10 = b0, s11 = b1, s20 = b0, s21 = b1, s30 = b0, s31 = b1, s40 = b0, s41 = b1;
      let w = weights;
      for (let tap = taps; tap > 0; tap--) {
        const rowEnd = x0 + run;
        while (x0 < rowEnd) {
          const end = min(rowEnd, x0 + depth);
          let r00 = i16x8.splat(0), r01 = r00, r10 = r00, r11 = r00, r20 = r00, r21 = r00, r30 = r00, r31 = r00, r40 = r00, r41 = r00;
          while (x0 < end) {
            let w0 = v128.load(w), w1 = v128.load(w, 16);
            let x = v128.load32_splat(x0);
            r00 = dot(r00, w0, x); r01 = dot(r01, w1, x);
            x = v128.load32_splat(x1);
            r10 = dot(r10, w0, x); r11 = dot(r11, w1, x);
            x = v128.load32_splat(x2);
            r20 = dot(r20, w0, x); r21 = dot(r21, w1, x);
            x = v128.load32_splat(x3);
            r30 = dot(r30, w0, x); r31 = dot(r31, w1, x);
            x = v128.load32_splat(x4);
            r40 = dot(r40, w0, x); r41 = dot(r41, w1, x);
            w0 = v128.load(w, 32); w1 = v128.load(w, 48);
            x = v128.load32_splat(x0, 4);
            r00 = dot(r00, w0, x); r01 = dot(r01, w1, x);
            x = v128.load32_splat(x1, 4);
            r10 = dot(r10, w0, x); r11 = dot(r11, w1, x);
            x = v128.load32_splat(x2, 4);
            r20 = dot(r20, w0, x); r21 = dot(r21, w1, x);
            x = v128.load32_splat(x3, 4);
            r30 = dot(r30, w0, x); r31 = dot(r31, w1, x);
            x = v128.load32_splat(x4, 4);
            r40 = dot(r40, w0, x); r41 = dot(r41, w1, x);
            w += 64; x0 += 8; x1 += 8; x2 += 8; x3 += 8; x4 += 8;
          }
          s00 = widen(s00, r00); s01 = widen(s01, r01); s10 = widen(s10, r10); s11 = widen(s11, r11); s20 = widen(s20, r20);
          s21 = widen(s21, r21); s30 = widen(s30, r30); s31 = widen(s31, r31); s40 = widen(s40, r40); s41 = widen(s41, r41);
        }
        x0 += skip; x1 += skip; x2 += skip; x3 += skip; x4 += skip;
      }
      storeEight(s00, s01, m0, m1, zeroPoint, qmax, isLogits, out + load<u32>(at, 4), channel);
      storeEight(s10, s11, m0, m1, zeroPoint, qmax, isLogits, out + load<u32>(at, 12), channel);
      storeEight(s20, s21, m0, m1, zeroPoint, qmax, isLogits, out + load<u32>(at, 20), channel);
      storeEight(s30, s31, m0, m1, zeroPoint, qmax, isLogits, out + load<u32>(at, 28), channel);
      storeEight(s40, s41, m0, m1, zeroPoint, qmax, isLogits, out + load<u32>(at, 36), channel);
    }
  }
}
