/** The matrix product of integers: the one hot loop of the interpreter. */

/** Rows of the operands come padded to multiples of these: the block of sums that stays in registers. */
const LEFT_ROWS = 2;
const RIGHT_ROWS = 4;

/** Row counts of both operands as `dotRows` wants them; what is in the padding does not matter. */
export function paddedRows(left: number, right: number): { left: number; right: number } {
  return { left: roundUp(left, LEFT_ROWS), right: roundUp(right, RIGHT_ROWS) };
}

/**
 * out[i, j] = sum over k of left[i, k] * right[j, k].
 *
 * The operands are integers held in doubles, which V8 multiplies and adds 1.5 times as fast as int32. It is exact:
 * a sum of products of two 9-bit integers reaches 2^53 only after 2^35 terms. The store into `out` wraps to int32
 * as an int32 accumulator would.
 *
 * @param left [rows, depth], rows as paddedRows gives them
 * @param right [columns, depth], columns as paddedRows gives them
 * @param out [rows, columns]
 */
export function dotRows(
  left: Float64Array,
  right: Float64Array,
  rows: number,
  columns: number,
  depth: number,
  out: Int32Array,
): void {
  // A size that was computed as a double (2 ** i, say) would make every index one, at half the speed.
  [rows, columns, depth] = [rows | 0, columns | 0, depth | 0];
  for (let j = 0; j < columns; j += RIGHT_ROWS) {
    const right0 = j * depth;
    const right1 = right0 + depth;
    const right2 = right1 + depth;
    const right3 = right2 + depth;
    for (let i = 0; i < rows; i += LEFT_ROWS) {
      const left0 = i * depth;
      const left1 = left0 + depth;
      let a0 = 0,
        a1 = 0,
        a2 = 0,
        a3 = 0;
      let b0 = 0,
        b1 = 0,
        b2 = 0,
        b3 = 0;
      for (let k = 0; k < depth; k++) {
        const a = left[left0 + k];
        const b = left[left1 + k];
        const w0 = right[right0 + k];
        const w1 = right[right1 + k];
        const w2 = right[right2 + k];
        const w3 = right[right3 + k];
        a0 += a * w0;
        a1 += a * w1;
        a2 += a * w2;
        a3 += a * w3;
        b0 += b * w0;
        b1 += b * w1;
        b2 += b * w2;
        b3 += b * w3;
      }
      const outA = i * columns + j;
      const outB = outA + columns;
      out[outA] = a0;
      out[outA + 1] = a1;
      out[outA + 2] = a2;
      out[outA + 3] = a3;
      out[outB] = b0;
      out[outB + 1] = b1;
      out[outB + 2] = b2;
      out[outB + 3] = b3;
    }
  }
}

function roundUp(count: number, step: number): number {
  return count + ((step - (count % step)) % step);
}
