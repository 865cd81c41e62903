/** Round half to even, the rounding of IEEE 754, ONNX's QuantizeLinear and every integer kernel. */

/** 1.5 * 2^52: adding it leaves a double no fraction bits, so the addition itself rounds to an integer. */
const ROUNDER = 6755399441055744;

/** Below this magnitude `x + ROUNDER` stays between 2^52 and 2^53, where doubles are the integers. */
const LIMIT = 2251799813685248;

/**
 * The integer nearest to `x`, ties to the even one: rne(0.5) = 0, rne(1.5) = 2, rne(-2.5) = -2.
 * Exact for every float32 and for every double below 2^51. Never answers -0. NaN and infinities pass through.
 */
export function rne(x: number): number {
  return x < LIMIT && x > -LIMIT ? x + ROUNDER - ROUNDER : x;
}
