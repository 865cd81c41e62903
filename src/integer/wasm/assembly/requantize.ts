// int32 sums to codes: clamp(rne(f32(sum) * multiplier) + zeroPoint, 0, qmax), eight channels at a time.

/** Beyond any code and zero point, and far inside int16. */
const FAR: f32 = 4096;

/** rne(f32(sum) * multiplier) as int32; what is far above every code stays above it, what is far below below. */
@inline
function scaled(sum: v128, multiplier: v128): v128 {
  const q = f32x4.nearest(f32x4.mul(f32x4.convert_i32x4_s(sum), multiplier));
  // The relaxed conversion leaves open what too large a number becomes; too small a one is the least int32 everywhere.
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_trunc_f32x4_s(f32x4.pmin(q, f32x4.splat(FAR)));
  return i32x4.trunc_sat_f32x4_s(q);
}

/** Codes of the eight channels in the low 8 bytes. */
@inline
export function codesOf(s0: v128, s1: v128, m0: v128, m1: v128, zeroPoint: v128, qmax: v128): v128 {
  const q = i16x8.add_sat_s(i16x8.narrow_i32x4_s(scaled(s0, m0), scaled(s1, m1)), zeroPoint);
  return i8x16.min_u(i8x16.narrow_i16x8_u(q, q), qmax);
}

/** The classifier has no grid behind it: f32(sum) * multiplier. */
@inline
export function storeLogits(s0: v128, s1: v128, m0: v128, m1: v128, out: usize): void {
  v128.store(out, f32x4.mul(f32x4.convert_i32x4_s(s0), m0));
  v128.store(out, f32x4.mul(f32x4.convert_i32x4_s(s1), m1), 16);
}

/** Eight channels of one pixel, as codes or as logits. */
@inline
export function storeEight(
  s0: v128, s1: v128, m0: v128, m1: v128, zeroPoint: v128, qmax: v128, isLogits: bool, out: usize, channel: usize,
): void {
  if (isLogits) storeLogits(s0, s1, m0, m1, out + channel * 4);
  else v128.store64_lane(out + channel, codesOf(s0, s1, m0, m1, zeroPoint, qmax), 0);
}
