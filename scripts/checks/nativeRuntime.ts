/** Accuracy of an ONNX file in ONNX Runtime (native, CPU), whose integer kernels the lab is held to. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { predict, type Network } from '../../src/data/predict.ts';
import { subset } from '../../src/data/imageSet.ts';
import type { ImageSet } from '../../src/data/types.ts';
import type { Normalization } from '../../src/graph/types.ts';
import { channelsFirst } from '../../src/onnx/layout.ts';
import { NATIVE_BATCH } from '../../src/lab/engines/onnxRuntime.ts';

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

export type RuntimeResult = {
  /** Fraction of the images that the file classifies right. */
  readonly top1: number;
  /** Decoding and normalizing left out. */
  readonly msPerImage: number;
};

/** Opens an ONNX file of ours, with one thread. */
export async function openNative(bytes: Uint8Array): Promise<Network & { readonly ms: () => number }> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1 });
  const metadata = session.inputMetadata[0];
  const [, channels, height, width] = metadata.isTensor ? (metadata.shape as number[]) : [];
  let ms = 0;
  return {
    async run(images, n) {
      const input = new Tensor('float32', channelsFirst(images, n, channels), [n, channels, height, width]);
      const start = performance.now();
      const output = await session.run({ [session.inputNames[0]]: input });
      ms += performance.now() - start;
      return output[session.outputNames[0]].data as Float32Array;
    },
    close: () => session.release(),
    /** Milliseconds of all runs so far. */
    ms: () => ms,
  };
}

export async function runtimeTop1(
  bytes: Uint8Array,
  test: ImageSet,
  normalization: Normalization,
): Promise<RuntimeResult> {
  const network = await openNative(bytes);
  try {
    const { top1 } = await predict(network, test, normalization, { batchSize: NATIVE_BATCH });
    return { top1, msPerImage: Number((network.ms() / test.count).toFixed(2)) };
  } finally {
    await network.close();
  }
}
