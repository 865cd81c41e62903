// Kernels of the integer interpreter, in AssemblyScript: pointers are byte offsets, channels last.
// Compiled by scripts/compile-kernels.ts. No allocation, no static data: the caller lays out the memory.

/** Pixels and output channels whose sums are in registers together. */
const PIXELS = 4;
const CHANNELS = 8;

/**
 * Codes [rows, length] less their zero point, as int16, into rows that start `stride` bytes apart.
 */
export function widen(codes: usize, rows: i32, length: i32, zeroPoint: i32, out: usize, stride: usize): void {
  const zero = i16x8.splat(<i16>zeroPoint);
  for (let row = 0; row < rows; row++, codes += length, out += stride) {
    let i = 0;
    for (; i + 8 <= length; i += 8) v128.store(out + i * 2, i16x8.sub(v128.load_ext<u8>(codes + i), zero));
    for (; i < length; i++) store<i16>(out + i * 2, <i16>(<i32>load<u8>(codes + i) - zeroPoint));
  }
}

/** clamp(rne(f32(sum) * multiplier) + zeroPoint, low, high): beyond 2^24, where the addition rounds, the clamp decides. */
@inline
function requantize(sum: v128, multiplier: v128, zeroPoint: v128, low: v128, high: v128): v128 {
  const q = f32x4.add(f32x4.nearest(f32x4.mul(f32x4.convert_i32x4_s(sum), multiplier)), zeroPoint);
  return i32x4.trunc_sat_f32x4_s(f32x4.min(f32x4.max(q, low), high));
}

/** The codes of eight sums, of which the first `count` are kept. */
@inline
function storeCodes(
  s0: v128, s1: v128, m0: v128, m1: v128, zeroPoint: v128, low: v128, high: v128, out: usize, count: i32,
): void {
  const q = i16x8.narrow_i32x4_s(requantize(s0, m0, zeroPoint, low, high), requantize(s1, m1, zeroPoint, low, high));
  let codes = i64x2.extract_lane(i8x16.narrow_i16x8_u(q, q), 0);
  if (count == CHANNELS) return store<i64>(out, codes);
  for (let c = 0; c < count; c++, codes >>= 8) store<u8>(out + c, <u8>codes);
}

/** Where the window of an output pixel begins in the padded image. */
@inline
function windowAt(image: usize, pixel: i32, outWidth: i32, rowStep: usize, pixelStep: usize): usize {
  const oy = pixel / outWidth;
  return image + <usize>oy * rowStep + <usize>(pixel - oy * outWidth) * pixelStep;
}

/**
 * acc = sum of x * w + bias in wrapping int32; codes = clamp(rne(f32(acc) * multiplier) + zeroPoint, qmin, qmax).
 *
 * A window is `taps` runs of `pairs` pairs of int16, `imageRow` bytes apart: the row of a kernel and all its input
 * channels lie side by side in the image. What a run's last pair reads beyond it meets a weight of zero.
 *
 * @param image int16, padded
 * @param weights int16 [outChannels / 8 rounded up, taps, pairs, 8, 2]
 * @param bias int32, multiplier float32, both [outChannels rounded up to 8]
 * @param codes [pixels, outChannels]
 */
export function conv(
  image: usize, imageRow: usize, rowStep: usize, pixelStep: usize, pixels: i32, outWidth: i32, taps: i32, pairs: i32,
  weights: usize, bias: usize, multiplier: usize, zeroPoint: i32, qmin: i32, qmax: i32, outChannels: i32, codes: usize,
): void {
  const zero = f32x4.splat(<f32>zeroPoint), low = f32x4.splat(<f32>qmin), high = f32x4.splat(<f32>qmax);
  const blockBytes = <usize>taps * pairs * CHANNELS * 4;
  for (let o = 0; o < outChannels; o += CHANNELS, weights += blockBytes) {
    const b0 = v128.load(bias + o * 4), b1 = v128.load(bias + o * 4, 16);
    const m0 = v128.load(multiplier + o * 4), m1 = v128.load(multiplier + o * 4, 16);
    const count = min(CHANNELS, outChannels - o);
    for (let pixel = 0; pixel < pixels; pixel += PIXELS) {
      // Past the last pixel the last one is computed again.
      const i1 = min(pixel + 1, pixels - 1), i2 = min(pixel + 2, pixels - 1), i3 = min(pixel + 3, pixels - 1);
      let row0 = windowAt(image, pixel, outWidth, rowStep, pixelStep), row1 = windowAt(image, i1, outWidth, rowStep, pixelStep);
      let row2 = windowAt(image, i2, outWidth, rowStep, pixelStep), row3 = windowAt(image, i3, outWidth, rowStep, pixelStep);
      let s00 = b0, s01 = b1, s10 = b0, s11 = b1, s20 = b0, s21 = b1, s30 = b0, s31 = b1;
      let w = weights;
      for (let tap = 0; tap < taps; tap++, row0 += imageRow, row1 += imageRow, row2 += imageRow, row3 += imageRow) {
        const end = <usize>pairs * 4;
        for (let at: usize = 0; at < end; at += 4, w += CHANNELS * 4) {
          const w0 = v128.load(w), w1 = v128.load(w, 16);
          const x0 = v128.load32_splat(row0 + at), x1 = v128.load32_splat(row1 + at);
          const x2 = v128.load32_splat(row2 + at), x3 = v128.load32_splat(row3 + at);
          s00 = i32x4.add(s00, i32x4.dot_i16x8_s(x0, w0)); s01 = i32x4.add(s01, i32x4.dot_i16x8_s(x0, w1));
          s10 = i32x4.add(s10, i32x4.dot_i16x8_s(x1, w0)); s11 = i32x4.add(s11, i32x4.dot_i16x8_s(x1, w1));
          s20 = i32x4.add(s20, i32x4.dot_i16x8_s(x2, w0)); s21 = i32x4.add(s21, i32x4.dot_i16x8_s(x2, w1));
          s30 = i32x4.add(s30, i32x4.dot_i16x8_s(x3, w0)); s31 = i32x4.add(s31, i32x4.dot_i16x8_s(x3, w1));
        }
      }
      const out = codes + o;
      storeCodes(s00, s01, m0, m1, zero, low, high, out + <usize>pixel * outChannels, count);
      storeCodes(s10, s11, m0, m1, zero, low, high, out + <usize>i1 * outChannels, count);
      storeCodes(s20, s21, m0, m1, zero, low, high, out + <usize>i2 * outChannels, count);
      storeCodes(s30, s31, m0, m1, zero, low, high, out + <usize>i3 * outChannels, count);
    }
  }
}
