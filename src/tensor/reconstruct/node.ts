/** One node of a folded graph run over many images. */
import * as tf from '@tensorflow/tfjs';
import type { GraphNode } from '../../graph/types.ts';
import type { AffineParams } from '../../quant/types.ts';
import { fakeQuantize } from '../layers/fakeQuantize.ts';
import { forwardNode } from '../layers/forward.ts';

/** Many images of one tensor: [count, ...shape] values. */
export type Stack = { readonly values: Float32Array; readonly shape: readonly number[] };

/** Images first .. first + count - 1 of a stack, as a tensor. */
export function slice({ values, shape }: Stack, first: number, count: number): tf.Tensor {
  const size = shape.reduce((product, side) => product * side, 1);
  return tf.tensor(values.subarray(first * size, (first + count) * size), [count, ...shape]);
}

/** Values on one image of this shape that are computed at a time, as far as memory is concerned. */
const BATCH_VALUES = 2 ** 22;

/** How many images of these stacks are worked on at a time. */
export function batchOf(...stacks: readonly Stack[]): number {
  const largest = Math.max(...stacks.map(({ shape }) => shape.reduce((product, side) => product * side, 1)));
  return Math.max(1, Math.min(64, Math.floor(BATCH_VALUES / largest)));
}

/**
 * The node over `count` images, batch by batch.
 * @param quantizer what the output is rounded to, if anything
 */
export async function runNode(
  node: GraphNode,
  inputs: readonly Stack[],
  outputShape: readonly number[],
  count: number,
  weights: { readonly kernel?: Float32Array; readonly kernelShape?: readonly number[]; readonly bias?: Float32Array },
  quantizer?: AffineParams,
): Promise<Stack> {
  const values = new Float32Array(count * outputShape.reduce((product, side) => product * side, 1));
  const result = { values, shape: outputShape };
  const batch = batchOf(...inputs, result);
  const kernel = weights.kernel && tf.tensor(weights.kernel, [...(weights.kernelShape ?? [])]);
  const bias = weights.bias && tf.tensor1d(weights.bias);
  for (let first = 0; first < count; first += batch) {
    const n = Math.min(batch, count - first);
    const output = tf.tidy(() => {
      const real = forwardNode(
        node,
        inputs.map((stack) => slice(stack, first, n)),
        { kernel, bias },
      );
      return quantizer ? fakeQuantize(real, quantizer) : real;
    });
    values.set((await output.data()) as Float32Array, (first * values.length) / count);
    output.dispose();
  }
  tf.dispose([kernel, bias].filter((tensor) => tensor !== undefined));
  return result;
}
