/** What training reads: images in memory, or photos that are read back and decoded batch by batch. */
import { trainingBatches } from './batches.ts';
import { subset } from './imageSet.ts';
import type { Batch, Dataset, ImageSet, StreamedImages, TrainingOptions } from './types.ts';

export type TrainingImages = ImageSet | StreamedImages;

/** All the training images of a dataset; its `train` may hold only some of them. */
export const trainingImages = ({ train, streamed }: Dataset): TrainingImages => streamed ?? train;

/** One epoch's batches, to be read with `for await`. @throws RangeError as `trainingBatches` does */
export const batchesOf = (set: TrainingImages, options: TrainingOptions): Iterable<Batch> | AsyncIterable<Batch> =>
  'batches' in set ? set.batches(options) : trainingBatches(set, options);

/** The images at `indices`, in that order. @throws RangeError when an index is not one of the set's images */
export const imagesAt = (set: TrainingImages, indices: Int32Array<ArrayBuffer>): TrainingImages =>
  'batches' in set ? set.at(indices) : subset(set, indices);
