// Kernels over tfjs's own WASM heap, in AssemblyScript: all pointers are byte offsets of float32 tensors, channels last.
// Compiled by scripts/compile-kernels.ts. No allocation, no static data: the memory belongs to tfjs.

import { addTotals, CHUNK } from './totals';

/** Channels handled at once while summing over rows: four vectors of four fit the registers together with their partners. */
const BLOCK: usize = 16;

/** dy where the ReLU let x * a + b through, else 0; `relu` 0 leaves dy alone. */
@inline
function masked(dy: v128, x: v128, a: v128, b: v128, relu: bool): v128 {
  return relu ? v128.and(dy, f32x4.gt(f32x4.add(f32x4.mul(x, a), b), f32x4.splat(0))) : dy;
}

/**
 * Per channel: sum(x - shift) and sum((x - shift)^2) over `rows`, as float64 [C] each.
 * The shift (any value near the mean) keeps the squares from cancelling.
 */
export function batchMoments(x: usize, rows: usize, channels: usize, shift: usize, sums: usize, squares: usize): void {
  memory.fill(sums, 0, channels * 8);
  memory.fill(squares, 0, channels * 8);
  const stride = channels * 4;
  for (let first: usize = 0; first < rows; first += CHUNK) {
    const last = min(first + CHUNK, rows);
    let c: usize = 0;
    for (; c + BLOCK <= channels; c += BLOCK) {
      const h0 = v128.load(shift + c * 4), h1 = v128.load(shift + c * 4, 16);
      const h2 = v128.load(shift + c * 4, 32), h3 = v128.load(shift + c * 4, 48);
      let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, q0 = s0, q1 = s0, q2 = s0, q3 = s0;
      let p = x + first * stride + c * 4;
      for (let r = first; r < last; r++, p += stride) {
        const v0 = f32x4.sub(v128.load(p), h0), v1 = f32x4.sub(v128.load(p, 16), h1);
        const v2 = f32x4.sub(v128.load(p, 32), h2), v3 = f32x4.sub(v128.load(p, 48), h3);
        s0 = f32x4.add(s0, v0); q0 = f32x4.add(q0, f32x4.mul(v0, v0));
        s1 = f32x4.add(s1, v1); q1 = f32x4.add(q1, f32x4.mul(v1, v1));
        s2 = f32x4.add(s2, v2); q2 = f32x4.add(q2, f32x4.mul(v2, v2));
        s3 = f32x4.add(s3, v3); q3 = f32x4.add(q3, f32x4.mul(v3, v3));
      }
      const s = sums + c * 8, q = squares + c * 8;
      addTotals(s, s0); addTotals(s + 32, s1); addTotals(s + 64, s2); addTotals(s + 96, s3);
      addTotals(q, q0); addTotals(q + 32, q1); addTotals(q + 64, q2); addTotals(q + 96, q3);
    }
    for (; c < channels; c++) {
      const h = load<f32>(shift + c * 4);
      let s: f32 = 0, q: f32 = 0;
      let p = x + first * stride + c * 4;
      for (let r = first; r < last; r++, p += stride) {
        const v = load<f32>(p) - h;
        s += v; q += v * v;
      }
      store<f64>(sums + c * 8, load<f64>(sums + c * 8) + <f64>s);
      store<f64>(squares + c * 8, load<f64>(squares + c * 8) + <f64>q);
    }
  }
}

/** y = x * a + b per channel, then ReLU if `relu`. */
export function scaleShift(x: usize, rows: usize, channels: usize, a: usize, b: usize, relu: bool, y: usize): void {
  const floor = relu ? f32x4.splat(0) : f32x4.splat(-Infinity);
  const floor1: f32 = relu ? 0 : -f32.MAX_VALUE;
  for (let r: usize = 0; r < rows; r++) {
    let c: usize = 0;
    for (; c + 4 <= channels; c += 4, x += 16, y += 16) {
      const v = f32x4.add(f32x4.mul(v128.load(x), v128.load(a + c * 4)), v128.load(b + c * 4));
      v128.store(y, f32x4.max(v, floor));
    }
    for (; c < channels; c++, x += 4, y += 4) {
      store<f32>(y, max(load<f32>(x) * load<f32>(a + c * 4) + load<f32>(b + c * 4), floor1));
    }
  }
}

/** Per channel: sum(dy') and sum(dy' * (x - mean)), dy' = dy where the ReLU of x * a + b passed; float64 [C] each. */
export function batchNormGradSums(
  x: usize, dy: usize, rows: usize, channels: usize, mean: usize, a: usize, b: usize, relu: bool,
  sums: usize, products: usize,
): void {
  memory.fill(sums, 0, channels * 8);
  memory.fill(products, 0, channels * 8);
  const stride = channels * 4;
  for (let first: usize = 0; first < rows; first += CHUNK) {
    const last = min(first + CHUNK, rows);
    let c: usize = 0;
    for (; c + 8 <= channels; c += 8) {
      const m0 = v128.load(mean + c * 4), m1 = v128.load(mean + c * 4, 16);
      const a0 = v128.load(a + c * 4), a1 = v128.load(a + c * 4, 16);
      const b0 = v128.load(b + c * 4), b1 = v128.load(b + c * 4, 16);
      let s0 = f32x4.splat(0), s1 = s0, q0 = s0, q1 = s0;
      let p = first * stride + c * 4;
      for (let r = first; r < last; r++, p += stride) {
        const x0 = v128.load(x + p), x1 = v128.load(x + p, 16);
        const d0 = masked(v128.load(dy + p), x0, a0, b0, relu), d1 = masked(v128.load(dy + p, 16), x1, a1, b1, relu);
        s0 = f32x4.add(s0, d0); q0 = f32x4.add(q0, f32x4.mul(d0, f32x4.sub(x0, m0)));
        s1 = f32x4.add(s1, d1); q1 = f32x4.add(q1, f32x4.mul(d1, f32x4.sub(x1, m1)));
      }
      addTotals(sums + c * 8, s0); addTotals(sums + c * 8 + 32, s1);
      addTotals(products + c * 8, q0); addTotals(products + c * 8 + 32, q1);
    }
    for (; c < channels; c++) {
      const m = load<f32>(mean + c * 4), a0 = load<f32>(a + c * 4), b0 = load<f32>(b + c * 4);
      let s: f32 = 0, q: f32 = 0;
      let p = first * stride + c * 4;
      for (let r = first; r < last; r++, p += stride) {
        const v = load<f32>(x + p);
        const d: f32 = relu && v * a0 + b0 <= 0 ? 0 : load<f32>(dy + p);
        s += d; q += d * (v - m);
      }
      store<f64>(sums + c * 8, load<f64>(sums + c * 8) + <f64>s);
      store<f64>(products + c * 8, load<f64>(products + c * 8) + <f64>q);
    }
  }
}

/** dx = dy' * a + x * e + f per channel, dy' = dy where the ReLU of x * a + b passed. */
export function batchNormGradInput(
  x: usize, dy: usize, rows: usize, channels: usize, a: usize, b: usize, e: usize, f: usize, relu: bool, dx: usize,
): void {
  for (let r: usize = 0; r < rows; r++) {
    let c: usize = 0;
    for (; c + 4 <= channels; c += 4, x += 16, dy += 16, dx += 16) {
      const v = v128.load(x), a4 = v128.load(a + c * 4);
      const d = masked(v128.load(dy), v, a4, v128.load(b + c * 4), relu);
      const linear = f32x4.add(f32x4.mul(v, v128.load(e + c * 4)), v128.load(f + c * 4));
      v128.store(dx, f32x4.add(f32x4.mul(d, a4), linear));
    }
    for (; c < channels; c++, x += 4, dy += 4, dx += 4) {
      const v = load<f32>(x), a1 = load<f32>(a + c * 4);
      const d: f32 = relu && v * a1 + load<f32>(b + c * 4) <= 0 ? 0 : load<f32>(dy);
      store<f32>(dx, d * a1 + v * load<f32>(e + c * 4) + load<f32>(f + c * 4));
    }
  }
}

/** y = max(p + q, 0), elementwise. */
export function addRelu(p: usize, q: usize, size: usize, y: usize): void {
  let i: usize = 0;
  for (; i + 4 <= size; i += 4, p += 16, q += 16, y += 16) {
    v128.store(y, f32x4.max(f32x4.add(v128.load(p), v128.load(q)), f32x4.splat(0)));
  }
  for (; i < size; i++, p += 4, q += 4, y += 4) store<f32>(y, max<f32>(load<f32>(p) + load<f32>(q), 0));
}

/** dx = dy where y > 0, else 0: the ReLU's gradient from its output. */
export function reluGrad(dy: usize, y: usize, size: usize, dx: usize): void {
  let i: usize = 0;
  for (; i + 4 <= size; i += 4, dy += 16, y += 16, dx += 16) {
    v128.store(dx, v128.and(v128.load(dy), f32x4.gt(v128.load(y), f32x4.splat(0))));
  }
  for (; i < size; i++, dy += 4, y += 4, dx += 4) store<f32>(dx, load<f32>(y) > 0 ? load<f32>(dy) : 0);
}

/**
 * The sum of overlapping patches: dx[n, i*stride + k - top, j*stride + l - left, c] += patches[n, i, j, k, l, c].
 * dx [n, h, w, c], patches [n, oh, ow, kh, kw, c].
 */
export function sumPatches(
  patches: usize, n: i32, oh: i32, ow: i32, kh: i32, kw: i32, c: i32, h: i32, w: i32, stride: i32, top: i32, left: i32, dx: usize,
): void {
  memory.fill(dx, 0, <usize>n * h * w * c * 4);
  let from = patches;
  for (let image = 0; image < n; image++) {
    for (let i = 0; i < oh; i++) {
      for (let j = 0; j < ow; j++) {
        for (let k = 0; k < kh; k++) {
          const row = i * stride + k - top;
          for (let l = 0; l < kw; l++) {
            const column = j * stride + l - left;
            if (row < 0 || row >= h || column < 0 || column >= w) {
              from += <usize>c * 4;
              continue;
            }
            let to = dx + <usize>((image * h + row) * w + column) * c * 4;
            let channel = 0;
            for (; channel + 4 <= c; channel += 4, from += 16, to += 16) accumulate(to, v128.load(from));
            for (; channel < c; channel++, from += 4, to += 4) store<f32>(to, load<f32>(to) + load<f32>(from));
          }
        }
      }
    }
  }
}

/** Output pixels in a band: enough to pay for storing the sums, few enough for x and dy to stay in the cache. */
const BAND: i32 = 256;

@inline
function accumulate(p: usize, sum: v128): void {
  v128.store(p, f32x4.add(v128.load(p), sum));
}

/** 4 input channels x 8 output channels of one tap, over `rows` x `columns` pixels. Steps are in bytes. */
function filterBlock4x8(
  x: usize, dy: usize, rows: i32, columns: i32, xRow: usize, xStep: usize, dyRow: usize, dyStep: usize, dw: usize, dwRow: usize,
): void {
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  for (let i = 0; i < rows; i++, x += xRow, dy += dyRow) {
    let p = x, q = dy;
    for (let j = 0; j < columns; j++, p += xStep, q += dyStep) {
      const d0 = v128.load(q), d1 = v128.load(q, 16);
      const a0 = v128.load32_splat(p), a1 = v128.load32_splat(p, 4), a2 = v128.load32_splat(p, 8), a3 = v128.load32_splat(p, 12);
      s00 = f32x4.add(s00, f32x4.mul(a0, d0)); s01 = f32x4.add(s01, f32x4.mul(a0, d1));
      s10 = f32x4.add(s10, f32x4.mul(a1, d0)); s11 = f32x4.add(s11, f32x4.mul(a1, d1));
      s20 = f32x4.add(s20, f32x4.mul(a2, d0)); s21 = f32x4.add(s21, f32x4.mul(a2, d1));
      s30 = f32x4.add(s30, f32x4.mul(a3, d0)); s31 = f32x4.add(s31, f32x4.mul(a3, d1));
    }
  }
  accumulate(dw, s00); accumulate(dw + 16, s01); dw += dwRow;
  accumulate(dw, s10); accumulate(dw + 16, s11); dw += dwRow;
  accumulate(dw, s20); accumulate(dw + 16, s21); dw += dwRow;
  accumulate(dw, s30); accumulate(dw + 16, s31);
}

/** One input channel x 8 output channels. */
function filterBlock1x8(
  x: usize, dy: usize, rows: i32, columns: i32, xRow: usize, xStep: usize, dyRow: usize, dyStep: usize, dw: usize,
): void {
  let s0 = f32x4.splat(0), s1 = s0;
  for (let i = 0; i < rows; i++, x += xRow, dy += dyRow) {
    let p = x, q = dy;
    for (let j = 0; j < columns; j++, p += xStep, q += dyStep) {
      const a = v128.load32_splat(p);
      s0 = f32x4.add(s0, f32x4.mul(a, v128.load(q)));
      s1 = f32x4.add(s1, f32x4.mul(a, v128.load(q, 16)));
    }
  }
  accumulate(dw, s0); accumulate(dw + 16, s1);
}

/** One input channel x one output channel. */
function filterBlock1x1(
  x: usize, dy: usize, rows: i32, columns: i32, xRow: usize, xStep: usize, dyRow: usize, dyStep: usize, dw: usize,
): void {
  let s: f32 = 0;
  for (let i = 0; i < rows; i++, x += xRow, dy += dyRow) {
    let p = x, q = dy;
    for (let j = 0; j < columns; j++, p += xStep, q += dyStep) s += load<f32>(p) * load<f32>(q);
  }
  store<f32>(dw, load<f32>(dw) + s);
}

/** ceil(a / b) for b > 0. */
@inline
function ceilDiv(a: i32, b: i32): i32 {
  return a > 0 ? (a + b - 1) / b : -(-a / b);
}

/**
 * dw[k, l, c, f] = sum over n, i, j of x[n, i*stride + k - top, j*stride + l - left, c] * dy[n, i, j, f], directly:
 * a block of 4 x 8 sums stays in registers while a band of pixels that fits the cache passes by.
 * x [n, h, w, c], dy [n, oh, ow, f], dw [kh, kw, c, f].
 */
export function convFilterGradient(
  x: usize, n: i32, h: i32, w: i32, c: i32, dy: usize, oh: i32, ow: i32, f: i32,
  kh: i32, kw: i32, stride: i32, top: i32, left: i32, dw: usize,
): void {
  memory.fill(dw, 0, <usize>kh * kw * c * f * 4);
  const bandRows = max(1, BAND / ow);
  const xStep = <usize>stride * c * 4, xRow = <usize>stride * w * c * 4, dyStep = <usize>f * 4, dyRow = <usize>ow * f * 4;
  for (let image = 0; image < n; image++) {
    const xImage = x + <usize>image * h * w * c * 4, dyImage = dy + <usize>image * oh * ow * f * 4;
    for (let band = 0; band < oh; band += bandRows) {
      for (let k = 0; k < kh; k++) {
        // The output rows and columns whose input lies inside the image for this tap.
        const first = max(band, ceilDiv(top - k, stride)), last = min(min(band + bandRows, oh), ceilDiv(h + top - k, stride));
        if (first >= last) continue;
        for (let l = 0; l < kw; l++) {
          const from = max(0, ceilDiv(left - l, stride)), to = min(ow, ceilDiv(w + left - l, stride));
          if (from >= to) continue;
          const rows = last - first, columns = to - from;
          const xTap = xImage + <usize>((first * stride + k - top) * w + from * stride + l - left) * c * 4;
          const dyTap = dyImage + <usize>(first * ow + from) * f * 4;
          const dwTap = dw + <usize>(k * kw + l) * c * f * 4;
          let o = 0;
          for (; o + 8 <= f; o += 8) {
            let i = 0;
            for (; i + 4 <= c; i += 4) {
              filterBlock4x8(xTap + i * 4, dyTap + o * 4, rows, columns, xRow, xStep, dyRow, dyStep, dwTap + <usize>(i * f + o) * 4, dyStep);
            }
            for (; i < c; i++) {
              filterBlock1x8(xTap + i * 4, dyTap + o * 4, rows, columns, xRow, xStep, dyRow, dyStep, dwTap + <usize>(i * f + o) * 4);
            }
          }
          for (; o < f; o++) {
            for (let i = 0; i < c; i++) {
              filterBlock1x1(xTap + i * 4, dyTap + o * 4, rows, columns, xRow, xStep, dyRow, dyStep, dwTap + <usize>(i * f + o) * 4);
            }
          }
        }
      }
    }
  }
}
