// Layers without weights: addition, max pooling, global average pooling. Channels come padded to a multiple of 8.
import {
  A, A_ROW, B, B_ROW, CHANNELS, FACTOR, HEIGHT, HIGH, IS_FLOAT, KERNEL_HEIGHT, KERNEL_WIDTH, LOW, OUT, OUT_HEIGHT, OUT_ROW, OUT_WIDTH, PADDING, PADDING_LEFT, QMAX,
  SCALE, SCALE_A, SCALE_B, STRIDE, WIDTH, ZERO_A, ZERO_B, ZERO_POINT, real, word,
} from './step';

/** f32(scale * (q - zero)) of four codes as int32. */
@inline
function realOf(codes: v128, zero: v128, scale: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.sub(codes, zero)), scale);
}

/** rne(clamp(f32(f32(a + b) / scale) + zeroPoint)): the zero point goes in before the rounding. */
@inline
function level(a: v128, b: v128, scale: v128, zeroPoint: v128, qmax: v128): v128 {
  const q = f32x4.add(f32x4.div(f32x4.add(a, b), scale), zeroPoint);
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.pmin(f32x4.pmax(q, f32x4.splat(0)), qmax)));
}

function addCodes(step: usize, a: usize, b: usize, out: usize, count: i32): void {
  const zeroA = i32x4.splat(word(step, ZERO_A)), zeroB = i32x4.splat(word(step, ZERO_B)), qmax = f32x4.splat(<f32>word(step, QMAX));
  const scaleA = f32x4.splat(real(step, SCALE_A)), scaleB = f32x4.splat(real(step, SCALE_B)), scale = f32x4.splat(real(step, SCALE));
  const zeroPoint = f32x4.splat(<f32>word(step, ZERO_POINT));
  for (let i: usize = 0; i < <usize>count; i += 8) {
    const p = v128.load_ext<u8>(a + i), q = v128.load_ext<u8>(b + i);
    const low = level(
      realOf(i32x4.extend_low_i16x8_u(p), zeroA, scaleA), realOf(i32x4.extend_low_i16x8_u(q), zeroB, scaleB), scale, zeroPoint, qmax);
    const high = level(
      realOf(i32x4.extend_high_i16x8_u(p), zeroA, scaleA), realOf(i32x4.extend_high_i16x8_u(q), zeroB, scaleB), scale, zeroPoint, qmax);
    const codes = i16x8.narrow_i32x4_s(low, high);
    v128.store64_lane(out + i, i8x16.narrow_i16x8_u(codes, codes), 0);
  }
}

function addReals(low: f32, high: f32, a: usize, b: usize, out: usize, count: i32): void {
  for (let i: usize = 0; i < <usize>count * 4; i += 16) {
    v128.store(out + i, f32x4.pmin(f32x4.pmax(f32x4.add(v128.load(a + i), v128.load(b + i)), f32x4.splat(low)), f32x4.splat(high)));
  }
}

/** Row by row: WIDTH * CHANNELS numbers each. */
export function add(step: usize, thread: i32, threads: i32): void {
  const height = <i32>word(step, HEIGHT), count = <i32>(word(step, WIDTH) * word(step, CHANNELS));
  for (let y = height * thread / threads; y < height * (thread + 1) / threads; y++) {
    const a = <usize>word(step, A) + <usize>y * word(step, A_ROW), b = <usize>word(step, B) + <usize>y * word(step, B_ROW);
    const out = <usize>word(step, OUT) + <usize>y * word(step, OUT_ROW);
    if (word(step, IS_FLOAT)) addReals(real(step, LOW), real(step, HIGH), a, b, out, count);
    else addCodes(step, a, b, out, count);
  }
}

/** The greatest of a window's numbers; what lies outside the image is left out. */
export function maxPool(step: usize, thread: i32, threads: i32): void {
  const outHeight = <i32>word(step, OUT_HEIGHT), outWidth = <i32>word(step, OUT_WIDTH), height = <i32>word(step, HEIGHT), width = <i32>word(step, WIDTH);
  const kernelHeight = <i32>word(step, KERNEL_HEIGHT), kernelWidth = <i32>word(step, KERNEL_WIDTH), stride = <i32>word(step, STRIDE), above = <i32>word(step, PADDING), before = <i32>word(step, PADDING_LEFT);
  const isFloat = word(step, IS_FLOAT), pixelBytes = <usize>word(step, CHANNELS) << (isFloat ? 2 : 0), rowBytes = <usize>word(step, A_ROW);
  for (let oy = outHeight * thread / threads; oy < outHeight * (thread + 1) / threads; oy++) {
    const top = max(0, oy * stride - above), bottom = min(height, oy * stride - above + kernelHeight);
    let out = <usize>word(step, OUT) + <usize>oy * word(step, OUT_ROW);
    for (let ox = 0; ox < outWidth; ox++) {
      const left = max(0, ox * stride - before), right = min(width, ox * stride - before + kernelWidth);
      const start = <usize>word(step, A) + <usize>left * pixelBytes;
      for (let c: usize = 0; c < pixelBytes; c += isFloat ? 16 : 8, out += isFloat ? 16 : 8) {
        let most = isFloat ? f32x4.splat(-Infinity) : i8x16.splat(0);
        for (let y = top; y < bottom; y++) {
          let x = start + <usize>y * rowBytes + c;
          for (let i = left; i < right; i++, x += pixelBytes) {
            most = isFloat ? f32x4.pmax(v128.load(x), most) : i8x16.max_u(v128.load64_zero(x), most);
          }
        }
        if (isFloat) v128.store(out, most);
        else v128.store64_lane(out, most, 0);
      }
    }
  }
}

/** clamp(rne(f32(sum of (q - zero)) * factor) + zeroPoint), or the mean of float32 numbers: sum * factor. */
export function average(step: usize, thread: i32, threads: i32): void {
  const height = <i32>word(step, HEIGHT), width = <i32>word(step, WIDTH), isFloat = word(step, IS_FLOAT), lanes: i32 = isFloat ? 4 : 8;
  const pixelBytes = <usize>word(step, CHANNELS) << (isFloat ? 2 : 0), rowBytes = <usize>word(step, A_ROW);
  const groups = <i32>word(step, CHANNELS) / lanes, factor = f32x4.splat(real(step, FACTOR));
  const start = i32x4.splat(-<i32>word(step, ZERO_A) * height * width);
  const zeroPoint = f32x4.splat(<f32>word(step, ZERO_POINT)), qmax = f32x4.splat(<f32>word(step, QMAX)), low = f32x4.splat(0);
  for (let group = groups * thread / threads; group < groups * (thread + 1) / threads; group++) {
    const channel = <usize>(group * lanes) << (isFloat ? 2 : 0);
    let s0 = isFloat ? low : start, s1 = s0;
    for (let y = 0; y < height; y++) {
      let x = <usize>word(step, A) + <usize>y * rowBytes + channel;
      for (let i = 0; i < width; i++, x += pixelBytes) {
        if (isFloat) {
          s0 = f32x4.add(s0, v128.load(x));
        } else {
          const codes = v128.load_ext<u8>(x);
          s0 = i32x4.add(s0, i32x4.extend_low_i16x8_u(codes));
          s1 = i32x4.add(s1, i32x4.extend_high_i16x8_u(codes));
        }
      }
    }
    const out = <usize>word(step, OUT) + channel;
    if (isFloat) {
      v128.store(out, f32x4.mul(s0, factor));
    } else {
      const q0 = f32x4.add(f32x4.nearest(f32x4.mul(f32x4.convert_i32x4_s(s0), factor)), zeroPoint);
      const q1 = f32x4.add(f32x4.nearest(f32x4.mul(f32x4.convert_i32x4_s(s1), factor)), zeroPoint);
      const c0 = i32x4.trunc_sat_f32x4_s(f32x4.min(f32x4.max(q0, low), qmax)), c1 = i32x4.trunc_sat_f32x4_s(f32x4.min(f32x4.max(q1, low), qmax));
      const codes = i16x8.narrow_i32x4_s(c0, c1);
      v128.store64_lane(out, i8x16.narrow_i16x8_u(codes, codes), 0);
    }
  }
}
