/** A histogram of bounded size whose bins double in width as the range grows, without losing a count. */

/**
 * Bin k > 0 holds the numbers in ((k - 1) * width, k * width], bin -k their mirror image, bin 0 the zeros alone (half
 * of what a ReLU puts out); `counts[i]` is bin `first + i`. The width is a power of two, so two neighbours merge
 * exactly into one of double width, and the result is the same in whatever order the numbers came.
 */
export type Histogram = { width: number; first: number; counts: Float64Array };

export const BINS = 2048;

/** The smallest positive float32: no width is too wide to begin with. */
const NARROWEST = 2 ** -149;

/** An empty histogram. */
export function createHistogram(bins = BINS): Histogram {
  return { width: NARROWEST, first: 0, counts: new Float64Array(bins) };
}

/**
 * Counts finite `values`. [min, max] spans these and every value counted before: it alone decides the width of
 * the bins, the narrowest power of two with which they reach.
 */
export function countInto(histogram: Histogram, values: Float32Array, min: number, max: number): void {
  stretch(histogram, min, max);
  const { counts, first } = histogram;
  const perBin = 1 / histogram.width;
  for (let i = 0; i < values.length; i++) counts[(awayFromZero(values[i] * perBin) - first) | 0]++;
}

/** The centres of the bins that hold something, each with its count. */
export function binCentres({ width, first, counts }: Histogram): { values: Float32Array; counts: Float64Array } {
  const filled = counts.reduce((n, count) => (count > 0 ? n + 1 : n), 0);
  const points = { values: new Float32Array(filled), counts: new Float64Array(filled) };
  for (let i = 0, at = 0; i < counts.length; i++) {
    if (counts[i] === 0) continue;
    const bin = first + i;
    points.values[at] = (bin - Math.sign(bin) / 2) * width;
    points.counts[at++] = counts[i];
  }
  return points;
}

function stretch(histogram: Histogram, min: number, max: number): void {
  const { width, first, counts } = histogram;
  let merged = 1;
  while (awayFromZero(max / (width * merged)) - awayFromZero(min / (width * merged)) >= counts.length) merged *= 2;
  const low = awayFromZero(min / (width * merged));
  if (merged === 1 && low === first) return;
  histogram.width = width * merged;
  histogram.first = low;
  histogram.counts = new Float64Array(counts.length);
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] > 0) histogram.counts[awayFromZero((first + i) / merged) - low] += counts[i];
  }
}

/** The integer at or beyond x, seen from zero. Without a branch: the sign of an activation is a coin toss. */
function awayFromZero(x: number): number {
  return Math.ceil(x) + Math.floor(x) - Math.trunc(x);
}
