/** The range that holds a given share of a tensor's values. */
import type { Range } from '../affine.ts';
import type { Points, Statistics } from './observer.ts';
import type { Grid } from './grid.ts';

/**
 * The smallest hi at or below which lies `share` of the values (the nearest rank), and the largest lo at or above
 * which does; for a symmetric grid both ends at the same rank of |x|. Where that leaves nothing but zero, as of a
 * tensor that is nearly always zero, min/max.
 * @param share 0 .. 1, for example 0.9999
 */
export function percentileRange({ min, max, count, points }: Statistics, { symmetric }: Grid, share: number): Range {
  const rank = share * count;
  if (symmetric) {
    const end = Math.min(valueAtRank(magnitudes(points), rank), Math.max(-min, max));
    return end > 0 ? { lo: -end, hi: end } : { lo: min, hi: max };
  }
  const ascending = sorted(points);
  const negated = { values: ascending.values.map((x) => -x).reverse(), counts: ascending.counts.toReversed() };
  const lo = Math.min(Math.max(-valueAtRank(negated, rank), min), 0);
  const hi = Math.max(Math.min(valueAtRank(ascending, rank), max), 0);
  return lo < hi ? { lo, hi } : { lo: min, hi: max };
}

/** The first of ascending points at which the counts reach `rank`. */
function valueAtRank({ values, counts }: Points, rank: number): number {
  let seen = 0;
  for (let i = 0; i < values.length; i++) {
    seen += counts[i];
    if (seen >= rank) return values[i];
  }
  return values[values.length - 1];
}

function magnitudes({ values, counts }: Points): Points {
  return sorted({ values: values.map(Math.abs), counts });
}

function sorted({ values, counts }: Points): Points {
  const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b]);
  return { values: Float32Array.from(order, (i) => values[i]), counts: Float64Array.from(order, (i) => counts[i]) };
}
