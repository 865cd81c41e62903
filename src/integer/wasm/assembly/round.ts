// A float tensor made to feel a grid: what a network loses where one tensor is rounded and the rest is not.
import { A, A_ROW, CHANNELS, HEIGHT, OUT, OUT_ROW, QMAX, SCALE, WIDTH, ZERO_POINT, real, word } from './step';

/** A: float32, row by row WIDTH * CHANNELS numbers, a multiple of 4 or the rest one by one; OUT may be A. 0 stays 0: it is on every grid. */
export function round(step: usize, thread: i32, threads: i32): void {
  const height = <i32>word(step, HEIGHT), count = <usize>(word(step, WIDTH) * word(step, CHANNELS));
  const scale = real(step, SCALE), zero = <f32>word(step, ZERO_POINT), qmax = <f32>word(step, QMAX);
  const s = f32x4.splat(scale), z = f32x4.splat(zero), high = f32x4.splat(qmax);
  for (let y = height * thread / threads; y < height * (thread + 1) / threads; y++) {
    const x = <usize>word(step, A) + <usize>y * word(step, A_ROW), out = <usize>word(step, OUT) + <usize>y * word(step, OUT_ROW);
    let i: usize = 0;
    for (; i + 4 <= count; i += 4) {
      const q = f32x4.min(f32x4.max(f32x4.add(f32x4.nearest(f32x4.div(v128.load(x + (i << 2)), s)), z), f32x4.splat(0)), high);
      v128.store(out + (i << 2), f32x4.mul(f32x4.sub(q, z), s));
    }
    for (; i < count; i++) store<f32>(out + (i << 2), (min(max(nearest(load<f32>(x + (i << 2)) / scale) + zero, 0), qmax) - zero) * scale);
  }
}
