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
  /** Asked between two batches: a promise is waited for, because other work goes first. */
  readonly standAside?: () => Promise<void> | null;
  /** Answers that are known already, of these images in this order: they are not run again, and what is run joins them. */
  readonly begun?: Answered;
};

/** The logits of the first images of a run: one that was stopped goes on after them. */
export type Answered = {
  readonly images: () => number;
  /** @param logits [n, classes] of the next n images */
  readonly add: (logits: Float32Array, n: number) => void;
  /** [count, classes]; of at most as many images as there are */
  readonly logits: (count: number) => Float32Array;
};

export function createAnswered(): Answered {
  let all = new Float32Array(0);
  let images = 0;
  let classCount = 0;
  return {
    images: () => images,
    add(logits, n) {
      const classes = logits.length / n;
      const needed = (images + n) * classes;
      if (needed > all.length) {
        const more = new Float32Array(Math.max(needed, 2 * all.length));
        more.set(all);
        all = more;
      }
      all.set(logits, images * classes);
      images += n;
      classCount = classes;
    },
    logits: (count) => all.slice(0, Math.min(count, images) * classCount),
  };
}

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
  const { first = 0, count = set.count - first, onProgress, signal, standAside, begun = createAnswered() } = options;
  const known = Math.min(begun.images(), count);
  const left = count - known;
  const { batchSize = Math.min(100, left) } = options;
  const runs =
    left > 0 || known === 0
      ? runsOf(network, set, normalization, { batchSize, first: first + known, count: left })
      : [];
  for (const run of runs) {
    await breathe();
    await standAside?.();
    signal?.throwIfAborted();
    const { n, logits: running } = run(signal);
    begun.add(await running, n);
    onProgress?.(begun.images(), count);
  }
  const logits = begun.logits(count);
  const predictions = decide(logits, logits.length / count);
  return { ...predictions, logits, top1: top1(predictions.classes, set.labels.subarray(first)) };
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
