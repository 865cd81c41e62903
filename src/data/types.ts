/** Images and where they come from, as plain data. */
import type { StreamedImages } from './trainingImages.ts';

/** Bytes in memory of their own (never a SharedArrayBuffer), as Web Crypto and streams want them. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Decoded images of one size, with their labels. */
export type ImageSet = {
  readonly height: number;
  readonly width: number;
  readonly count: number;
  /** RGB, 0 .. 255, [count, height, width, 3], channels last. */
  readonly pixels: Bytes;
  /** [count], each an index into `classes`. */
  readonly labels: Int32Array<ArrayBuffer>;
  readonly classes: readonly string[];
};

/** A training and a test split; nothing is ever fitted on `test`. */
export type Dataset = {
  readonly name: string;
  /** The training images, or as many of them as memory should hold, balanced by class: ranges are found on these. */
  readonly train: ImageSet;
  readonly test: ImageSet;
  /** All the training images, where `train` holds only a part: see trainingImages. */
  readonly streamed?: StreamedImages;
};

/** Fetches one file of a dataset by its name: from disk, from the page's server, from a test. */
export type Read = (fileName: string) => Promise<Bytes>;

/** A file's length in bytes and SHA-256 in hex. */
export type Fingerprint = { readonly bytes: number; readonly sha256: string };

/** One gzipped file of the bundled sample; `raw` is its content once decompressed. */
export type SampleFile = Fingerprint & {
  readonly name: string;
  readonly raw: Fingerprint;
  readonly images: number;
  /** For each image, its position in the full split (training: data_batch_1 .. data_batch_5 end to end). */
  readonly originalIndices: readonly number[];
};

/** What datasets/<name>/sample.json holds. */
export type SampleManifest = {
  readonly name: string;
  readonly format: 'cifar-10-binary';
  readonly seed: number;
  readonly rule: string;
  readonly classes: readonly string[];
  readonly train: SampleFile;
  readonly test: SampleFile;
};
