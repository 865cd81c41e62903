/** Accuracy of an ONNX file in ONNX Runtime (native, CPU), whose integer kernels the lab is held to. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { evaluationBatches } from '../../src/data/batches.ts';
import { subset } from '../../src/data/imageSet.ts';
import type { ImageSet } from '../../src/data/types.ts';
import type { Normalization } from '../../src/graph/types.ts';
import { channelsFirst } from '../../src/onnx/layout.ts';
import { decide, top1, type Predictions } from '../../src/tensor/evaluate.ts';
import type { Control } from '../../src/contract/progress.ts';

/** Of photos a batch of this many keeps the session's memory small. */
const BATCH = 25;

export const RUNTIME = 'onnxruntime-node 1.30, CPU, 1 thread';

/** `count` images spread evenly over a set: where it lies class by class, all classes are among them alike. */
export function spread(set: ImageSet, count: number): ImageSet {
  if (count > set.count) throw new RangeError(`${count} images were asked for, but the set holds ${set.count}.`);
  return count === set.count
    ? set
    : subset(
        set,
        Int32Array.from({ length: count }, (_, i) => Math.floor((i * set.count) / count)),
      );
}

export type RuntimeResult = Predictions & {
  /** Fraction of the images that the file classifies right. */
  readonly top1: number;
  /** Decoding and normalizing left out. */
  readonly msPerImage: number;
};

/** @throws the signal's reason, between two batches */
export async function runtimeTop1(
  bytes: Uint8Array,
  test: ImageSet,
  normalization: Normalization,
  { report, signal }: Control = {},
): Promise<RuntimeResult> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1 });
  const { height, width, count: total } = test;
  const classes = new Int32Array(total);
  const confidences = new Float32Array(total);
  let milliseconds = 0;
  try {
    for (const { images, indices } of evaluationBatches(test, { batchSize: BATCH, normalization })) {
      signal?.throwIfAborted();
      const input = new Tensor('float32', channelsFirst(images, indices.length, 3), [indices.length, 3, height, width]);
      const start = performance.now();
      const output = await session.run({ [session.inputNames[0]]: input });
      milliseconds += performance.now() - start;
      const logits = output[session.outputNames[0]].data as Float32Array;
      const read = decide(logits, logits.length / indices.length);
      classes.set(read.classes, indices[0]);
      confidences.set(read.confidences, indices[0]);
      report?.({ stage: 'Classifying', done: indices[0] + indices.length, total, unit: 'images' });
    }
  } finally {
    await session.release();
  }
  return {
    classes,
    confidences,
    top1: top1(classes, test.labels),
    msPerImage: Number((milliseconds / total).toFixed(2)),
  };
}
