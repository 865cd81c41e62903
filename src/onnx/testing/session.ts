/** ONNX Runtime as the judge of what a file computes, for tests. */
import * as ort from 'onnxruntime-node';
import { seededRandom } from '../../base/random.ts';
import { foldBatchNorm } from '../../graph/fold.ts';
import type { FloatModel } from '../../graph/types.ts';
import { writeFloatOnnx } from '../write/float.ts';

/** Seeded numbers from 0 to 1, [N, C, H, W]. */
export function seededImages(n: number, [height, width, channels]: readonly [number, number, number]): Float32Array {
  const random = seededRandom(5);
  return Float32Array.from({ length: n * height * width * channels }, () => random());
}

/** What a file's output holds for these images; by default the first. */
export async function outputOf(
  file: Uint8Array,
  images: Float32Array,
  dims: readonly number[],
  name?: string,
): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(file, { logSeverityLevel: 3 });
  try {
    const results = await session.run({ [session.inputNames[0]]: new ort.Tensor('float32', images, dims) });
    return results[name ?? session.outputNames[0]].data as Float32Array;
  } finally {
    await session.release();
  }
}

/** What the network that was read computes, written again as a file of our own. */
export async function logitsOf(
  { graph, weights, ...rest }: FloatModel,
  images: Float32Array,
  n: number,
): Promise<Float32Array> {
  const [height, width, channels] = graph.inputShape;
  return outputOf(writeFloatOnnx({ ...foldBatchNorm(graph, weights), ...rest }), images, [n, channels, height, width]);
}

/** The greatest difference. */
export const apart = (a: Float32Array, b: Float32Array): number =>
  a.length === b.length ? a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0) : NaN;
