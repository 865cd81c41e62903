// Images on their way in: normalized numbers, or a picture's own bytes, to the first tensor.
import { A, B, CHANNELS, HEIGHT, IMAGE_CHANNELS, IS_FLOAT, OUT, OUT_ROW, QMAX, SCALE, WIDTH, ZERO_POINT, real, word } from './step';

/** clamp(rne(x / scale) + zeroPoint, 0, qmax), in float32; a NaN, which has no code, is answered with true. */
@inline
function quantizeRow(x: usize, count: i32, scale: f32, zeroPoint: f32, qmax: f32, out: usize): bool {
  const s = f32x4.splat(scale), z = f32x4.splat(zeroPoint), low = f32x4.splat(0), high = f32x4.splat(qmax);
  let odd = i32x4.splat(0);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const v = v128.load(x + (<usize>i << 2));
    odd = v128.or(odd, f32x4.ne(v, v));
    const q = f32x4.min(f32x4.max(f32x4.add(f32x4.nearest(f32x4.div(v, s)), z), low), high);
    const short = i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(q), low);
    v128.store32_lane(out + <usize>i, i8x16.narrow_i16x8_u(short, short), 0);
  }
  let bad = v128.any_true(odd);
  for (; i < count; i++) {
    const v = load<f32>(x + (<usize>i << 2));
    bad = bad || v != v;
    store<u8>(out + <usize>i, <u8>min(max(nearest(v / scale) + zeroPoint, 0), qmax));
  }
  return bad;
}

/**
 * A: float32 [HEIGHT, WIDTH, IMAGE_CHANNELS], to pixels of CHANNELS channels. B: where 1 is written if there is a NaN among them.
 */
export function quantize(step: usize, thread: i32, threads: i32): void {
  const height = <i32>word(step, HEIGHT), channels = word(step, IMAGE_CHANNELS), padded = word(step, CHANNELS);
  // Unless pixels are padded, a row is one run.
  const runs = channels == padded ? 1 : <i32>word(step, WIDTH), count = <i32>(channels * word(step, WIDTH)) / runs;
  const isFloat = word(step, IS_FLOAT), scale = real(step, SCALE);
  const zeroPoint = <f32>word(step, ZERO_POINT), qmax = <f32>word(step, QMAX);
  for (let y = height * thread / threads; y < height * (thread + 1) / threads; y++) {
    let x = <usize>word(step, A) + <usize>(y * count * runs) * 4, out = <usize>word(step, OUT) + <usize>y * word(step, OUT_ROW);
    for (let run = 0; run < runs; run++, x += <usize>count * 4, out += <usize>padded * (isFloat ? 4 : 1)) {
      if (isFloat) memory.copy(out, x, <usize>count * 4);
      else if (quantizeRow(x, count, scale, zeroPoint, qmax, out)) store<u32>(<usize>word(step, B), 1);
    }
  }
}

/** A: bytes [HEIGHT, WIDTH, channels]. B: what each byte becomes in each channel, [channels, 256] codes or float32. */
export function pixels(step: usize, thread: i32, threads: i32): void {
  const rest = <usize>(word(step, CHANNELS) - word(step, IMAGE_CHANNELS)) * (word(step, IS_FLOAT) ? 4 : 1);
  const width = <i32>word(step, WIDTH), channels = <i32>word(step, IMAGE_CHANNELS), height = <i32>word(step, HEIGHT);
  const isFloat = word(step, IS_FLOAT), table = <usize>word(step, B);
  for (let y = height * thread / threads; y < height * (thread + 1) / threads; y++) {
    let x = <usize>word(step, A) + <usize>(y * width * channels), out = <usize>word(step, OUT) + <usize>y * word(step, OUT_ROW);
    for (let i = 0; i < width; i++, out += rest) {
      for (let c: usize = 0; c < <usize>channels; c++, x++) {
        const at = (c << 8) + load<u8>(x);
        if (isFloat) {
          store<f32>(out, load<f32>(table + (at << 2)));
          out += 4;
        } else {
          store<u8>(out++, load<u8>(table + at));
        }
      }
    }
  }
}
