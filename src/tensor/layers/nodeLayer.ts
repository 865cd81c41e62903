/** Each node of a graph as one tf.layers.Layer, by a table of rules. */
import * as tf from '@tensorflow/tfjs';
import { lookUp } from '../../base/lookUp.ts';
import { weightShapes } from '../../graph/shapes.ts';
import type {
  AddNode,
  ConvNode,
  GlobalAvgPoolNode,
  Graph,
  GraphNode,
  LinearNode,
  MaxPoolNode,
} from '../../graph/types.ts';
import { addRelu } from './addRelu.ts';
import { batchNormTrain, updateRunning } from './batchNorm.ts';

/** A node's weights by their last name: kernel, bias, gamma, beta, mean, variance. */
type Variables = ReadonlyMap<string, tf.LayerVariable>;

type Rule<Node> = (node: Node, inputs: readonly tf.Tensor[], variables: Variables, training: boolean) => tf.Tensor;

/** Weights that gradients do not reach. */
const RUNNING = new Set(['mean', 'variance']);

function read<T extends tf.Tensor>(variables: Variables, name: string): T {
  return lookUp(variables, name, 'variable').read() as T;
}

const conv: Rule<ConvNode> = (node, [x], variables, training) => {
  const kernel = read<tf.Tensor4D>(variables, 'kernel');
  const image = x as tf.Tensor4D;
  if (!node.batchNorm) {
    const bias = node.bias ? read<tf.Tensor1D>(variables, 'bias') : undefined;
    return tf.fused.conv2d({
      x: image,
      filter: kernel,
      strides: node.stride,
      pad: node.padding,
      bias,
      activation: node.relu ? 'relu' : 'linear',
    });
  }
  const linear = tf.conv2d(image, kernel, node.stride, node.padding);
  const { eps } = node.batchNorm;
  const [gamma, beta, mean, variance] = ['gamma', 'beta', 'mean', 'variance'].map((n) =>
    read<tf.Tensor1D>(variables, n),
  );
  if (training) {
    return batchNormTrain(linear, gamma, beta, mean, eps, node.relu, (batch) => {
      updateRunning(
        { mean: lookUp(variables, 'mean', 'weight'), variance: lookUp(variables, 'variance', 'weight') },
        batch,
        linear.size / gamma.size,
      );
      tf.dispose([batch.mean, batch.variance]);
    });
  }
  const a = gamma.mul(variance.add(eps).rsqrt());
  const normalized = linear.mul(a).add(beta.sub(mean.mul(a)));
  return node.relu ? normalized.relu() : normalized;
};

const add: Rule<AddNode> = (node, [p, q]) => (node.relu ? addRelu(p as tf.Tensor4D, q as tf.Tensor4D) : p.add(q));

const maxPool: Rule<MaxPoolNode> = (node, [x]) =>
  tf.maxPool(x as tf.Tensor4D, [...node.kernel], node.stride, node.padding);

const globalAvgPool: Rule<GlobalAvgPoolNode> = (_node, [x]) => x.mean([1, 2]);

const linear: Rule<LinearNode> = (_node, [x], variables) =>
  tf.matMul(x as tf.Tensor2D, read<tf.Tensor2D>(variables, 'kernel')).add(read<tf.Tensor1D>(variables, 'bias'));

/** Forward rules; `training` makes batch norm use and record the batch's statistics. */
const RULES: { readonly [K in GraphNode['kind']]: Rule<Extract<GraphNode, { kind: K }>> } = {
  conv,
  add,
  maxPool,
  globalAvgPool,
  linear,
};

/** The graph of this node alone, to ask what weights it needs. */
const alone = (node: GraphNode): Graph => ({ name: node.name, inputShape: [1, 1, 1], nodes: [node] });

const unqualified = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

export class GraphNodeLayer extends tf.layers.Layer {
  static readonly className = 'GraphNodeLayer';
  readonly node: GraphNode;
  /** Set by build. */
  readonly variables = new Map<string, tf.LayerVariable>();

  constructor(config: { name?: string; node: GraphNode }) {
    super({ name: config.name ?? config.node.name.replaceAll('.', '_') });
    this.node = config.node;
  }

  override build(): void {
    for (const [name, shape] of weightShapes(alone(this.node))) {
      const part = unqualified(name);
      const zeros = tf.initializers.zeros();
      this.variables.set(part, this.addWeight(part, shape, 'float32', zeros, undefined, !RUNNING.has(part)));
    }
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    const all = Array.isArray(inputs) ? inputs : [inputs];
    const rule = RULES[this.node.kind] as Rule<GraphNode>;
    return tf.tidy(() => rule(this.node, all, this.variables, kwargs.training === true));
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [n, h, w, c] = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as number[];
    const { node } = this;
    const out = (size: number, kernel: number, stride: number, padding: number): number =>
      Math.floor((size + 2 * padding - kernel) / stride) + 1;
    if (node.kind === 'add') return [n, h, w, c];
    if (node.kind === 'globalAvgPool') return [n, c];
    if (node.kind === 'linear') return [n, node.outFeatures];
    const channels = node.kind === 'conv' ? node.outChannels : c;
    return [
      n,
      out(h, node.kernel[0], node.stride, node.padding),
      out(w, node.kernel[1], node.stride, node.padding),
      channels,
    ];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), node: this.node as unknown as tf.serialization.ConfigDict };
  }
}
tf.serialization.registerClass(GraphNodeLayer);
