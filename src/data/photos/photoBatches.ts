/** Batches of photos: cropped, resized, mirrored and normalized, the next made while one is used. */
import { alive } from '../../base/work/life.ts';
import { plural } from '../../base/text/plural.ts';
import { checkIndices, imageBytes } from '../imageSet.ts';
import { normalizationTable } from '../normalize.ts';
import { permutation, randomFor, STREAM } from '../../base/shuffle.ts';
import type { Batch, ChannelNormalization, Dataset, ImageSet, StreamedImages } from '../types.ts';
import { centreView, MIN_CROP_AREA, mirror, randomResizedCrop } from './crop.ts';
import type { OpenedSet, PhotoSet } from './photoSet.ts';
import type { Picture } from './picture.ts';

type View = (picture: Picture, image: number) => Picture;

function requireCount(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    throw new RangeError(`${name} is ${value}; it must be a whole number of at least ${least}.`);
}

/** Decoders work beside each other; these many pictures are asked for at once. */
const AT_ONCE = 8;

/** Calls `use` with the view of each image, in no order. */
async function eachView(
  set: PhotoSet,
  indices: Int32Array,
  view: View,
  use: (picture: Picture, place: number) => void,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < indices.length) {
      const place = next++;
      use(view(await set.picture(indices[place]), indices[place]), place);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, indices.length) }, worker));
}

async function toBatch(
  set: PhotoSet,
  indices: Int32Array<ArrayBuffer>,
  side: number,
  table: Float32Array,
  view: View,
): Promise<Batch> {
  const size = side * side * 3;
  const images = new Float32Array(indices.length * size);
  await eachView(set, indices, view, ({ pixels }, place) => {
    for (let i = 0, out = place * size; i < size; i += 3) {
      images[out++] = table[pixels[i]];
      images[out++] = table[256 + pixels[i + 1]];
      images[out++] = table[512 + pixels[i + 2]];
    }
  });
  return { images, labels: indices.map((index) => set.labels[index]), indices, shape: [indices.length, side, side, 3] };
}

/** Yields each item while the next is being made. */
async function* prefetch<T>(count: number, make: (place: number) => Promise<T>): AsyncGenerator<T, void> {
  let coming = count > 0 ? make(0) : null;
  for (let place = 0; coming; place++) {
    const item = await coming;
    coming = place + 1 < count ? make(place + 1) : null;
    // A failure is met where it is waited for.
    coming?.catch(() => undefined);
    yield item;
  }
}

export type PhotoEvaluation = {
  readonly batchSize: number;
  readonly normalization: ChannelNormalization;
  /** Height and width of the network's input. */
  readonly side: number;
  /** The shorter side before the middle is cut out; `side` by default. */
  readonly resizeTo?: number;
  /** Which images, in order; all by default. */
  readonly indices?: Int32Array<ArrayBuffer>;
};

/** The middle of each image, in order; the last batch holds what remains. */
export function evaluationPhotos(
  set: PhotoSet,
  { batchSize, normalization, side, resizeTo, indices }: PhotoEvaluation,
): AsyncGenerator<Batch, void> {
  requireCount('The batch size', batchSize, 1);
  requireCount('The side', side, 1);
  const table = normalizationTable(normalization);
  const wanted = indices ?? Int32Array.from({ length: set.count }, (_, i) => i);
  const batch = (place: number): Promise<Batch> =>
    toBatch(set, wanted.slice(place * batchSize, (place + 1) * batchSize), side, table, (picture) =>
      centreView(picture, side, resizeTo),
    );
  return prefetch(Math.ceil(wanted.length / batchSize), batch);
}

export type PhotoTraining = {
  readonly batchSize: number;
  readonly normalization: ChannelNormalization;
  readonly side: number;
  readonly seed: number;
  readonly epoch: number;
  /** Random resized crop and horizontal flip; else the middle. */
  readonly augment: boolean;
  /** The least part of the area that a random crop takes, MIN_CROP_AREA by default. */
  readonly minArea?: number;
  /** Skips the epoch's batches before this one (0), to go on where a run was cut. */
  readonly firstBatch?: number;
};

/**
 * One epoch, in the order that `trainingBatches` has for the same seed and epoch; the ragged last batch is dropped. An
 * image's crop depends on (seed, epoch, image) alone, so any batch can be made again without those before it.
 */
export function trainingPhotos(set: PhotoSet, options: PhotoTraining): AsyncGenerator<Batch, void> {
  const { batchSize, normalization, side, seed, epoch, augment, minArea = MIN_CROP_AREA, firstBatch = 0 } = options;
  requireCount('The batch size', batchSize, 1);
  requireCount('The side', side, 1);
  requireCount('The seed', seed, 0);
  requireCount('The epoch', epoch, 0);
  requireCount('The first batch', firstBatch, 0);
  const count = Math.floor(set.count / batchSize);
  if (count === 0)
    throw new RangeError(
      `A batch of ${batchSize} was asked for, but the training set holds ${plural(set.count, 'image')}.`,
    );
  const table = normalizationTable(normalization);
  const order = permutation(set.count, randomFor(STREAM.shuffle, seed, epoch));
  const augmented: View = (picture, image) => {
    const random = randomFor(STREAM.augment, seed, epoch, image);
    const cut = randomResizedCrop(picture, side, random, minArea);
    return random() < 0.5 ? mirror(cut) : cut;
  };
  const view: View = augment ? augmented : (picture) => centreView(picture, side);
  const batch = (place: number): Promise<Batch> =>
    toBatch(
      set,
      order.slice((firstBatch + place) * batchSize, (firstBatch + place + 1) * batchSize),
      side,
      table,
      view,
    );
  return prefetch(Math.max(0, count - firstBatch), batch);
}

/** The photos at `indices`, in that order. @throws RangeError when an index is not one of the set's photos */
function photosAt(set: PhotoSet, indices: Int32Array<ArrayBuffer>): PhotoSet {
  checkIndices(set, indices);
  return {
    count: indices.length,
    classes: set.classes,
    labels: indices.map((image) => set.labels[image]),
    picture: (place) => set.picture(indices[place]),
  };
}

/** A split as training reads it, `side` x `side`: nothing is held but what is under way. */
export const streamPhotos = (set: PhotoSet, side: number): StreamedImages => ({
  height: side,
  width: side,
  count: set.count,
  labels: set.labels,
  classes: set.classes,
  batches: (options) => trainingPhotos(set, { ...options, side }),
  at: (indices) => streamPhotos(photosAt(set, indices), side),
});

/** The middle of each image as an image set of one size, [n, side, side, 3], which fits in memory: for what needs one. */
export async function toImageSet(
  set: PhotoSet,
  side: number,
  indices: Int32Array<ArrayBuffer>,
  resizeTo?: number,
): Promise<ImageSet> {
  const size = side * side * 3;
  const pixels = new Uint8Array(indices.length * size);
  await eachView(
    set,
    indices,
    (picture) => centreView(picture, side, resizeTo),
    (picture, place) => pixels.set(picture.pixels, place * size),
  );
  return {
    height: side,
    width: side,
    count: indices.length,
    pixels,
    labels: indices.map((index) => set.labels[index]),
    classes: set.classes,
  };
}

/** A set in memory at another size, resized as photos are. */
function setAtSide(set: ImageSet, side: number): ImageSet {
  const [from, to] = [imageBytes(set), side * side * 3];
  const pixels = new Uint8Array(set.count * to);
  for (let image = 0; image < set.count; image++) {
    alive();
    const picture = {
      height: set.height,
      width: set.width,
      pixels: set.pixels.subarray(image * from, (image + 1) * from),
    };
    pixels.set(centreView(picture, side).pixels, image * to);
  }
  return { ...set, height: side, width: side, pixels };
}

/** A dataset in memory at another size; itself where it has that size. */
export const datasetAtSide = (dataset: Dataset, side: number = dataset.test.height): Dataset =>
  side === dataset.test.height && side === dataset.test.width
    ? dataset
    : { name: dataset.name, train: setAtSide(dataset.train, side), test: setAtSide(dataset.test, side) };

const everyImage = (set: PhotoSet): Int32Array<ArrayBuffer> => Int32Array.from({ length: set.count }, (_, i) => i);

/** Both splits in memory at one size: CIFAR-10 takes 184 MB. */
export const toDataset = async ({ manifest, train, test }: OpenedSet, side: number): Promise<Dataset> => ({
  name: manifest.name,
  train: await toImageSet(train, side, everyImage(train)),
  test: await toImageSet(test, side, everyImage(test)),
});
