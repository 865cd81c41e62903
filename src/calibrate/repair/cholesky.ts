/** Cholesky factors of symmetric positive definite matrices, row-major in float64. */
import { alive } from '../../base/work/life.ts';

/**
 * The lower triangle L with L L' = A, [n, n].
 * @throws RangeError when A is not positive definite, saying at which row
 */
export function cholesky(a: Float64Array, n: number): Float64Array {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    alive();
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
      if (i !== j) l[i * n + j] = sum / l[j * n + j];
      else if (sum > 0) l[i * n + i] = Math.sqrt(sum);
      else throw new RangeError(`The matrix is not positive definite: row ${i} leaves ${sum}.`);
    }
  }
  return l;
}

/** The inverse of a positive definite matrix, [n, n]. Throws as {@link cholesky} does. */
export function inverse(a: Float64Array, n: number): Float64Array {
  const l = cholesky(a, n);
  // Row i of `inv` is row i of L^-1.
  const inv = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    alive();
    inv[i * n + i] = 1 / l[i * n + i];
    for (let k = 0; k < i; k++) {
      const factor = -l[i * n + k] / l[i * n + i];
      for (let j = 0; j <= k; j++) inv[i * n + j] += factor * inv[k * n + j];
    }
  }
  const result = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    alive();
    for (let i = 0; i <= k; i++) {
      const factor = inv[k * n + i];
      for (let j = 0; j <= i; j++) result[i * n + j] += factor * inv[k * n + j];
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) result[j * n + i] = result[i * n + j];
  return result;
}
