/** Second moments of what a layer reads: all that its squared output error depends on, in one small matrix. */
import * as tf from '@tensorflow/tfjs';
import { lookUp } from '../../base/lookUp.ts';
import { elementCount } from '../../graph/arrays.ts';
import { nodeArrays } from '../../graph/shapes.ts';
import type { NodeOf, WeightedNode } from '../../graph/types.ts';
import { padsOf } from '../../graph/window.ts';
import { batchOf, slice, type Stack } from './node.ts';

/**
 * With X [rows, depth] the patches a layer sees and Y [rows, out] what it ought to put out (bias left out):
 * |X W - Y|^2 / rows = sum over channels of w' gram w - 2 w' cross + power.
 */
export type Moments = {
  readonly depth: number;
  readonly out: number;
  /** X'X / rows, [depth, depth]; depth runs over (kh, kw, in) as the kernel does. */
  readonly gram: Float64Array;
  /** X'Y / rows, [depth, out]. */
  readonly cross: Float64Array;
  /** Mean of y^2, [out]. */
  readonly power: Float64Array;
};

/** @param target [count, oh, ow, out] (or [count, out]); `bias` is taken off it first */
export async function momentsOf(
  node: WeightedNode,
  input: Stack,
  target: Stack,
  bias: Float32Array,
  count: number,
  signal?: AbortSignal,
): Promise<Moments> {
  const out = bias.length;
  const depth = elementCount(lookUp(nodeArrays(node), 'kernel', 'shape')) / out;
  const sums = {
    gram: new Float64Array(depth * depth),
    cross: new Float64Array(depth * out),
    power: new Float64Array(out),
  };
  const batch = Math.min(16, batchOf(input, target));
  let rows = 0;
  for (let first = 0; first < count; first += batch) {
    signal?.throwIfAborted();
    const n = Math.min(batch, count - first);
    const parts = tf.tidy(() => {
      const x = patches(node, slice(input, first, n), target.shape);
      const y = slice(target, first, n).reshape<tf.Tensor2D>([-1, out]).sub<tf.Tensor2D>(tf.tensor1d(bias));
      // Transposed first: tfjs's WASM backend multiplies a matrix marked as transposed by a slow path.
      const transposed = x.transpose<tf.Tensor2D>();
      return [tf.matMul(transposed, x), tf.matMul(transposed, y), y.square().sum<tf.Tensor1D>(0)];
    });
    for (const [i, sum] of [sums.gram, sums.cross, sums.power].entries()) {
      (await parts[i].data()).forEach((value, at) => (sum[at] += value));
    }
    tf.dispose(parts);
    rows += (n * target.values.length) / count / out;
  }
  for (const sum of Object.values(sums)) for (let i = 0; i < sum.length; i++) sum[i] /= rows;
  return { depth, out, ...sums };
}

type Rule<Node> = (node: Node, x: tf.Tensor, outputShape: readonly number[]) => tf.Tensor2D;

const PATCHES: { readonly [K in WeightedNode['kind']]: Rule<NodeOf<K>> } = {
  linear: (_node, x) => x as tf.Tensor2D,

  conv(node, x, [height, width]) {
    const { kernel, stride, inChannels } = node;
    const { top, left, bottom, right } = padsOf(node);
    return tf.tidy(() => {
      const padded = tf.pad4d(x as tf.Tensor4D, [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ]);
      const taps: tf.Tensor2D[] = [];
      for (let ky = 0; ky < kernel[0]; ky++) {
        for (let kx = 0; kx < kernel[1]; kx++) {
          const end = [padded.shape[0], ky + (height - 1) * stride + 1, kx + (width - 1) * stride + 1, inChannels];
          const tap = tf.stridedSlice(padded, [0, ky, kx, 0], end, [1, stride, stride, 1]);
          taps.push(tap.reshape<tf.Tensor2D>([-1, inChannels]));
        }
      }
      return taps.length === 1 ? taps[0] : tf.concat2d(taps, 1);
    });
  },
};

/** What the kernel multiplies, [rows, depth]: for a convolution im2col, a row for each output pixel. */
export const patches = (node: WeightedNode, x: tf.Tensor, outputShape: readonly number[]): tf.Tensor2D =>
  (PATCHES[node.kind] as Rule<WeightedNode>)(node, x, outputShape);
