// The average over windows, of what each holds of the image: in real numbers, rounded once.
import {
  A, A_ROW, CHANNELS, HEIGHT, IS_FLOAT, KERNEL_HEIGHT, KERNEL_WIDTH, OUT, OUT_HEIGHT, OUT_ROW, OUT_WIDTH, PADDING, PADDING_LEFT, QMAX, SCALE_IN, SCALE_OUT,
  STRIDE, WIDTH, ZERO_IN, ZERO_POINT, real, word,
} from './step';

/** rne(f32(f32(mean / scale) + zeroPoint)), clamped: the zero point goes in before the rounding. */
@inline
function level(mean: v128, scale: v128, zeroPoint: v128, qmax: v128): v128 {
  const q = f32x4.nearest(f32x4.add(f32x4.div(mean, scale), zeroPoint));
  return i32x4.trunc_sat_f32x4_s(f32x4.pmin(f32x4.pmax(q, f32x4.splat(0)), qmax));
}

export function averagePool(step: usize, thread: i32, threads: i32): void {
  const outHeight = <i32>word(step, OUT_HEIGHT), outWidth = <i32>word(step, OUT_WIDTH), height = <i32>word(step, HEIGHT), width = <i32>word(step, WIDTH);
  const kernelHeight = <i32>word(step, KERNEL_HEIGHT), kernelWidth = <i32>word(step, KERNEL_WIDTH), stride = <i32>word(step, STRIDE);
  const above = <i32>word(step, PADDING), before = <i32>word(step, PADDING_LEFT);
  const isFloat = word(step, IS_FLOAT), pixelBytes = <usize>word(step, CHANNELS) << (isFloat ? 2 : 0), rowBytes = <usize>word(step, A_ROW);
  const scaleIn = f32x4.splat(real(step, SCALE_IN)), scaleOut = f32x4.splat(real(step, SCALE_OUT)), zeroIn = i32x4.splat(word(step, ZERO_IN));
  const zeroPoint = f32x4.splat(<f32>word(step, ZERO_POINT)), qmax = f32x4.splat(<f32>word(step, QMAX));
  for (let oy = outHeight * thread / threads; oy < outHeight * (thread + 1) / threads; oy++) {
    const top = max(0, oy * stride - above), bottom = min(height, oy * stride - above + kernelHeight);
    let out = <usize>word(step, OUT) + <usize>oy * word(step, OUT_ROW);
    for (let ox = 0; ox < outWidth; ox++) {
      const left = max(0, ox * stride - before), right = min(width, ox * stride - before + kernelWidth);
      const start = <usize>word(step, A) + <usize>left * pixelBytes, count = f32x4.splat(<f32>((bottom - top) * (right - left)));
      for (let c: usize = 0; c < pixelBytes; c += isFloat ? 16 : 8, out += isFloat ? 16 : 8) {
        let s0 = f32x4.splat(0), s1 = s0;
        for (let y = top; y < bottom; y++) {
          let x = start + <usize>y * rowBytes + c;
          for (let i = left; i < right; i++, x += pixelBytes) {
            if (isFloat) {
              s0 = f32x4.add(s0, v128.load(x));
            } else {
              const codes = v128.load_ext<u8>(x);
              s0 = f32x4.add(s0, f32x4.mul(f32x4.convert_i32x4_s(i32x4.sub(i32x4.extend_low_i16x8_u(codes), zeroIn)), scaleIn));
              s1 = f32x4.add(s1, f32x4.mul(f32x4.convert_i32x4_s(i32x4.sub(i32x4.extend_high_i16x8_u(codes), zeroIn)), scaleIn));
            }
          }
        }
        if (isFloat) {
          v128.store(out, f32x4.div(s0, count));
        } else {
          const codes = i16x8.narrow_i32x4_s(
            level(f32x4.div(s0, count), scaleOut, zeroPoint, qmax), level(f32x4.div(s1, count), scaleOut, zeroPoint, qmax));
          v128.store64_lane(out, i8x16.narrow_i16x8_u(codes, codes), 0);
        }
      }
    }
  }
}
