/** One network run many times with little changed: what comes before the change is computed once. */
import * as tf from '@tensorflow/tfjs';
import { lookUp } from '../../base/lookUp.ts';
import { inputsOf, isWeighted } from '../../graph/shapes.ts';
import { INPUT, type FloatModel, type GraphNode, type TensorName, type Weights } from '../../graph/types.ts';
import type { AffineParams } from '../../quant/types.ts';
import { fakeQuantize } from '../layers/fakeQuantize.ts';
import { forwardNode } from '../layers/forward.ts';

/** What one run does otherwise than the float network: other kernels, and grids that tensors are rounded to. */
export type Change = {
  /** By array name; what is not here stays as it is. */
  readonly arrays: Weights;
  readonly quantizers: ReadonlyMap<TensorName, AffineParams>;
};

/**
 * The logits [n, classes] of the float network, then those of each change, over one batch of images. Of a changed network
 * only the nodes that the change reaches are computed again.
 * @param model folded
 * @param images [n, H, W, C] normalized; all tensors of the network are held for them at once
 * @throws the signal's reason, between runs
 */
export async function* replayed(
  { graph, weights }: FloatModel,
  images: Float32Array,
  n: number,
  changes: Iterable<Change>,
  signal?: AbortSignal,
): AsyncGenerator<Float32Array, void> {
  const float = new Map<TensorName, tf.Tensor>();
  const last = graph.nodes[graph.nodes.length - 1].name;
  const owned = (node: GraphNode, from: Weights) => {
    if (!isWeighted(node)) return {};
    const tensorOf = (part: string): tf.Tensor => {
      const { data, shape } = from.get(`${node.name}.${part}`) ?? lookUp(weights, `${node.name}.${part}`, 'array');
      return tf.tensor(data, [...shape]);
    };
    return { kernel: tensorOf('kernel'), bias: tensorOf('bias') as tf.Tensor1D };
  };
  const run = (node: GraphNode, inputs: readonly tf.Tensor[], from: Weights): tf.Tensor =>
    tf.tidy(() => forwardNode(node, inputs, owned(node, from)));
  const changed = ({ arrays, quantizers }: Change): tf.Tensor =>
    tf.tidy(() => {
      const other = new Map<TensorName, tf.Tensor>();
      const put = (name: TensorName, tensor: tf.Tensor): void => {
        const grid = quantizers.get(name);
        other.set(name, grid ? fakeQuantize(tensor, grid) : tensor);
      };
      const tensor = (name: TensorName): tf.Tensor => other.get(name) ?? lookUp(float, name, 'float tensor');
      if (quantizers.has(INPUT)) put(INPUT, tensor(INPUT));
      for (const node of graph.nodes) {
        const reached = inputsOf(node).some((name) => other.has(name)) || arrays.has(`${node.name}.kernel`);
        if (reached) put(node.name, run(node, inputsOf(node).map(tensor), arrays));
        else if (quantizers.has(node.name)) put(node.name, tensor(node.name));
      }
      return tensor(last).clone();
    });
  try {
    float.set(INPUT, tf.tensor(images, [n, ...graph.inputShape]));
    for (const node of graph.nodes)
      float.set(
        node.name,
        run(
          node,
          inputsOf(node).map((name) => lookUp(float, name, 'float tensor')),
          weights,
        ),
      );
    yield (await lookUp(float, last, 'logits').data()) as Float32Array;
    for (const change of changes) {
      signal?.throwIfAborted();
      const logits = changed(change);
      yield (await logits.data()) as Float32Array;
      logits.dispose();
    }
  } finally {
    tf.dispose([...float.values()]);
  }
}
