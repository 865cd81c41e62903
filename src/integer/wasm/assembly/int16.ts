// Convolution with 16-bit products: half as many in an instruction as with 8 bits, and exact for every width everywhere.
import { storeEight } from './requantize';
import { BIAS, IMAGE, IMAGE_ROW, IS_LOGITS, MULTIPLIER, OFFSETS, OUT, QMAX, RUN, TAPS, WEIGHTS, ZERO_POINT, word } from './step';

export const INT16_PIXELS: i32 = 5;
const CHANNELS: usize = 8;

@inline
function dot(sum: v128, weights: v128, codes: v128): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(weights, codes));
}

/**
 * As convInt8, over an image that prepare.ts has widened to int16: its offsets are twice as large.
 * Weights are int16 [blocks, taps, run / 4, 8, 2], `run` in bytes.
 */
export function convInt16(step: usize, from: i32, to: i32, first: usize, last: usize): void {
  const image = <usize>word(step, IMAGE), imageRow = <usize>word(step, IMAGE_ROW), taps = word(step, TAPS), run = <usize>word(step, RUN);
  const out = <usize>word(step, OUT), isLogits = <bool>word(step, IS_LOGITS);
  const zeroPoint = i16x8.splat(<i16>word(step, ZERO_POINT)), qmax = i8x16.splat(<u8>word(step, QMAX));
  const blockBytes = <usize>taps * run * CHANNELS, skip = imageRow - run;
  for (let block = first; block < last; block++) {
    const channel = block * CHANNELS;
    const weights = <usize>word(step, WEIGHTS) + block * blockBytes;
    const bias = <usize>word(step, BIAS) + channel * 4, multiplier = <usize>word(step, MULTIPLIER) + channel * 4;
    const b0 = v128.load(bias), b1 = v128.load(bias, 16), m0 = v128.load(multiplier), m1 = v128.load(multiplier, 16);
    for (let pixel = from; pixel < to; pixel += INT16_PIXELS) {
      const at = <usize>word(step, OFFSETS) + (<usize>pixel << 3);
      let x0 = image + (<usize>load<u32>(at) << 1), x1 = image + (<usize>load<u32>(at, 8) << 1), x2 = image + (<usize>load<u32>(at, 16) << 1);
      let x3 = image + (<usize>load<u32>(at, 24) << 1), x4 = image + (<usize>load<u32>(at, 32) << 1);
      let s00 = b0, s01 = b1, s10 = b0, s11 = b1, s20 = b0, s21 = b1, s30 = b0, s31 = b1, s40 = b0, s41 = b1;
      let w = weights;
      for (let tap = taps; tap > 0; tap--) {
        const end = x0 + run;
        while (x0 < end) {
          let w0 = v128.load(w), w1 = v128.load(w, 16);
          let x = v128.load32_splat(x0);
          s00 = dot(s00, w0, x); s01 = dot(s01, w1, x);
          x = v128.load32_splat(x1);
          s10 = dot(s10, w0, x); s11 = dot(s11, w1, x);
          x = v128.load32_splat(x2);
          s20 = dot(s20, w0, x); s21 = dot(s21, w1, x);
          x = v128.load32_splat(x3);
          s30 = dot(s30, w0, x); s31 = dot(s31, w1, x);
          x = v128.load32_splat(x4);
          s40 = dot(s40, w0, x); s41 = dot(s41, w1, x);
          w0 = v128.load(w, 32); w1 = v128.load(w, 48);
          x = v128.load32_splat(x0, 4);
          s00 = dot(s00, w0, x); s01 = dot(s01, w1, x);
          x = v128.load32_splat(x1, 4);
          s10 = dot(s10, w0, x); s11 = dot(s11, w1, x);
          x = v128.load32_splat(x2, 4);
          s20 = dot(s20, w0, x); s21 = dot(s21, w1, x);
          x = v128.load32_splat(x3, 4);
          s30 = dot(s30, w0, x); s31 = dot(s31, w1, x);
          x = v128.load32_splat(x4, 4);
          s40 = dot(s40, w0, x); s41 = dot(s41, w1, x);
          w += 64; x0 += 8; x1 += 8; x2 += 8; x3 += 8; x4 += 8;
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
