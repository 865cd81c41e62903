/** What each kind of node computes in real numbers, as differentiable functions: one rule a kind. */
import * as tf from '@tensorflow/tfjs';
import type { ArrayPart } from '../../graph/operators.ts';
import { isDepthwise } from '../../graph/shapes.ts';
import type { Activation, ConvNode, GraphNode, Kind, NodeOf, Window } from '../../graph/types.ts';
import { padsOf } from '../../graph/window.ts';
import { activate, capped } from './activate.ts';
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
    const { activation } = node;
    if (!node.batchNorm) {
      const own = {
        x: x as tf.Tensor4D,
        strides: node.stride,
        pad: tfPadding(node, kernel.shape),
        bias: weights.bias,
        activation: fusedActivation(activation),
      } as const;
      // Its type forgets padding by side, which it takes as the plain one does.
      const y = isDepthwise(node)
        ? tf.fused.depthwiseConv2d({ ...own, pad: own.pad as number, filter: channelwise(kernel) })
        : tf.fused.conv2d({ ...own, filter: kernel });
      return own.activation === 'relu' ? capped(y, activation) : y;
    }
    const y = convolve(x, kernel, node);
    const { eps } = node.batchNorm;
    const [gamma, beta, mean, variance] = (['gamma', 'beta', 'mean', 'variance'] as const).map((part) =>
      given<tf.Tensor1D>(node.name, weights, part),
    );
    if (running) {
      const normalized = batchNormTrain(y, gamma, beta, mean, eps, activation !== null, (batch) => {
        updateRunning(running, batch, y.size / gamma.size);
        tf.dispose([batch.mean, batch.variance]);
      });
      return capped(normalized, activation);
    }
    const a = gamma.mul(variance.add(eps).rsqrt());
    return activate(y.mul(a).add(beta.sub(mean.mul(a))), activation);
  },

  add: ({ activation }, [p, q]) => added(p, q, activation),

  maxPool: (node, [x]) => maxPooled(x, node),

  avgPool: (node, [x]) => averagePooled(x, node),

  globalAvgPool: (_node, [x]) => imageMean(x),

  linear({ name, activation }, [x], weights) {
    const y = tf.matMul(x as tf.Tensor2D, given<tf.Tensor2D>(name, weights, 'kernel'));
    return activate(weights.bias ? y.add(weights.bias) : y, activation);
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

/** The convolution alone: [N, H, W, in] and a kernel [kh, kw, in / groups, out] to [N, H', W', out]. */
export const convolve = (
  x: tf.Tensor,
  kernel: tf.Tensor4D,
  node: Pick<ConvNode, 'stride' | 'padding' | 'groups'>,
): tf.Tensor4D =>
  isDepthwise(node)
    ? tf.depthwiseConv2d(x as tf.Tensor4D, channelwise(kernel), node.stride, tfPadding(node, kernel.shape))
    : tf.conv2d(x as tf.Tensor4D, kernel, node.stride, tfPadding(node, kernel.shape));

/** tfjs has a depthwise kernel as [kh, kw, channels, 1], which is the same numbers in the same order. */
const channelwise = (kernel: tf.Tensor4D): tf.Tensor4D =>
  kernel.reshape([kernel.shape[0], kernel.shape[1], kernel.shape[3], 1]);

/** As far as tfjs has it in one pass with a convolution. */
const fusedActivation = (activation: Activation | null): 'linear' | 'relu' | 'relu6' =>
  activation === null ? 'linear' : activation.max === 6 ? 'relu6' : 'relu';

/** p + q, of one shape, then the activation. */
export const added = (p: tf.Tensor, q: tf.Tensor, activation: Activation | null): tf.Tensor =>
  activation ? capped(addRelu(p as tf.Tensor4D, q as tf.Tensor4D), activation) : p.add(q);

/** [N, H, W, C] to [N, H', W', C]. */
export const maxPooled = (x: tf.Tensor, window: Window): tf.Tensor =>
  tf.maxPool(x as tf.Tensor4D, [...window.kernel], window.stride, tfPadding(window, window.kernel));

/** The mean of the pixels that each window holds: [N, H, W, C] to [N, H', W', C]. */
export function averagePooled(x: tf.Tensor, window: Window): tf.Tensor {
  const [, height, width, channels] = (x as tf.Tensor4D).shape;
  const depthwise = { stride: window.stride, padding: window.padding, groups: channels };
  const sums = convolve(x, tf.ones([...window.kernel, 1, channels]), depthwise);
  const counts = convolve(tf.ones([1, height, width, channels]), tf.ones([...window.kernel, 1, channels]), depthwise);
  return sums.div(counts);
}

/** [N, H, W, C] to [N, C]. */
export const imageMean = (x: tf.Tensor): tf.Tensor => x.mean([1, 2]);

/**
 * One number where all sides are alike; else tfjs asks for the batch and the channels, too. With one number it takes the
 * kernel's height for its width as well (conv_util's computeOutputShape2D), so only a square kernel may have it.
 */
function tfPadding(
  { padding }: Pick<Window, 'padding'>,
  [height, width]: readonly number[],
): number | [[0, 0], [number, number], [number, number], [0, 0]] {
  const { top, left, bottom, right } = padsOf({ padding });
  if (height === width && left === top && bottom === top && right === top) return top;
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
