/** A new end, for a network that does not know the images' classes: a softmax regression on what its frozen layers make of them. */
import { trainingImages } from '../../data/trainingImages.ts';
import type { Dataset } from '../../data/types.ts';
import type { FloatModel } from '../../graph/types.ts';
import type { Control } from '../../contract/progress.ts';
import { atSizeOf } from './fitModel.ts';
import { featuresFor, featuresOf, withDenseEnd, type OpenFloat } from './features.ts';
import { REGRESSION, softmaxRegression, type Head, type RegressionSettings } from './regression.ts';

/** Training images that a head is learned from unless somebody says how many: each goes through the network once. */
export const HEAD_IMAGES = 1_000;

/** The network with this head for these classes in place of its dense layers; all else stays. @throws when the head is another network's */
export function withHead(
  model: FloatModel,
  classes: readonly string[],
  { kernel, bias }: Head,
  learnedFor: string,
): FloatModel {
  const { width } = featuresOf(model);
  if (kernel.length !== width * classes.length || bias.length !== classes.length)
    throw new Error(
      `The last layer that was learned for ${learnedFor} does not fit ${model.graph.name}: learn it again.`,
    );
  return withDenseEnd(model, kernel, bias, classes);
}

/** As withHead, at the dataset's size and for its classes. */
export const withHeadFor = (model: FloatModel, data: Dataset, head: Head): FloatModel =>
  withHead(atSizeOf(model, data), data.test.classes, head, data.name);

export type HeadLearning = {
  readonly seed: number;
  /** Training images, at most; by default HEAD_IMAGES. */
  readonly images?: number;
  readonly regression?: RegressionSettings;
};

/** How many images a head is learned from. */
export const headImages = (data: Dataset, { images = HEAD_IMAGES }: HeadLearning): number =>
  Math.min(images, trainingImages(data).count);

/**
 * Learns a head from training images, balanced by class; nothing else of the network changes.
 * @param model folded
 * @param open whatever runs a float network
 * @throws the signal's reason, between two batches; when images of that size are too small for the network
 */
export async function learnHead(
  model: FloatModel,
  data: Dataset,
  learning: HeadLearning,
  open: OpenFloat,
  control: Control = {},
): Promise<Head> {
  const { seed, regression = REGRESSION } = learning;
  const set = trainingImages(data);
  const count = headImages(data, learning);
  // What lies in memory need not be read again.
  const from = count <= data.train.count ? data.train : set;
  const features = await featuresFor(atSizeOf(model, data), from, count, seed, open, control);
  return softmaxRegression(features, data.test.classes.length, seed, regression, control);
}

/** A head as bytes, and back: the kernel, then the bias, float32. */
export function headBytes({ kernel, bias }: Head): Uint8Array<ArrayBuffer> {
  const values = new Float32Array(kernel.length + bias.length);
  values.set(kernel);
  values.set(bias, kernel.length);
  return new Uint8Array(values.buffer);
}

export function readHead(bytes: Uint8Array, classes: number): Head {
  const values = new Float32Array(bytes.slice().buffer);
  return { kernel: values.slice(0, values.length - classes), bias: values.slice(values.length - classes) };
}
