// Fake quantization and its gradients (straight-through for x, LSQ for the step), each in one pass.
// With v = x / s, low = qmin - z, high = qmax - z, q = clamp(rne(v), low, high), inside = (low <= v <= high):
//   y = q s,   dx = dy inside,   ds = sum dy (q - v inside)
import { CHUNK, sumOf } from './totals';

/** A learned step is held above this, whatever its optimizer does. */
const LEAST_STEP: f32 = 1e-8;

@inline
function clamped(q: v128, low: v128, high: v128): v128 {
  // In this order of operands a NaN stays one.
  return f32x4.pmin(f32x4.pmax(q, low), high);
}

@inline
function clamped1(q: f32, low: f32, high: f32): f32 {
  return q < low ? low : q > high ? high : q;
}

/** One step and zero point for the tensor. */
export function fakeQuantize(x: usize, size: usize, scale: usize, zeroPoint: usize, qmin: f32, qmax: f32, y: usize): void {
  const s = max(load<f32>(scale), LEAST_STEP), z = load<f32>(zeroPoint);
  const low = qmin - z, high = qmax - z;
  const s4 = f32x4.splat(s), low4 = f32x4.splat(low), high4 = f32x4.splat(high);
  let i: usize = 0;
  for (; i + 4 <= size; i += 4, x += 16, y += 16) {
    v128.store(y, f32x4.mul(clamped(f32x4.nearest(f32x4.div(v128.load(x), s4)), low4, high4), s4));
  }
  for (; i < size; i++, x += 4, y += 4) store<f32>(y, clamped1(nearest<f32>(load<f32>(x) / s), low, high) * s);
}

/** Writes dx, returns ds. */
export function fakeQuantizeGrad(
  x: usize, dy: usize, size: usize, scale: usize, zeroPoint: usize, qmin: f32, qmax: f32, dx: usize,
): f64 {
  const s = max(load<f32>(scale), LEAST_STEP), z = load<f32>(zeroPoint);
  const low = qmin - z, high = qmax - z;
  const s4 = f32x4.splat(s), low4 = f32x4.splat(low), high4 = f32x4.splat(high);
  let total: f64 = 0;
  let i: usize = 0;
  while (i + 4 <= size) {
    const end = min(i + 4 * CHUNK, size);
    let partial = f32x4.splat(0);
    for (; i + 4 <= end; i += 4, x += 16, dy += 16, dx += 16) {
      const v = f32x4.div(v128.load(x), s4), d = v128.load(dy);
      const inside = v128.and(f32x4.ge(v, low4), f32x4.le(v, high4));
      v128.store(dx, v128.and(d, inside));
      const slope = f32x4.sub(clamped(f32x4.nearest(v), low4, high4), v128.and(v, inside));
      partial = f32x4.add(partial, f32x4.mul(d, slope));
    }
    total += sumOf(partial);
  }
  for (; i < size; i++, x += 4, dy += 4, dx += 4) {
    const v = load<f32>(x) / s, d = load<f32>(dy);
    const inside = v >= low && v <= high;
    store<f32>(dx, inside ? d : 0);
    total += <f64>(d * (clamped1(nearest<f32>(v), low, high) - (inside ? v : 0)));
  }
  return total;
}

/** One step and zero point for each channel, [C]; x is [rows, C]. */
export function fakeQuantizeChannels(
  x: usize, rows: usize, channels: usize, scale: usize, zeroPoint: usize, qmin: f32, qmax: f32, y: usize,
): void {
  for (let r: usize = 0; r < rows; r++) {
    for (let c: usize = 0; c < channels; c++, x += 4, y += 4) {
      const s = max(load<f32>(scale + c * 4), LEAST_STEP), z = load<f32>(zeroPoint + c * 4);
      store<f32>(y, clamped1(nearest<f32>(load<f32>(x) / s), qmin - z, qmax - z) * s);
    }
  }
}

/** Writes dx, and ds as float64 [C]. */
export function fakeQuantizeChannelsGrad(
  x: usize, dy: usize, rows: usize, channels: usize, scale: usize, zeroPoint: usize, qmin: f32, qmax: f32,
  dx: usize, ds: usize,
): void {
  memory.fill(ds, 0, channels * 8);
  for (let r: usize = 0; r < rows; r++) {
    for (let c: usize = 0; c < channels; c++, x += 4, dy += 4, dx += 4) {
      const s = max(load<f32>(scale + c * 4), LEAST_STEP), z = load<f32>(zeroPoint + c * 4);
      const low = qmin - z, high = qmax - z, v = load<f32>(x) / s, d = load<f32>(dy);
      const inside = v >= low && v <= high;
      store<f32>(dx, inside ? d : 0);
      const slope = clamped1(nearest<f32>(v), low, high) - (inside ? v : 0);
      store<f64>(ds + c * 8, load<f64>(ds + c * 8) + <f64>(d * slope));
    }
  }
}

/** The least and the greatest value, to extremes[0] and extremes[1]; size > 0. */
export function extremes(x: usize, size: usize, extremes: usize): void {
  let least = load<f32>(x), most = least;
  let i: usize = 0;
  let least4 = f32x4.splat(least), most4 = least4;
  for (; i + 4 <= size; i += 4, x += 16) {
    const v = v128.load(x);
    least4 = f32x4.pmin(least4, v);
    most4 = f32x4.pmax(most4, v);
  }
  for (; i < size; i++, x += 4) {
    least = min(least, load<f32>(x));
    most = max(most, load<f32>(x));
  }
  least = min(least, min(min(f32x4.extract_lane(least4, 0), f32x4.extract_lane(least4, 1)), min(f32x4.extract_lane(least4, 2), f32x4.extract_lane(least4, 3))));
  most = max(most, max(max(f32x4.extract_lane(most4, 0), f32x4.extract_lane(most4, 1)), max(f32x4.extract_lane(most4, 2), f32x4.extract_lane(most4, 3))));
  store<f32>(extremes, least);
  store<f32>(extremes, most, 4);
}
