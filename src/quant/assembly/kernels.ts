// Kernels of the quantizer, in AssemblyScript: pointers are byte offsets. Compiled by scripts/compile-kernels.ts.
// No allocation, no static data: the caller lays out the memory.

/** Points between two looks at whether the sum has passed its limit. */
const STRIDE = 32;

/** Parts of a power's table, in bytes: see powerTable in search.ts. */
const BELOW_HALF: usize = 0;
const MANTISSAS: usize = 1026 * 16;
const EXPONENTS: usize = MANTISSAS + 256 * 16;
const SERIES: usize = EXPONENTS + 64 * 8;

/** error^p for an error beyond half a step: 2^(k p) * m0^p * (1 + d)^p, d the mantissa's distance from the nearest of 256. */
function beyondHalf(error: f64, table: usize): f64 {
  const bits = reinterpret<u64>(error);
  const mantissa = table + MANTISSAS + <usize>((bits >> 44) & 255) * 16;
  const m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  const d = m * load<f64>(mantissa, 8) - 1;
  const s = table + SERIES;
  const series = 1 + d * (load<f64>(s) + d * (load<f64>(s, 8) + d * (load<f64>(s, 16) + d * (load<f64>(s, 24) + d * (load<f64>(s, 32) + d * load<f64>(s, 40))))));
  return load<f64>(table + EXPONENTS + <usize>((bits >> 52) - 1022) * 8) * load<f64>(mantissa) * series;
}

function power(error: f64, table: usize): f64 {
  if (error > 0.5) return beyondHalf(error, table);
  const at = error * 2048;
  const cell = <i32>at;
  const entry = table + BELOW_HALF + <usize>cell * 16;
  return load<f64>(entry) + (at - <f64>cell) * load<f64>(entry, 8);
}

/**
 * sum of counts * |x - clamp(rne(x), low, high)|^p over x = values * steps; infinity once it passes `stop`.
 * @param values float32 [n], below 2^62 steps
 * @param counts float64 [n]
 */
export function gridError(values: usize, counts: usize, n: i32, steps: f64, low: f64, high: f64, stop: f64, table: usize): f64 {
  const half = f64x2.splat(0.5), perStep = f64x2.splat(steps), lowest = f64x2.splat(low), highest = f64x2.splat(high);
  let sums = f64x2.splat(0);
  let i = 0;
  while (i + 2 <= n) {
    const end = min(i + STRIDE, n - 1);
    for (; i < end; i += 2) {
      const x = f64x2.mul(f64x2.promote_low_f32x4(v128.load64_zero(values + i * 4)), perStep);
      const q = f64x2.pmin(f64x2.pmax(f64x2.nearest(x), lowest), highest);
      const error = f64x2.abs(f64x2.sub(x, q));
      const count = v128.load(counts + i * 8);
      if (v128.any_true(f64x2.gt(error, half))) {
        const first = power(f64x2.extract_lane(error, 0), table), second = power(f64x2.extract_lane(error, 1), table);
        sums = f64x2.add(sums, f64x2.mul(count, f64x2.replace_lane(f64x2.splat(first), 1, second)));
      } else {
        const at = f64x2.mul(error, f64x2.splat(2048));
        const cell = f64x2.trunc(at);
        const rest = f64x2.sub(at, cell);
        // 2^52 more, and the low half of the double is the integer.
        const index = f64x2.add(cell, f64x2.splat(4503599627370496));
        const first = v128.load(table + BELOW_HALF + <usize>i32x4.extract_lane(index, 0) * 16);
        const second = v128.load(table + BELOW_HALF + <usize>i32x4.extract_lane(index, 2) * 16);
        const below = v128.shuffle<f64>(first, second, 0, 2), rise = v128.shuffle<f64>(first, second, 1, 3);
        sums = f64x2.add(sums, f64x2.mul(count, f64x2.add(below, f64x2.mul(rest, rise))));
      }
    }
    if (f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1) > stop) return Infinity;
  }
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  if (i < n) {
    const x = <f64>load<f32>(values + i * 4) * steps;
    sum += load<f64>(counts + i * 8) * power(abs(x - min(max(nearest(x), low), high)), table);
  }
  return sum;
}

/** clamp(rne(x / scale) + zeroPoint, qmin, qmax) of four numbers: beyond 2^24, where the addition rounds, the clamp decides. */
@inline
function codesOf(x: usize, scale: usize, zeroPoint: usize, low: v128, high: v128): v128 {
  const q = f32x4.add(f32x4.nearest(f32x4.div(v128.load(x), v128.load(scale))), v128.load(zeroPoint));
  return i32x4.trunc_sat_f32x4_s(f32x4.min(f32x4.max(q, low), high));
}

/**
 * Codes of x [rows, channels] as bytes, two's complement; each channel has its scale and zero point, float32 both.
 */
export function encode(x: usize, rows: i32, channels: i32, scale: usize, zeroPoint: usize, qmin: i32, qmax: i32, codes: usize): void {
  const low = f32x4.splat(<f32>qmin), high = f32x4.splat(<f32>qmax);
  for (let row = 0; row < rows; row++) {
    let c = 0;
    for (; c + 16 <= channels; c += 16, x += 64, codes += 16) {
      const s = scale + c * 4, z = zeroPoint + c * 4;
      const q0 = codesOf(x, s, z, low, high), q1 = codesOf(x + 16, s + 16, z + 16, low, high);
      const q2 = codesOf(x + 32, s + 32, z + 32, low, high), q3 = codesOf(x + 48, s + 48, z + 48, low, high);
      // The low byte of each, so that codes of either sign keep their bits.
      const words0 = v128.shuffle<u16>(q0, q1, 0, 2, 4, 6, 8, 10, 12, 14), words1 = v128.shuffle<u16>(q2, q3, 0, 2, 4, 6, 8, 10, 12, 14);
      v128.store(codes, v128.shuffle<u8>(words0, words1, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30));
    }
    for (; c < channels; c++, x += 4, codes++) {
      const q = nearest(load<f32>(x) / load<f32>(scale + c * 4)) + load<f32>(zeroPoint + c * 4);
      store<i8>(codes, <i8><i32>min(max(q, <f32>qmin), <f32>qmax));
    }
  }
}
