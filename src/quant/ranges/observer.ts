/** Observers: what is remembered of a tensor's values, so that any range can be found afterwards. */
import type { Range } from '../affine.ts';
import { binCentres, countInto, createHistogram, type Histogram } from './histogram.ts';

/** Numbers with how often each occurred. */
export type Points = { readonly values: Float32Array; readonly counts: Float64Array };

/** What a range method may use. Plain data: it can be stored and posted to a worker. */
export type Statistics = {
  readonly min: number;
  readonly max: number;
  /** Exponential moving average of each batch's extremes; alone among these it depends on the batches' order and cut. */
  readonly average: Range;
  /** How many numbers were seen, zeros included. */
  readonly count: number;
  readonly points: Points;
};

/** Watches one tensor, batch after batch, in bounded memory. */
export type Observer = {
  /** @throws RangeError at a NaN or an infinity, naming the tensor; the batch is then not counted. */
  readonly observe: (values: Float32Array) => void;
  /** @throws RangeError when nothing was observed. */
  readonly statistics: () => Statistics;
};

/** Of the moving average of the extremes, as in training; the first batch starts it. */
const MOMENTUM = 0.99;

/** An observer that keeps the extremes, their average and a histogram, which does not depend on the batches' order. */
export function createObserver(tensor: string): Observer {
  const histogram: Histogram = createHistogram();
  let min = Infinity;
  let max = -Infinity;
  let count = 0;
  let average: Range | null = null;
  return {
    observe(values) {
      const seen = extremes(values, tensor);
      min = Math.min(min, seen.min);
      max = Math.max(max, seen.max);
      if (values.length === 0) return;
      count += values.length;
      average = average ? towards(average, seen) : { lo: seen.min, hi: seen.max };
      countInto(histogram, values, min, max);
    },
    statistics() {
      if (!average) throw new RangeError(`${tensor}: no values were observed, so no range can be found.`);
      return { min, max, average, count, points: binCentres(histogram) };
    },
  };
}

function towards({ lo, hi }: Range, { min, max }: { min: number; max: number }): Range {
  return { lo: lo + (1 - MOMENTUM) * (min - lo), hi: hi + (1 - MOMENTUM) * (max - hi) };
}

/** Above this many values a histogram stands for them. */
const EXACT_POINTS = 1024;

/**
 * Statistics of values that are all at hand, as weights are. Up to 1024 values are kept as they are, more are
 * binned (when a range method asks): a search over a wide layer then costs no more than over a narrow one.
 * @throws RangeError at a NaN or an infinity, and for an empty tensor, naming it
 */
export function statisticsOf(values: Float32Array, tensor: string): Statistics {
  const { min, max } = extremes(values, tensor);
  const count = values.length;
  if (count === 0) throw new RangeError(`${tensor}: it is empty, so no range can be found.`);
  let points: Points | null = null;
  return {
    min,
    max,
    average: { lo: min, hi: max },
    count,
    get points() {
      points ??= pointsOf(values, min, max);
      return points;
    },
  };
}

function pointsOf(values: Float32Array, min: number, max: number): Points {
  if (values.length <= EXACT_POINTS) {
    return outermostFirst({ values: values.slice().sort(), counts: new Float64Array(values.length).fill(1) });
  }
  const histogram = createHistogram(EXACT_POINTS);
  countInto(histogram, values, min, max);
  return outermostFirst(binCentres(histogram));
}

/** Ascending points by falling magnitude: a search meets first what is clipped, and can give a range up soonest. */
function outermostFirst({ values, counts }: Points): Points {
  const ordered = { values: new Float32Array(values.length), counts: new Float64Array(values.length) };
  let [low, high] = [0, values.length - 1];
  for (let i = 0; i < values.length; i++) {
    const from = -values[low] > values[high] ? low++ : high--;
    ordered.values[i] = values[from];
    ordered.counts[i] = counts[from];
  }
  return ordered;
}

/**
 * Compared as integers in the order of the floats they are: V8 compiles that to a conditional move, five times as
 * fast on a ReLU's output as a branch it cannot predict. NaN sorts beyond the infinities, so it cannot hide.
 */
function extremes(values: Float32Array, tensor: string): { min: number; max: number } {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length);
  let least = 0x7fffffff;
  let most = -0x80000000;
  for (let i = 0; i < words.length; i++) {
    const key = ordered(words[i]);
    least = key < least ? key : least;
    most = key > most ? key : most;
  }
  if (values.length === 0) return { min: Infinity, max: -Infinity };
  const [min, max] = new Float32Array(Int32Array.of(ordered(least), ordered(most)).buffer);
  if (!Number.isFinite(max - min)) refuseIfNotFinite(values, tensor);
  return { min: min + 0, max: max + 0 };
}

/** A float32's bits as an integer that sorts as the float does; its own inverse. */
function ordered(bits: number): number {
  return bits ^ ((bits >> 31) & 0x7fffffff);
}

/** @throws RangeError at the first NaN or infinity, naming the tensor and its place */
export function refuseIfNotFinite(values: Float32Array, tensor: string): void {
  const at = values.findIndex((x) => !Number.isFinite(x));
  if (at >= 0)
    throw new RangeError(`${tensor}: value ${at} is ${values[at]}; a tensor with such values cannot be quantized.`);
}
