// Kernels over tfjs's own WASM heap, in AssemblyScript: all pointers are byte offsets of float32 tensors, channels last.
// Compiled by scripts/compile-kernels.ts. No allocation, no static data: the memory belongs to tfjs.

/** Channels handled at once while summing over rows: four vectors of four fit the registers together with their partners. */
const BLOCK: usize = 16;
/** Rows summed in float32 before the partial sum is added to the float64 total, to keep the rounding error small. */
const CHUNK: usize = 128;

@inline
function addTotals(total: usize, partial: v128): void {
  v128.store(total, f64x2.add(v128.load(total), f64x2.promote_low_f32x4(partial)));
  const high = v128.shuffle<f32>(partial, partial, 2, 3, 2, 3);
  v128.store(total, f64x2.add(v128.load(total, 16), f64x2.promote_low_f32x4(high)), 16);
}

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

/** [N, P, C] to [C, P, N], four by four. */
export function swapBatchAndChannels(x: usize, n: usize, positions: usize, c: usize, y: usize): void {
  const inRow = positions * c * 4, outRow = positions * n * 4;
  for (let p: usize = 0; p < positions; p++) {
    const src = x + p * c * 4, dst = y + p * n * 4;
    let i: usize = 0;
    for (; i + 4 <= n; i += 4) {
      let j: usize = 0;
      for (; j + 4 <= c; j += 4) {
        const s = src + i * inRow + j * 4;
        const r0 = v128.load(s), r1 = v128.load(s + inRow), r2 = v128.load(s + 2 * inRow), r3 = v128.load(s + 3 * inRow);
        const t0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), t1 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
        const t2 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7), t3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
        const d = dst + j * outRow + i * 4;
        v128.store(d, v128.shuffle<f32>(t0, t1, 0, 1, 4, 5));
        v128.store(d + outRow, v128.shuffle<f32>(t0, t1, 2, 3, 6, 7));
        v128.store(d + 2 * outRow, v128.shuffle<f32>(t2, t3, 0, 1, 4, 5));
        v128.store(d + 3 * outRow, v128.shuffle<f32>(t2, t3, 2, 3, 6, 7));
      }
      for (; j < c; j++) {
        for (let k: usize = i; k < i + 4; k++) store<f32>(dst + j * outRow + k * 4, load<f32>(src + k * inRow + j * 4));
      }
    }
    for (; i < n; i++) {
      for (let j: usize = 0; j < c; j++) store<f32>(dst + j * outRow + i * 4, load<f32>(src + i * inRow + j * 4));
    }
  }
}

/** [N, P, C] to [P, N, C]: moves whole channel rows. */
export function swapBatchAndPositions(x: usize, n: usize, positions: usize, c: usize, y: usize): void {
  const row = c * 4;
  for (let i: usize = 0; i < n; i++) {
    for (let p: usize = 0; p < positions; p++, x += row) memory.copy(y + (p * n + i) * row, x, row);
  }
}

/** [N, H, W, C] to [N, (H-1)*stride+1, (W-1)*stride+1, C] with zeros between the rows and columns. */
export function dilate(x: usize, n: usize, h: usize, w: usize, c: usize, stride: usize, y: usize): void {
  const row = c * 4, outW = (w - 1) * stride + 1, outH = (h - 1) * stride + 1;
  memory.fill(y, 0, n * outH * outW * row);
  for (let i: usize = 0; i < n; i++) {
    for (let a: usize = 0; a < h; a++) {
      let dst = y + (i * outH + a * stride) * outW * row;
      for (let b: usize = 0; b < w; b++, x += row, dst += stride * row) memory.copy(dst, x, row);
    }
  }
}

/** SGD with momentum and L2 decay, PyTorch's form: v = momentum * v + g + decay * w; w -= rate * v. In place. */
export function sgdStep(w: usize, v: usize, g: usize, size: usize, rate: f32, momentum: f32, decay: f32): void {
  for (let i: usize = 0; i < size; i++, w += 4, v += 4, g += 4) {
    const next = momentum * load<f32>(v) + load<f32>(g) + decay * load<f32>(w);
    store<f32>(v, next);
    store<f32>(w, load<f32>(w) - rate * next);
  }
}
