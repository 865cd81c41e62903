/** What flows through a float network: the values of chosen tensors, batch by batch. */
import * as tf from '@tensorflow/tfjs';
import { normalize } from '../data/normalize.ts';
import type { ImageSet } from '../data/types.ts';
import { elementCount } from '../graph/arrays.ts';
import { inferShapes } from '../graph/shapes.ts';
import { INPUT } from '../graph/types.ts';
import type { FloatModel, TensorName } from '../graph/types.ts';
import { breathe } from '../base/breathe.ts';
import { toLayersModel } from './model.ts';
import { values as heapValues, wasmBackend } from './wasm/heap.ts';

/** Floats that one batch may make, all tensors together: 256 MB. */
const BATCH_FLOATS = 2 ** 26;
const LARGEST_BATCH = 64;

/** The images whose tensors, all held at once, stay within {@link BATCH_FLOATS}. */
export function fittingBatch({ graph }: FloatModel): number {
  const floats = [...inferShapes(graph).values()].reduce((sum, shape) => sum + elementCount(shape), 0);
  return Math.min(LARGEST_BATCH, Math.max(1, Math.floor(BATCH_FLOATS / floats)));
}

/**
 * Runs a folded model over the images at `indices`, `batchSize` at a time: by default as many as fit 256 MB.
 * @param tensors INPUT and node names; each batch maps them to float32 values, NHWC, which the next batch may overwrite
 */
export async function* activations(
  model: FloatModel,
  set: ImageSet,
  indices: Int32Array,
  tensors: readonly TensorName[],
  batchSize = fittingBatch(model),
): AsyncGenerator<ReadonlyMap<TensorName, Float32Array>, void> {
  const nodes = tensors.filter((name) => name !== INPUT);
  const network = toLayersModel(model.graph, model.weights, { outputs: nodes });
  let kept: readonly Float32Array[] = [];
  try {
    for (let first = 0; first < indices.length; first += batchSize) {
      const part = indices.subarray(first, first + batchSize);
      const images = normalize(set, part, model.normalization);
      const outputs = tf.tidy(() => {
        const x = tf.tensor4d(images, [part.length, set.height, set.width, 3]);
        const result = network.predictOnBatch(x);
        return Array.isArray(result) ? result : [result];
      });
      const values = await Promise.all(outputs.map((output, i) => read(output, kept.at(i))));
      kept = values;
      tf.dispose(outputs);
      await breathe();
      yield new Map([[INPUT, images], ...nodes.map((name, i) => [name, values[i]] as const)]);
    }
  } finally {
    network.dispose();
  }
}

/**
 * A tensor's values, from the WASM heap into the memory of the batch before: a process that is given new memory for each
 * batch, hundreds of MB in all, spends more time on its pages than on the copy.
 */
async function read(tensor: tf.Tensor, kept: Float32Array | undefined): Promise<Float32Array> {
  if (tf.getBackend() !== 'wasm') return (await tensor.data()) as Float32Array;
  const view = heapValues(wasmBackend(), tensor);
  const copy = kept?.length === view.length ? kept : new Float32Array(view.length);
  copy.set(view);
  return copy;
}
