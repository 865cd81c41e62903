/** A node of a graph as one tf.layers.Layer. */
import * as tf from '@tensorflow/tfjs';
import { lookUp } from '../../base/lookUp.ts';
import { operatorOf } from '../../graph/operators.ts';
import type { ArrayPart } from '../../graph/operators.ts';
import { isWeighted, nodeArrays } from '../../graph/shapes.ts';
import type { GraphNode } from '../../graph/types.ts';
import { forwardNode } from './forward.ts';

/** Weights that gradients do not reach. */
const RUNNING: ReadonlySet<ArrayPart> = new Set<ArrayPart>(['mean', 'variance']);

export class GraphNodeLayer extends tf.layers.Layer {
  static readonly className = 'GraphNodeLayer';
  readonly node: GraphNode;
  /** The node's weights by the last part of their name; set by build. */
  readonly variables = new Map<ArrayPart, tf.LayerVariable>();

  constructor(config: { name?: string; node: GraphNode }) {
    super({ name: config.name ?? config.node.name.replaceAll('.', '_') });
    this.node = config.node;
  }

  override build(): void {
    for (const [part, shape] of isWeighted(this.node) ? nodeArrays(this.node) : []) {
      const zeros = tf.initializers.zeros();
      this.variables.set(part, this.addWeight(part, shape, 'float32', zeros, undefined, !RUNNING.has(part)));
    }
    this.built = true;
  }

  /** In training a batch norm uses and records the batch's statistics. */
  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    const { node, variables } = this;
    const records = kwargs.training === true && variables.has('mean');
    const running = records
      ? { mean: lookUp(variables, 'mean', 'weight'), variance: lookUp(variables, 'variance', 'weight') }
      : null;
    const weights = Object.fromEntries([...variables].map(([part, variable]) => [part, variable.read()]));
    return tf.tidy(() => forwardNode(node, Array.isArray(inputs) ? inputs : [inputs], weights, running));
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const shapes = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as number[][];
    const images = shapes.map(([, ...image]) => image);
    return [shapes[0][0], ...operatorOf(this.node).outputShape(this.node, images)];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), node: this.node as unknown as tf.serialization.ConfigDict };
  }
}
tf.serialization.registerClass(GraphNodeLayer);
