/** Small images by the batch: each thread runs whole images, with tensors of its own. The record that assembly/batch.ts reads. */
import type { Graph } from '../../graph/types.ts';
import type { Area } from './area.ts';

export const BATCH_BYTES = 64;

/** Most that the images of a batch take, as float32, and how many there are at most. */
const IMAGES_BYTES = 2 ** 20;
const MOST = 64;

/** Images of a batch; 0 where images are better run one at a time. */
export function batchRoom({ inputShape }: Graph, threads: number): number {
  const imageBytes = 4 * inputShape.reduce((product, side) => product * side, 1);
  const room = Math.min(MOST, Math.floor(IMAGES_BYTES / imageBytes));
  return room < 2 * threads ? 0 : room;
}

/** Byte offsets of a batch's parts. */
export type BatchPlaces = {
  readonly record: number;
  readonly images: number;
  readonly logits: number;
  /** Steps of the first thread, and from one thread's to the next. */
  readonly steps: number;
  readonly stepsStride: number;
};

export function batchPlaces(
  area: Area,
  { inputShape }: Graph,
  classes: number,
  room: number,
  steps: number,
  stepsStride: number,
): BatchPlaces {
  return {
    record: area.take(BATCH_BYTES),
    images: area.take(room * inputShape.reduce((product, side) => product * side, 4)),
    logits: area.take(room * classes * 4),
    steps,
    stepsStride,
  };
}

/** `count` images that lie there already, none of them taken yet. */
export function writeBatch(
  memory: WebAssembly.Memory,
  places: BatchPlaces,
  what: {
    readonly count: number;
    readonly imageBytes: number;
    readonly inputStep: number;
    readonly stepCount: number;
    readonly classes: number;
  },
): void {
  const words = new Uint32Array(memory.buffer, places.record, BATCH_BYTES / 4);
  const { count, imageBytes, inputStep, stepCount, classes } = what;
  words.set([
    count,
    0,
    places.steps,
    places.stepsStride,
    inputStep,
    stepCount,
    places.images,
    imageBytes,
    places.logits,
    4 * classes,
  ]);
}
