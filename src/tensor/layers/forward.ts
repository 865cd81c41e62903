/** What each kind of node computes in real numbers, as differentiable functions: one rule a kind. */
import * as tf from '@tensorflow/tfjs';
import type { ArrayPart } from '../../graph/operators.ts';
import type { GraphNode, Kind, NodeOf, Window } from '../../graph/types.ts';
import { padsOf } from '../../graph/window.ts';
import { addRelu } from './addRelu.ts';
import { batchNormTrain, updateRunning } from './batchNorm.ts';

/** A node's weights, as far as it has them. */
export type NodeTensors = { readonly [part in ArrayPart]?: tf.Tensor };

/** A batch norm's running mean and variance, which training changes in passing. */
export type Running = Parameters<typeof updateRunning>[0];

type Rule<Node> = (
  node: Node,
  inputs: readonly tf.Tensor[],
  weights: NodeTensors,
  running: Running | null,
) => tf.Tensor;

const FORWARD: { readonly [K in Kind]: Rule<NodeOf<K>> } = {
  conv(node, [x], weights, running) {
    const kernel = given<tf.Tensor4D>(node.name, weights, 'kernel');
    if (!node.batchNorm) {
      return tf.fused.conv2d({
        x: x as tf.Tensor4D,
        filter: kernel,
        strides: node.stride,
        pad: tfPadding(node),
        bias: weights.bias,
        activation: node.relu ? 'relu' : 'linear',
      });
    }
    const y = convolve(x, kernel, node);
    const { eps } = node.batchNorm;
    const [gamma, beta, mean, variance] = (['gamma', 'beta', 'mean', 'variance'] as const).map((part) =>
      given<tf.Tensor1D>(node.name, weights, part),
    );
    if (running) {
      return batchNormTrain(y, gamma, beta, mean, eps, node.relu, (batch) => {
        updateRunning(running, batch, y.size / gamma.size);
        tf.dispose([batch.mean, batch.variance]);
      });
    }
    const a = gamma.mul(variance.add(eps).rsqrt());
    const normalized = y.mul(a).add(beta.sub(mean.mul(a)));
    return node.relu ? normalized.relu() : normalized;
  },

  add: ({ relu }, [p, q]) => added(p, q, relu),

  maxPool: (node, [x]) => maxPooled(x, node),

  globalAvgPool: (_node, [x]) => imageMean(x),

  linear({ name }, [x], weights) {
    const y = tf.matMul(x as tf.Tensor2D, given<tf.Tensor2D>(name, weights, 'kernel'));
    return weights.bias ? y.add(weights.bias) : y;
  },
};

/**
 * The node's real output.
 * @param running given in training: a batch norm then uses the batch's statistics and records them here
 */
export function forwardNode(
  node: GraphNode,
  inputs: readonly tf.Tensor[],
  weights: NodeTensors,
  running: Running | null = null,
): tf.Tensor {
  const rule = FORWARD[node.kind] as Rule<GraphNode>;
  return rule(node, inputs, weights, running);
}

/** The convolution alone: [N, H, W, in] and a kernel [kh, kw, in, out] to [N, H', W', out]. */
export const convolve = (x: tf.Tensor, kernel: tf.Tensor4D, window: Pick<Window, 'stride' | 'padding'>): tf.Tensor4D =>
  tf.conv2d(x as tf.Tensor4D, kernel, window.stride, tfPadding(window));

/** p + q, of one shape, then ReLU if wanted. */
export const added = (p: tf.Tensor, q: tf.Tensor, relu: boolean): tf.Tensor =>
  relu ? addRelu(p as tf.Tensor4D, q as tf.Tensor4D) : p.add(q);

/** [N, H, W, C] to [N, H', W', C]. */
export const maxPooled = (x: tf.Tensor, window: Window): tf.Tensor =>
  tf.maxPool(x as tf.Tensor4D, [...window.kernel], window.stride, tfPadding(window));

/** [N, H, W, C] to [N, C]. */
export const imageMean = (x: tf.Tensor): tf.Tensor => x.mean([1, 2]);

/** tfjs takes one number where all sides are alike, and asks for the batch and the channels, too, where they are not. */
function tfPadding(window: Pick<Window, 'padding'>): number | [[0, 0], [number, number], [number, number], [0, 0]] {
  const { top, left, bottom, right } = padsOf(window);
  if (left === top && bottom === top && right === top) return top;
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}

function given<T extends tf.Tensor>(name: string, weights: NodeTensors, part: ArrayPart): T {
  const tensor = weights[part];
  if (!tensor) throw new Error(`${name} has no ${part}.`);
  return tensor as T;
}
