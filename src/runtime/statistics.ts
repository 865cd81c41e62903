/** What a list of measured times comes to. */

/** Milliseconds per run: the median, and the 5th and 95th percentile as its spread. */
export type LatencyStatistics = { readonly medianMs: number; readonly p5Ms: number; readonly p95Ms: number };

/**
 * @param times milliseconds, in any order
 * @throws RangeError when there are none
 */
export function latencyStatistics(times: readonly number[]): LatencyStatistics {
  return { medianMs: quantile(times, 0.5), p5Ms: quantile(times, 0.05), p95Ms: quantile(times, 0.95) };
}

/**
 * The value below which a fraction `p` of the values lies, interpolated between neighbours (R's type 7, as NumPy's
 * default).
 *
 * @throws RangeError when there are no values or p is not in 0 .. 1
 */
export function quantile(values: readonly number[], p: number): number {
  if (values.length === 0) throw new RangeError('A quantile needs at least one value.');
  if (!(p >= 0 && p <= 1)) throw new RangeError(`A quantile is for a fraction between 0 and 1, not ${p}.`);
  const sorted = Float64Array.from(values).sort();
  const position = p * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

/**
 * A confidence interval of the median that assumes nothing of how the values are spread: two of the values themselves,
 * as far from the middle as the binomial distribution asks (Conover, Practical Nonparametric Statistics, 3.2).
 *
 * @param confidence 0.95 by default; with so few values that none reaches it (five or fewer), least and greatest
 * @throws RangeError when there are no values
 */
export function medianInterval(values: readonly number[], confidence = 0.95): readonly [low: number, high: number] {
  if (values.length === 0) throw new RangeError('An interval needs at least one value.');
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  let rank = 0;
  // P(fewer than `rank + 1` of n values lie below the median), summed term by term.
  for (let term = 0.5 ** n, tail = term; tail <= (1 - confidence) / 2 && rank < n - 1 - rank; rank++) {
    term *= (n - rank) / (rank + 1);
    tail += term;
  }
  const outer = Math.max(0, rank - 1);
  return [sorted[outer], sorted[n - 1 - outer]];
}
