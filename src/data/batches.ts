/** Image sets to batches of float32: for evaluation, training (shuffled, augmented) and calibration. */
import { augmentWith } from './augment.ts';
import { normalizationTable, normalizeWith } from './normalize.ts';
import { balancedIndices, permutation, randomFor, STREAM } from '../base/shuffle.ts';
import type { Batch, ChannelNormalization, ImageSet, TrainingOptions } from './types.ts';

type Fill = (set: ImageSet, indices: Int32Array) => Float32Array<ArrayBuffer>;

const toBatch = (set: ImageSet, indices: Int32Array<ArrayBuffer>, fill: Fill): Batch => ({
  images: fill(set, indices),
  labels: indices.map((index) => set.labels[index]),
  indices,
  shape: [indices.length, set.height, set.width, 3],
});

function requireCount(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(`${name} is ${value}; it must be a whole number of at least ${least}.`);
  }
}

export type EvaluationOptions = {
  readonly batchSize: number;
  readonly normalization: ChannelNormalization;
  /** The first image, 0 by default. */
  readonly first?: number;
  /** How many images, by default all from `first` on. */
  readonly count?: number;
};

/** @throws RangeError when the set does not hold these images, or there are none in a batch */
export function requireImages(
  set: Pick<ImageSet, 'count'>,
  { batchSize, first, count }: Required<Pick<EvaluationOptions, 'batchSize' | 'first' | 'count'>>,
): void {
  requireCount('The batch size', batchSize, 1);
  requireCount('The first image', first, 0);
  requireCount('The number of images', count, 1);
  const end = first + count;
  if (end > set.count) {
    throw new RangeError(
      `Images ${first} to ${end - 1} were asked for, but the set holds images 0 to ${set.count - 1}.`,
    );
  }
}

/**
 * Images first .. first + count - 1 in the set's order, unaugmented. Every batch holds batchSize images but the last,
 * which holds what remains.
 * @throws RangeError at once when the set does not hold these images
 */
export function evaluationBatches(set: ImageSet, options: EvaluationOptions): Generator<Batch, void> {
  const { batchSize, normalization, first = 0, count = set.count - first } = options;
  requireImages(set, { batchSize, first, count });
  const end = first + count;
  const table = normalizationTable(normalization);
  const batches = function* (): Generator<Batch, void> {
    for (let start = first; start < end; start += batchSize) {
      const indices = Int32Array.from({ length: Math.min(batchSize, end - start) }, (_, i) => start + i);
      yield toBatch(set, indices, (from, at) => normalizeWith(table, from, at));
    }
  };
  return batches();
}

/** Full batches in one epoch; the ragged last one is dropped. */
export const batchesPerEpoch = (set: Pick<ImageSet, 'count'>, batchSize: number): number =>
  Math.floor(set.count / batchSize);

/**
 * One epoch in an order that depends on (seed, epoch) alone: any batch of any epoch can be made again without those
 * before it. All batches hold batchSize images.
 * @throws RangeError at once when an option is no whole number in range, or the set holds less than one batch
 */
export function trainingBatches(set: ImageSet, options: TrainingOptions): Generator<Batch, void> {
  const { batchSize, normalization, seed, epoch, augment, firstBatch = 0 } = options;
  requireCount('The batch size', batchSize, 1);
  requireCount('The seed', seed, 0);
  requireCount('The epoch', epoch, 0);
  requireCount('The first batch', firstBatch, 0);
  const batchCount = batchesPerEpoch(set, batchSize);
  if (batchCount === 0) {
    throw new RangeError(`A batch of ${batchSize} was asked for, but the training set holds ${set.count} images.`);
  }
  const table = normalizationTable(normalization);
  const fill: Fill = (from, at) =>
    augment ? augmentWith(table, from, at, seed, epoch) : normalizeWith(table, from, at);
  const batches = function* (): Generator<Batch, void> {
    const order = permutation(set.count, randomFor(STREAM.shuffle, seed, epoch));
    for (let batch = firstBatch; batch < batchCount; batch++) {
      yield toBatch(set, order.slice(batch * batchSize, (batch + 1) * batchSize), fill);
    }
  };
  return batches();
}

/**
 * n training images to calibrate ranges on: balanced by class as far as the set allows, in random order. Use them
 * unaugmented (`normalize`), and draw them from the training set only.
 * @throws RangeError when the set holds fewer than n images
 */
export function calibrationIndices(
  trainSet: Pick<ImageSet, 'count' | 'labels' | 'classes'>,
  n: number,
  seed: number,
): Int32Array<ArrayBuffer> {
  requireCount('The number of calibration images', n, 1);
  requireCount('The seed', seed, 0);
  if (n > trainSet.count) {
    throw new RangeError(`${n} calibration images were asked for, but the training set holds ${trainSet.count}.`);
  }
  const random = randomFor(STREAM.calibration, seed);
  return Int32Array.from(balancedIndices(trainSet.labels, trainSet.classes.length, n, random).slice(0, n));
}

/**
 * Training images that did not calibrate, to judge or choose by: those that `calibrationIndices` would have drawn next.
 * @param calibrated how many did
 * @returns fewer than `wanted` where the set holds no more
 */
export function indicesKeptApart(
  trainSet: Pick<ImageSet, 'count' | 'labels' | 'classes'>,
  calibrated: number,
  wanted: number,
  seed: number,
): Int32Array<ArrayBuffer> {
  return calibrationIndices(trainSet, Math.min(trainSet.count, calibrated + wanted), seed).subarray(calibrated);
}
