/** A histogram of bounded size whose bins double in width as the range grows, without losing a count. */

/**
 * `counts[i]` numbers lie in [(first + i) * width, (first + i + 1) * width). The width is a power of two and bins
 * are aligned to its multiples, so two neighbours merge exactly into one of double width, and the result is the
 * same in whatever order the numbers came. Zeros are counted apart: no grid gets them wrong.
 */
export type Histogram = { width: number; first: number; counts: Float64Array; zeros: number };

export const BINS = 2048;

const NARROWEST = 2 ** -149;

/** An empty histogram. */
export function createHistogram(bins = BINS): Histogram {
  return { width: NARROWEST, first: 0, counts: new Float64Array(bins), zeros: 0 };
}

/**
 * Counts finite `values`. [min, max] spans these and every value counted before: it alone decides the width of
 * the bins, the narrowest power of two with which they reach.
 */
export function countInto(histogram: Histogram, values: Float32Array, min: number, max: number): void {
  stretch(histogram, min, max);
  const { counts, first } = histogram;
  const perBin = 1 / histogram.width;
  let zeros = 0;
  for (let i = 0; i < values.length; i++) {
    const x = values[i];
    if (x === 0) zeros++;
    else counts[Math.floor(x * perBin) - first]++;
  }
  histogram.zeros += zeros;
}

/** The centres of the bins that hold something, each with its count. */
export function binCentres({ width, first, counts }: Histogram): { values: Float32Array; counts: Float64Array } {
  const filled = counts.reduce((n, count) => (count > 0 ? n + 1 : n), 0);
  const points = { values: new Float32Array(filled), counts: new Float64Array(filled) };
  for (let i = 0, at = 0; i < counts.length; i++) {
    if (counts[i] === 0) continue;
    points.values[at] = (first + i + 0.5) * width;
    points.counts[at++] = counts[i];
  }
  return points;
}

function stretch(histogram: Histogram, min: number, max: number): void {
  const { width, first, counts } = histogram;
  let merged = 1;
  while (Math.floor(max / (width * merged)) - Math.floor(min / (width * merged)) >= counts.length) merged *= 2;
  const low = Math.floor(min / (width * merged));
  if (merged === 1 && low === first) return;
  histogram.width = width * merged;
  histogram.first = low;
  histogram.counts = new Float64Array(counts.length);
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] > 0) histogram.counts[Math.floor((first + i) / merged) - low] += counts[i];
  }
}
