/** Second moments of what a layer reads: all that its squared output error depends on, in one small matrix. */
import * as tf from '@tensorflow/tfjs';
import { lookUp } from '../../base/lookUp.ts';
import { elementCount } from '../../graph/arrays.ts';
import { isDepthwise, nodeArrays } from '../../graph/shapes.ts';
import type { ConvNode, NodeOf, WeightedNode } from '../../graph/types.ts';
import { padsOf } from '../../graph/window.ts';
import { convolve } from '../layers/forward.ts';
import { batchOf, slice, type Stack } from './node.ts';

/**
 * With X [rows, depth] the patches a layer sees and Y [rows, out] what it ought to put out (bias left out):
 * |X W - Y|^2 / rows = sum over channels of w' gram w - 2 w' cross + power.
 */
export type Moments = {
  readonly depth: number;
  readonly out: number;
  /**
   * X'X / rows, [depth, depth]; depth runs over (kh, kw, in) as the kernel does. Of a depthwise convolution, whose channels
   * see patches of their own, one for each: [out, depth, depth].
   */
  readonly gram: Float64Array;
  /** X'Y / rows, [depth, out]. */
  readonly cross: Float64Array;
  /** Mean of y^2, [out]. */
  readonly power: Float64Array;
};

/** The matrix of output channel c. */
export function gramOf({ depth, gram }: Moments, c: number): Float64Array {
  const size = depth * depth;
  return gram.length === size ? gram : gram.subarray(c * size, (c + 1) * size);
}

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
  const own = node.kind === 'conv' && isDepthwise(node);
  const sums = {
    gram: new Float64Array((own ? out : 1) * depth * depth),
    cross: new Float64Array(depth * out),
    power: new Float64Array(out),
  };
  const batch = Math.min(16, batchOf(input, target));
  let rows = 0;
  for (let first = 0; first < count; first += batch) {
    signal?.throwIfAborted();
    const n = Math.min(batch, count - first);
    const parts = tf.tidy(() => {
      const x = slice(input, first, n);
      const y = slice(target, first, n).sub(tf.tensor1d(bias));
      const power = y.square().reshape([-1, out]).sum(0);
      return [...(own ? channelProducts(node, x, y) : products(node, x, y, target.shape)), power];
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

/** X'X and X'Y. */
function products(
  node: WeightedNode,
  image: tf.Tensor,
  target: tf.Tensor,
  outputShape: readonly number[],
): tf.Tensor[] {
  const x = patches(node, image, outputShape);
  const y = target.reshape<tf.Tensor2D>([x.shape[0], -1]);
  // Transposed first: tfjs's WASM backend multiplies a matrix marked as transposed by a slow path.
  const transposed = x.transpose<tf.Tensor2D>();
  return [tf.matMul(transposed, x), tf.matMul(transposed, y)];
}

/**
 * The same of each channel by itself, [out, depth, depth] and [depth, out]. What each tap sees, times what all taps see: the
 * gradient of the filter, were that tap's view the output's gradient.
 */
function channelProducts(node: ConvNode, x: tf.Tensor, y: tf.Tensor): tf.Tensor[] {
  const [taps, channels] = [node.kernel[0] * node.kernel[1], node.outChannels];
  const zeros = tf.zeros<tf.Rank.R4>([...node.kernel, 1, channels]);
  const against = (output: tf.Tensor): tf.Tensor =>
    tf
      .grad((kernel) =>
        convolve(x, kernel as tf.Tensor4D, node)
          .mul(output)
          .sum(),
      )(zeros)
      .reshape([taps, channels]);
  const views = Array.from({ length: taps }, (_, tap) => {
    const single = tf
      .oneHot([tap], taps)
      .cast('float32')
      .reshape([...node.kernel, 1, 1]);
    return convolve(x, single.tile<tf.Tensor4D>([1, 1, 1, channels]), node);
  });
  return [tf.stack(views.map(against)).transpose([2, 0, 1]), against(y)];
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

/** What the kernel multiplies, [rows, depth]: for a plain convolution im2col, a row for each output pixel. */
const patches = (node: WeightedNode, x: tf.Tensor, outputShape: readonly number[]): tf.Tensor2D =>
  (PATCHES[node.kind] as Rule<WeightedNode>)(node, x, outputShape);
