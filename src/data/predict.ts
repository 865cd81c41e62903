/** Images of a set through a network, batch by batch: what it answers, and how often that is right. */
import { decide, top1, type Predictions } from '../base/answers.ts';
import { breathe } from '../base/breathe.ts';
import { evaluationBatches, requireImages } from './batches.ts';
import { imageBytes } from './imageSet.ts';
import { normalizationTable } from './normalize.ts';
import type { ChannelNormalization, ImageSet } from './types.ts';

/** A network that is ready to run, whatever runs it. */
export type Network = {
  /**
   * @param images [n, H, W, C], normalized
   * @returns logits [n, classes]
   * @throws the signal's reason, where the network hears of a cancel within a batch
   */
  readonly run: (images: Float32Array, n: number, signal?: AbortSignal) => Promise<Float32Array>;
  /**
   * As `run`, straight from pixels: of a network that makes the numbers of them itself, and the same ones.
   * @param pixels [n, H, W, C], 0 .. 255
   * @param table as normalizationTable gives it
   */
  readonly runPixels?: (
    pixels: Uint8Array,
    n: number,
    table: Float32Array,
    signal?: AbortSignal,
  ) => Promise<Float32Array>;
  /** Frees what it holds; it cannot run afterwards. */
  readonly close: () => void | Promise<void>;
};

export type PredictOptions = {
  /** Images first .. first + count - 1; by default all. */
  readonly first?: number;
  readonly count?: number;
  readonly batchSize?: number;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
};

export type Predicted = Predictions & {
  /** [count, classes] */
  readonly logits: Float32Array;
  /** The fraction of the images whose class is their label. */
  readonly top1: number;
};

/**
 * Runs the network over images of the set, in order.
 * @throws the signal's reason, between two batches; RangeError when the set does not hold these images
 */
export async function predict(
  network: Pick<Network, 'run' | 'runPixels'>,
  set: ImageSet,
  normalization: ChannelNormalization,
  options: PredictOptions = {},
): Promise<Predicted> {
  const { first = 0, count = set.count - first, batchSize = Math.min(100, count), onProgress, signal } = options;
  let all = new Float32Array(0);
  let done = 0;
  for (const run of runsOf(network, set, normalization, { batchSize, first, count })) {
    await breathe();
    signal?.throwIfAborted();
    const { n, logits: running } = run(signal);
    const logits = await running;
    const classCount = logits.length / n;
    if (done === 0) all = new Float32Array(count * classCount);
    all.set(logits, done * classCount);
    done += n;
    onProgress?.(done, count);
  }
  const predictions = decide(all, all.length / count);
  return { ...predictions, logits: all, top1: top1(predictions.classes, set.labels.subarray(first)) };
}

type Run = (signal?: AbortSignal) => { readonly n: number; readonly logits: Promise<Float32Array> };

/** One run for each batch, from pixels where the network takes them. */
function* runsOf(
  { run, runPixels }: Pick<Network, 'run' | 'runPixels'>,
  set: ImageSet,
  normalization: ChannelNormalization,
  { batchSize, first, count }: Required<Pick<PredictOptions, 'batchSize' | 'first' | 'count'>>,
): Generator<Run> {
  if (!runPixels) {
    for (const { images, shape } of evaluationBatches(set, { batchSize, normalization, first, count })) {
      const [n] = shape;
      yield (signal) => ({ n, logits: run(images, n, signal) });
    }
    return;
  }
  requireImages(set, { batchSize, first, count });
  const table = normalizationTable(normalization);
  const size = imageBytes(set);
  for (let at = first; at < first + count; at += batchSize) {
    const n = Math.min(batchSize, first + count - at);
    const pixels = set.pixels.subarray(at * size, (at + n) * size);
    yield (signal) => ({ n, logits: runPixels(pixels, n, table, signal) });
  }
}
