// Convolution in float32: the same loops, one number a lane.
import { BIAS, HIGH, IMAGE, IMAGE_ROW, LOW, OFFSETS, OUT, RUN, TAPS, WEIGHTS, real, word } from './step';

export const FLOAT32_PIXELS: i32 = 6;
const CHANNELS: usize = 8;

@inline
export function dot(weights: v128, x: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(weights, x, sum);
  return f32x4.add(sum, f32x4.mul(weights, x));
}

/** A ReLU is the bound at 0; without one it is -Infinity. The upper bound is Infinity, unless the activation has one. */
@inline
function storeEight(s0: v128, s1: v128, low: v128, high: v128, out: usize): void {
  v128.store(out, f32x4.pmin(f32x4.pmax(s0, low), high));
  v128.store(out, f32x4.pmin(f32x4.pmax(s1, low), high), 16);
}

/** As convInt8. Weights are float32 [blocks, taps, run / 4, 8], all strides in bytes. */
export function convFloat32(step: usize, from: i32, to: i32, first: usize, last: usize): void {
  const image = <usize>word(step, IMAGE), imageRow = <usize>word(step, IMAGE_ROW), taps = word(step, TAPS), run = <usize>word(step, RUN);
  const low = f32x4.splat(real(step, LOW)), high = f32x4.splat(real(step, HIGH));
  const blockBytes = <usize>taps * run * CHANNELS, skip = imageRow - run;
  for (let block = first; block < last; block++) {
    const channel = block * CHANNELS;
    const weights = <usize>word(step, WEIGHTS) + block * blockBytes;
    const bias = <usize>word(step, BIAS) + channel * 4, out = <usize>word(step, OUT) + channel * 4;
    const b0 = v128.load(bias), b1 = v128.load(bias, 16);
    for (let pixel = from; pixel < to; pixel += FLOAT32_PIXELS) {
      const at = <usize>word(step, OFFSETS) + (<usize>pixel << 3);
      let x0 = image + load<u32>(at), x1 = image + load<u32>(at, 8), x2 = image + load<u32>(at, 16);
      let x3 = image + load<u32>(at, 24), x4 = image + load<u32>(at, 32), x5 = image + load<u32>(at, 40);
      let s00 = b0, s01 = b1, s10 = b0, s11 = b1, s20 = b0, s21 = b1, s30 = b0, s31 = b1, s40 = b0, s41 = b1, s50 = b0, s51 = b1;
      let w = weights;
      for (let tap = taps; tap > 0; tap--) {
        const end = x0 + run;
        while (x0 + 4 < end) {
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
        if (x0 < end) {
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
          w += 32; x0 += 4; x1 += 4; x2 += 4; x3 += 4; x4 += 4; x5 += 4;
        }
        x0 += skip; x1 += skip; x2 += skip; x3 += skip; x4 += skip; x5 += skip;
      }
      storeEight(s00, s01, low, high, out + load<u32>(at, 4));
      storeEight(s10, s11, low, high, out + load<u32>(at, 12));
      storeEight(s20, s21, low, high, out + load<u32>(at, 20));
      storeEight(s30, s31, low, high, out + load<u32>(at, 28));
      storeEight(s40, s41, low, high, out + load<u32>(at, 36));
      storeEight(s50, s51, low, high, out + load<u32>(at, 44));
    }
  }
}
