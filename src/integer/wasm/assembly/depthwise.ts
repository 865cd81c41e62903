// Depthwise convolution: each channel by its own window, eight of them side by side. Threads take rows of the output.
import { dot } from './float32';
import { codesOf } from './requantize';
import {
  BIAS, BLOCKS, COLUMNS, DEPTH, HIGH, IMAGE_ROW, IS_FLOAT, LOW, MULTIPLIER, OUT, OUT_PIXEL, OUT_ROW, PIXEL_BYTES, PIXEL_STEP, QMAX, ROWS, ROW_STEP, RUN,
  SOURCE, TAPS, WEIGHTS, ZERO_POINT, real, word,
} from './step';

/** Pixels whose sums stay in registers together; past the last one the last one is computed again. */
const PIXELS: i32 = 4;

/** Products of 16 bits summed in 32: exact for every width. Weights are int16 [taps, run, 8]. */
function sum32(step: usize, source: usize, out: usize, weights: usize, bias: usize, multiplier: usize): void {
  const columns = <i32>word(step, COLUMNS), taps = word(step, TAPS), pixelStep = <usize>word(step, PIXEL_STEP), pixelBytes = <usize>word(step, PIXEL_BYTES);
  const run = <usize>word(step, RUN) * pixelBytes, skip = <usize>word(step, IMAGE_ROW) - run, outPixel = <usize>word(step, OUT_PIXEL);
  const zeroPoint = i16x8.splat(<i16>word(step, ZERO_POINT)), qmax = i8x16.splat(<u8>word(step, QMAX));
  const b0 = v128.load(bias), b1 = v128.load(bias, 16), m0 = v128.load(multiplier), m1 = v128.load(multiplier, 16);
  for (let p = 0; p < columns; p += PIXELS) {
    const p1 = min(p + 1, columns - 1), p2 = min(p + 2, columns - 1), p3 = min(p + 3, columns - 1);
    let x0 = source + <usize>p * pixelStep, x1 = source + <usize>p1 * pixelStep, x2 = source + <usize>p2 * pixelStep, x3 = source + <usize>p3 * pixelStep;
    let s00 = b0, s01 = b1, s10 = b0, s11 = b1, s20 = b0, s21 = b1, s30 = b0, s31 = b1;
    let w = weights;
    for (let tap = taps; tap > 0; tap--) {
      const end = x0 + run;
      while (x0 < end) {
        const each = v128.load(w);
        let x = v128.load_ext<u8>(x0);
        s00 = i32x4.add(s00, i32x4.extmul_low_i16x8_s(x, each)); s01 = i32x4.add(s01, i32x4.extmul_high_i16x8_s(x, each));
        x = v128.load_ext<u8>(x1);
        s10 = i32x4.add(s10, i32x4.extmul_low_i16x8_s(x, each)); s11 = i32x4.add(s11, i32x4.extmul_high_i16x8_s(x, each));
        x = v128.load_ext<u8>(x2);
        s20 = i32x4.add(s20, i32x4.extmul_low_i16x8_s(x, each)); s21 = i32x4.add(s21, i32x4.extmul_high_i16x8_s(x, each));
        x = v128.load_ext<u8>(x3);
        s30 = i32x4.add(s30, i32x4.extmul_low_i16x8_s(x, each)); s31 = i32x4.add(s31, i32x4.extmul_high_i16x8_s(x, each));
        w += 16; x0 += pixelBytes; x1 += pixelBytes; x2 += pixelBytes; x3 += pixelBytes;
      }
      x0 += skip; x1 += skip; x2 += skip; x3 += skip;
    }
    v128.store64_lane(out + <usize>p * outPixel, codesOf(s00, s01, m0, m1, zeroPoint, qmax), 0);
    v128.store64_lane(out + <usize>p1 * outPixel, codesOf(s10, s11, m0, m1, zeroPoint, qmax), 0);
    v128.store64_lane(out + <usize>p2 * outPixel, codesOf(s20, s21, m0, m1, zeroPoint, qmax), 0);
    v128.store64_lane(out + <usize>p3 * outPixel, codesOf(s30, s31, m0, m1, zeroPoint, qmax), 0);
  }
}

@inline
function widened(sum: v128, b0: v128, b1: v128, m0: v128, m1: v128, zeroPoint: v128, qmax: v128): v128 {
  return codesOf(i32x4.add(b0, i32x4.extend_low_i16x8_s(sum)), i32x4.add(b1, i32x4.extend_high_i16x8_s(sum)), m0, m1, zeroPoint, qmax);
}

/** The same where a whole window's sum is proven to fit 16 bits: half as many instructions. */
function sum16(step: usize, source: usize, out: usize, weights: usize, bias: usize, multiplier: usize): void {
  const columns = <i32>word(step, COLUMNS), taps = word(step, TAPS), pixelStep = <usize>word(step, PIXEL_STEP), pixelBytes = <usize>word(step, PIXEL_BYTES);
  const run = <usize>word(step, RUN) * pixelBytes, skip = <usize>word(step, IMAGE_ROW) - run, outPixel = <usize>word(step, OUT_PIXEL);
  const zeroPoint = i16x8.splat(<i16>word(step, ZERO_POINT)), qmax = i8x16.splat(<u8>word(step, QMAX));
  const b0 = v128.load(bias), b1 = v128.load(bias, 16), m0 = v128.load(multiplier), m1 = v128.load(multiplier, 16);
  for (let p = 0; p < columns; p += PIXELS) {
    const p1 = min(p + 1, columns - 1), p2 = min(p + 2, columns - 1), p3 = min(p + 3, columns - 1);
    let x0 = source + <usize>p * pixelStep, x1 = source + <usize>p1 * pixelStep, x2 = source + <usize>p2 * pixelStep, x3 = source + <usize>p3 * pixelStep;
    let s0 = i16x8.splat(0), s1 = s0, s2 = s0, s3 = s0;
    let w = weights;
    for (let tap = taps; tap > 0; tap--) {
      const end = x0 + run;
      while (x0 < end) {
        const each = v128.load(w);
        s0 = i16x8.add(s0, i16x8.mul(v128.load_ext<u8>(x0), each));
        s1 = i16x8.add(s1, i16x8.mul(v128.load_ext<u8>(x1), each));
        s2 = i16x8.add(s2, i16x8.mul(v128.load_ext<u8>(x2), each));
        s3 = i16x8.add(s3, i16x8.mul(v128.load_ext<u8>(x3), each));
        w += 16; x0 += pixelBytes; x1 += pixelBytes; x2 += pixelBytes; x3 += pixelBytes;
      }
      x0 += skip; x1 += skip; x2 += skip; x3 += skip;
    }
    v128.store64_lane(out + <usize>p * outPixel, widened(s0, b0, b1, m0, m1, zeroPoint, qmax), 0);
    v128.store64_lane(out + <usize>p1 * outPixel, widened(s1, b0, b1, m0, m1, zeroPoint, qmax), 0);
    v128.store64_lane(out + <usize>p2 * outPixel, widened(s2, b0, b1, m0, m1, zeroPoint, qmax), 0);
    v128.store64_lane(out + <usize>p3 * outPixel, widened(s3, b0, b1, m0, m1, zeroPoint, qmax), 0);
  }
}

@inline
function storeReals(s0: v128, s1: v128, low: v128, high: v128, out: usize): void {
  v128.store(out, f32x4.pmin(f32x4.pmax(s0, low), high));
  v128.store(out, f32x4.pmin(f32x4.pmax(s1, low), high), 16);
}

/** In float32. Weights are float32 [taps, run, 8]. */
function reals(step: usize, source: usize, out: usize, weights: usize, bias: usize): void {
  const columns = <i32>word(step, COLUMNS), taps = word(step, TAPS), pixelStep = <usize>word(step, PIXEL_STEP), pixelBytes = <usize>word(step, PIXEL_BYTES);
  const run = <usize>word(step, RUN) * pixelBytes, skip = <usize>word(step, IMAGE_ROW) - run, outPixel = <usize>word(step, OUT_PIXEL);
  const low = f32x4.splat(real(step, LOW)), high = f32x4.splat(real(step, HIGH));
  const b0 = v128.load(bias), b1 = v128.load(bias, 16);
  for (let p = 0; p < columns; p += PIXELS) {
    const p1 = min(p + 1, columns - 1), p2 = min(p + 2, columns - 1), p3 = min(p + 3, columns - 1);
    let x0 = source + <usize>p * pixelStep, x1 = source + <usize>p1 * pixelStep, x2 = source + <usize>p2 * pixelStep, x3 = source + <usize>p3 * pixelStep;
    let s00 = b0, s01 = b1, s10 = b0, s11 = b1, s20 = b0, s21 = b1, s30 = b0, s31 = b1;
    let w = weights;
    for (let tap = taps; tap > 0; tap--) {
      const end = x0 + run;
      while (x0 < end) {
        const w0 = v128.load(w), w1 = v128.load(w, 16);
        s00 = dot(w0, v128.load(x0), s00); s01 = dot(w1, v128.load(x0, 16), s01);
        s10 = dot(w0, v128.load(x1), s10); s11 = dot(w1, v128.load(x1, 16), s11);
        s20 = dot(w0, v128.load(x2), s20); s21 = dot(w1, v128.load(x2, 16), s21);
        s30 = dot(w0, v128.load(x3), s30); s31 = dot(w1, v128.load(x3, 16), s31);
        w += 32; x0 += pixelBytes; x1 += pixelBytes; x2 += pixelBytes; x3 += pixelBytes;
      }
      x0 += skip; x1 += skip; x2 += skip; x3 += skip;
    }
    storeReals(s00, s01, low, high, out + <usize>p * outPixel);
    storeReals(s10, s11, low, high, out + <usize>p1 * outPixel);
    storeReals(s20, s21, low, high, out + <usize>p2 * outPixel);
    storeReals(s30, s31, low, high, out + <usize>p3 * outPixel);
  }
}

export function depthwise(step: usize, thread: i32, threads: i32): void {
  const rows = <i32>word(step, ROWS), blocks = <usize>word(step, BLOCKS), isFloat = word(step, IS_FLOAT), fits = word(step, DEPTH);
  const width: usize = isFloat ? 32 : 8;
  const weightBytes = <usize>word(step, TAPS) * word(step, RUN) * (isFloat ? 32 : 16);
  for (let y = rows * thread / threads; y < rows * (thread + 1) / threads; y++) {
    for (let block: usize = 0; block < blocks; block++) {
      const source = <usize>word(step, SOURCE) + <usize>y * word(step, ROW_STEP) + block * width;
      const out = <usize>word(step, OUT) + <usize>y * word(step, OUT_ROW) + block * width;
      const weights = <usize>word(step, WEIGHTS) + block * weightBytes;
      const bias = <usize>word(step, BIAS) + block * 32, multiplier = <usize>word(step, MULTIPLIER) + block * 32;
      if (isFloat) reals(step, source, out, weights, bias);
      else if (fits) sum16(step, source, out, weights, bias, multiplier);
      else sum32(step, source, out, weights, bias, multiplier);
    }
  }
}
