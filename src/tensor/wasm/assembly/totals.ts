// Sums kept in float64 while their parts are summed in float32: shared by the kernels, exported by none.

/** Rows summed in float32 before the partial sum is added to the float64 total, to keep the rounding error small. */
export const CHUNK: usize = 128;

/** Adds four float32 to four float64 in memory. */
@inline
export function addTotals(total: usize, partial: v128): void {
  v128.store(total, f64x2.add(v128.load(total), f64x2.promote_low_f32x4(partial)));
  const high = v128.shuffle<f32>(partial, partial, 2, 3, 2, 3);
  v128.store(total, f64x2.add(v128.load(total, 16), f64x2.promote_low_f32x4(high)), 16);
}

/** The sum of four float32, in float64. */
@inline
export function sumOf(partial: v128): f64 {
  const pairs = f64x2.add(
    f64x2.promote_low_f32x4(partial),
    f64x2.promote_low_f32x4(v128.shuffle<f32>(partial, partial, 2, 3, 2, 3)),
  );
  return f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
}
