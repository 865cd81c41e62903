/** Images and where they come from, as plain data. */

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

/** Per RGB channel, in units of pixel / 255. */
export type ChannelNormalization = { readonly mean: readonly number[]; readonly std: readonly number[] };

export type Batch = {
  /** Normalized, [n, H, W, 3]. A new array each time: the receiver may keep it. */
  readonly images: Float32Array<ArrayBuffer>;
  /** [n] */
  readonly labels: Int32Array<ArrayBuffer>;
  /** [n], the images' places in the set. */
  readonly indices: Int32Array<ArrayBuffer>;
  readonly shape: readonly [n: number, height: number, width: number, channels: 3];
};

export type TrainingOptions = {
  readonly batchSize: number;
  readonly normalization: ChannelNormalization;
  readonly seed: number;
  readonly epoch: number;
  /** Random crop and horizontal flip: of small images with 4 pixels of padding, of photos resized. */
  readonly augment: boolean;
  /** Skips the epoch's batches before this one (0), to go on where a run was cut. */
  readonly firstBatch?: number;
};

/** Images of one size that are more than memory should hold. */
export type StreamedImages = Omit<ImageSet, 'pixels'> & {
  /** One epoch, in the order that `trainingBatches` has; the next batch is read while one is used. */
  readonly batches: (options: TrainingOptions) => AsyncIterable<Batch>;
  /** Only those at `indices`, in that order. */
  readonly at: (indices: Int32Array<ArrayBuffer>) => StreamedImages;
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
