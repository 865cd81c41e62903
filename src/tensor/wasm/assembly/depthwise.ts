// Gradients of a depthwise convolution, over tfjs's own WASM heap: all pointers are byte offsets of float32 tensors,
// channels last. Four channels are one vector.

/** dx = (or +=) the sum of four taps' dy * w over the channels; a tap that is not there has `w` of zeros. */
@inline
function add4(
  dx: usize, channels: i32, fresh: bool,
  p0: usize, w0: usize, p1: usize, w1: usize, p2: usize, w2: usize, p3: usize, w3: usize, taps: i32,
): void {
  const bytes = <usize>channels * 4, whole = bytes & ~15;
  let c: usize = 0;
  for (; c < whole; c += 16) {
    let s = f32x4.mul(v128.load(p0 + c), v128.load(w0 + c));
    if (taps > 1) s = f32x4.add(s, f32x4.mul(v128.load(p1 + c), v128.load(w1 + c)));
    if (taps > 2) s = f32x4.add(s, f32x4.mul(v128.load(p2 + c), v128.load(w2 + c)));
    if (taps > 3) s = f32x4.add(s, f32x4.mul(v128.load(p3 + c), v128.load(w3 + c)));
    v128.store(dx + c, fresh ? s : f32x4.add(v128.load(dx + c), s));
  }
  for (; c < bytes; c += 4) {
    let s = load<f32>(p0 + c) * load<f32>(w0 + c);
    if (taps > 1) s += load<f32>(p1 + c) * load<f32>(w1 + c);
    if (taps > 2) s += load<f32>(p2 + c) * load<f32>(w2 + c);
    if (taps > 3) s += load<f32>(p3 + c) * load<f32>(w3 + c);
    store<f32>(dx + c, fresh ? s : load<f32>(dx + c) + s);
  }
}

/** A loop for each number of taps, so that none asks within it. */
function addTaps(
  dx: usize, channels: i32, fresh: bool,
  p0: usize, w0: usize, p1: usize, w1: usize, p2: usize, w2: usize, p3: usize, w3: usize, taps: i32,
): void {
  if (taps == 4) add4(dx, channels, fresh, p0, w0, p1, w1, p2, w2, p3, w3, 4);
  else if (taps == 3) add4(dx, channels, fresh, p0, w0, p1, w1, p2, w2, p3, w3, 3);
  else if (taps == 2) add4(dx, channels, fresh, p0, w0, p1, w1, p2, w2, p3, w3, 2);
  else add4(dx, channels, fresh, p0, w0, p1, w1, p2, w2, p3, w3, 1);
}

/**
 * dx[n, y, x, c] = sum over taps k, l of dy[n, (y + top - k) / stride, (x + left - l) / stride, c] * w[k, l, c], where
 * both quotients are whole and inside. dx [n, h, w, c], dy [n, oh, ow, c], filter [kh, kw, c].
 */
export function depthwiseInputGradient(
  dy: usize, n: i32, oh: i32, ow: i32, filter: usize, kh: i32, kw: i32, c: i32, h: i32, w: i32,
  stride: i32, top: i32, left: i32, dx: usize,
): void {
  const pixel = <usize>c * 4;
  for (let image = 0; image < n; image++) {
    const dyImage = dy + <usize>(image * oh * ow) * pixel;
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++, dx += pixel) {
        let p0: usize = 0, p1: usize = 0, p2: usize = 0, w0: usize = 0, w1: usize = 0, w2: usize = 0;
        let held = 0;
        let fresh = true;
        for (let k = (y + top) % stride; k < kh; k += stride) {
          const i = (y + top - k) / stride;
          if (i < 0 || i >= oh || y + top < k) continue;
          for (let l = (x + left) % stride; l < kw; l += stride) {
            const j = (x + left - l) / stride;
            if (x + left < l || j >= ow) continue;
            const p = dyImage + <usize>(i * ow + j) * pixel, q = filter + <usize>(k * kw + l) * pixel;
            if (held == 3) {
              addTaps(dx, c, fresh, p0, w0, p1, w1, p2, w2, p, q, 4);
              fresh = false;
              held = 0;
            } else {
              if (held == 0) { p0 = p; w0 = q; } else if (held == 1) { p1 = p; w1 = q; } else { p2 = p; w2 = q; }
              held++;
            }
          }
        }
        if (held > 0) addTaps(dx, c, fresh, p0, w0, p1, w1, p2, w2, 0, 0, held);
        else if (fresh) memory.fill(dx, 0, pixel);
      }
    }
  }
}

@inline
function accumulate(p: usize, sum: v128): void {
  v128.store(p, f32x4.add(v128.load(p), sum));
}

/** Three taps of a filter's row, four channels: dw[0 .. 2] += sum over a row of dy of x * dy. Steps are in bytes. */
function threeTaps(x: usize, xStep: usize, pixel: usize, dy: usize, columns: i32, dw: usize): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0;
  for (let j = 0; j < columns; j++, x += xStep, dy += pixel) {
    const d = v128.load(dy);
    s0 = f32x4.add(s0, f32x4.mul(v128.load(x), d));
    s1 = f32x4.add(s1, f32x4.mul(v128.load(x + pixel), d));
    s2 = f32x4.add(s2, f32x4.mul(v128.load(x + 2 * pixel), d));
  }
  accumulate(dw, s0); accumulate(dw + pixel, s1); accumulate(dw + 2 * pixel, s2);
}

/** One tap, four channels. */
function oneTap(x: usize, xStep: usize, pixel: usize, dy: usize, columns: i32, dw: usize): void {
  let s = f32x4.splat(0);
  for (let j = 0; j < columns; j++, x += xStep, dy += pixel) s = f32x4.add(s, f32x4.mul(v128.load(x), v128.load(dy)));
  accumulate(dw, s);
}

/** One tap, one channel. */
function oneChannel(x: usize, xStep: usize, pixel: usize, dy: usize, columns: i32, dw: usize): void {
  let s: f32 = 0;
  for (let j = 0; j < columns; j++, x += xStep, dy += pixel) s += load<f32>(x) * load<f32>(dy);
  store<f32>(dw, load<f32>(dw) + s);
}

/** ceil(a / b) for b > 0. */
@inline
function ceilDiv(a: i32, b: i32): i32 {
  return a > 0 ? (a + b - 1) / b : -(-a / b);
}

/** The tap's sums over a row of dy, as far as its input lies inside the image. */
function tapRow(
  x: usize, w: i32, dy: usize, ow: i32, c: i32, channel: i32, vector: bool, l: i32, stride: i32, left: i32, dw: usize,
): void {
  const from = max(0, ceilDiv(left - l, stride)), to = min(ow, ceilDiv(w + left - l, stride));
  if (from >= to) return;
  const pixel = <usize>c * 4, at = <usize>channel * 4;
  const xAt = x + <usize>(from * stride + l - left) * pixel + at, dyAt = dy + <usize>from * pixel + at;
  if (vector) oneTap(xAt, stride * pixel, pixel, dyAt, to - from, dw + <usize>l * pixel + at);
  else oneChannel(xAt, stride * pixel, pixel, dyAt, to - from, dw + <usize>l * pixel + at);
}

/**
 * dw[k, l, c] = sum over n, i, j of x[n, i*stride + k - top, j*stride + l - left, c] * dy[n, i, j, c], row by row of dy,
 * so that what is read stays in the cache while the channels pass by. x [n, h, w, c], dy [n, oh, ow, c], dw [kh, kw, c].
 */
export function depthwiseFilterGradient(
  x: usize, n: i32, h: i32, w: i32, c: i32, dy: usize, oh: i32, ow: i32,
  kh: i32, kw: i32, stride: i32, top: i32, left: i32, dw: usize,
): void {
  const pixel = <usize>c * 4;
  memory.fill(dw, 0, <usize>(kh * kw) * pixel);
  // The output columns whose three taps all lie inside the image; the rest go tap by tap.
  const first = ceilDiv(left, stride), last = min(ow, ceilDiv(w + left - 2, stride));
  const together = kw == 3 && first < last;
  for (let image = 0; image < n; image++) {
    const xImage = x + <usize>(image * h * w) * pixel, dyImage = dy + <usize>(image * oh * ow) * pixel;
    for (let i = 0; i < oh; i++) {
      const dyRow = dyImage + <usize>(i * ow) * pixel;
      for (let k = 0; k < kh; k++) {
        const row = i * stride + k - top;
        if (row < 0 || row >= h) continue;
        const xRow = xImage + <usize>(row * w) * pixel, dwRow = dw + <usize>(k * kw) * pixel;
        const vectors = c & ~3;
        if (together) {
          const xAt = xRow + <usize>(first * stride - left) * pixel, dyAt = dyRow + <usize>first * pixel;
          for (let at: usize = 0; at < <usize>vectors * 4; at += 16)
            threeTaps(xAt + at, stride * pixel, pixel, dyAt + at, last - first, dwRow + at);
          for (let l = 0; l < 3; l++) {
            for (let j = 0; j < first; j++) edge(xRow, w, dyRow, j, pixel, vectors, l, stride, left, dwRow);
            for (let j = last; j < ow; j++) edge(xRow, w, dyRow, j, pixel, vectors, l, stride, left, dwRow);
          }
        } else {
          for (let channel = 0; channel < vectors; channel += 4)
            for (let l = 0; l < kw; l++) tapRow(xRow, w, dyRow, ow, c, channel, true, l, stride, left, dwRow);
        }
        let channel = vectors;
        for (; channel < c; channel++) {
          for (let l = 0; l < kw; l++) tapRow(xRow, w, dyRow, ow, c, channel, false, l, stride, left, dwRow);
        }
      }
    }
  }
}

/** One output pixel of one tap, all channels but the last that fill no vector. */
function edge(
  xRow: usize, w: i32, dyRow: usize, j: i32, pixel: usize, vectors: i32, l: i32, stride: i32, left: i32, dwRow: usize,
): void {
  const column = j * stride + l - left;
  if (column < 0 || column >= w) return;
  const x = xRow + <usize>column * pixel, dy = dyRow + <usize>j * pixel, dw = dwRow + <usize>l * pixel;
  for (let at: usize = 0; at < <usize>vectors * 4; at += 16)
    accumulate(dw + at, f32x4.mul(v128.load(x + at), v128.load(dy + at)));
}
