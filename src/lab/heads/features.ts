/** What a network's frozen layers make of images: each image goes through them once, and a head is learned from that. */
import { breathe } from '../../base/breathe.ts';
import { imagesAt, type TrainingImages } from '../../data/trainingImages.ts';
import { calibrationIndices } from '../../data/batches.ts';
import type { StreamedImages } from '../../data/types.ts';
import { classifierOf } from '../../graph/adapt.ts';
import type { FloatModel, LinearNode, TensorName } from '../../graph/types.ts';
import type { Control } from '../../contract/progress.ts';
import { answerImages } from '../engines/answerImages.ts';
import type { Made, OpenNetwork } from '../engines/types.ts';

export type OpenFloat = (made: Made) => Promise<OpenNetwork>;

export type Features = {
  /** [n, width] */
  readonly values: Float32Array;
  /** [n] */
  readonly labels: Int32Array;
};

/** Streamed images at once. */
const BATCH = 32;

const STAGE = 'Looking at the training images';

/**
 * The dense layers that a network ends in, first to last: the classifier, and hidden ones before it where there are (a
 * Teachable Machine model has one).
 * @throws where it ends in another layer
 */
export function denseEnd(model: Pick<FloatModel, 'graph'>): readonly [LinearNode, ...LinearNode[]] {
  const { nodes } = model.graph;
  const before = (node: LinearNode): readonly LinearNode[] => {
    const from = nodes.find(({ name }) => name === node.input);
    return from?.kind === 'linear' ? [...before(from), from] : [];
  };
  const last = classifierOf(model);
  const [first = last, ...rest] = [...before(last), last];
  return [first, ...rest];
}

/** What the dense layers read, and how many numbers of an image that is. */
export function featuresOf(model: Pick<FloatModel, 'graph'>): { readonly name: TensorName; readonly width: number } {
  const [{ input, inFeatures }] = denseEnd(model);
  return { name: input, width: inFeatures };
}

/**
 * The network with one dense layer in place of those that it ends in.
 * @param kernel [features, outputs] @param bias [outputs]
 */
export function withDenseEnd(
  model: FloatModel,
  kernel: Float32Array,
  bias: Float32Array,
  classes: readonly string[],
): FloatModel {
  const old = denseEnd(model);
  const { name } = old[old.length - 1];
  const { name: input, width } = featuresOf(model);
  const end: LinearNode = {
    kind: 'linear',
    name,
    input,
    inFeatures: width,
    outFeatures: bias.length,
    bias: true,
    activation: null,
  };
  const gone = new Set(old.map((node) => node.name));
  const nodes = [...model.graph.nodes.filter((node) => !gone.has(node.name)), end];
  const isGone = (array: string): boolean =>
    ['kernel', 'bias'].some((part) => gone.has(array.slice(0, -part.length - 1)));
  const weights = new Map([
    ...[...model.weights].filter(([array]) => !isGone(array)),
    [`${name}.kernel`, { shape: [width, bias.length], data: kernel }],
    [`${name}.bias`, { shape: [bias.length], data: bias }],
  ]);
  return { ...model, graph: { ...model.graph, nodes }, weights, classes };
}

/**
 * The network whose outputs are the features. Engines want a classifier at the end, so it has one that changes nothing:
 * ones on its diagonal.
 */
export function frozen(model: FloatModel): FloatModel {
  const { width } = featuresOf(model);
  const kernel = new Float32Array(width * width);
  for (let i = 0; i < width; i++) kernel[i * width + i] = 1;
  return withDenseEnd(
    model,
    kernel,
    new Float32Array(width),
    Array.from({ length: width }, (_, i) => `feature ${i}`),
  );
}

/**
 * The features of `count` training images, drawn by the seed and as balanced as they can be.
 * @param model at the images' size
 * @throws the signal's reason, between two batches
 */
export async function featuresFor(
  model: FloatModel,
  set: TrainingImages,
  count: number,
  seed: number,
  open: OpenFloat,
  control: Control = {},
): Promise<Features> {
  const made = { model: frozen(model), quantized: null };
  const images = imagesAt(set, calibrationIndices(set, count, seed));
  const network = await open(made);
  try {
    if ('batches' in images) return await streamedFeatures(made, images, network, control);
    const { logits } = await answerImages(network, made, images, count, control, { stage: STAGE });
    return { values: logits, labels: images.labels };
  } finally {
    await network.close();
  }
}

/** Photos in portions: what is read at once is all that is held. */
async function streamedFeatures(
  { model }: Made,
  images: StreamedImages,
  network: OpenNetwork,
  { report, signal, standAside }: Control,
): Promise<Features> {
  const { width } = featuresOf(model);
  const total = images.count;
  const values = new Float32Array(total * width);
  const labels = new Int32Array(total);
  let done = 0;
  // An epoch drops what does not fill its last batch: what is left over is an epoch of its own.
  const whole = total - (total % BATCH);
  const places = Int32Array.from({ length: total }, (_, i) => i);
  for (const part of [places.slice(0, whole), places.slice(whole)].filter(({ length }) => length > 0)) {
    const options = {
      batchSize: Math.min(BATCH, part.length),
      normalization: model.normalization,
      seed: 1,
      epoch: 0,
      augment: false,
    };
    for await (const batch of images.at(part).batches(options)) {
      await breathe();
      await standAside?.();
      signal?.throwIfAborted();
      values.set(await network.run(batch.images, batch.labels.length, signal), done * width);
      labels.set(batch.labels, done);
      done += batch.labels.length;
      report?.({ stage: STAGE, done, total, unit: 'images' });
    }
  }
  return { values, labels };
}
