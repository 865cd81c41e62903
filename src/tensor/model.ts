/** A graph and its weights as a tf.LayersModel, with or without quantizers between the layers, and back. */
import * as tf from '@tensorflow/tfjs';
import { elementCount } from '../graph/arrays.ts';
import { lookUp } from '../base/lookUp.ts';
import { inputsOf, weightShapes } from '../graph/shapes.ts';
import { INPUT } from '../graph/types.ts';
import type { Graph, NamedArray, TensorName, Weights } from '../graph/types.ts';
import type { AffineParams } from '../quant/types.ts';
import { FakeQuantize } from './layers/fakeQuantize.ts';
import { GraphNodeLayer } from './layers/nodeLayer.ts';

export type LayersModelOptions = {
  /** Tensors the model puts out, in this order; by default the last node's. */
  readonly outputs?: readonly TensorName[];
  /** A fake quantizer after each tensor named. */
  readonly quantizers?: ReadonlyMap<TensorName, AffineParams>;
};

/**
 * Input [N, H, W, C], output(s) [N, ...]. The model owns copies of the weights: dispose of it when done.
 * @throws naming the array that is missing or misshapen
 */
export function toLayersModel(graph: Graph, weights: Weights, options: LayersModelOptions = {}): tf.LayersModel {
  const quantizers = options.quantizers ?? new Map<TensorName, AffineParams>();
  const input = tf.input({ shape: [...graph.inputShape], name: INPUT });
  const tensors = new Map<TensorName, tf.SymbolicTensor>();
  const place = (name: TensorName, tensor: tf.SymbolicTensor): void => {
    const params = quantizers.get(name);
    const layerName = `${name.replaceAll('.', '_')}_quantizer`;
    tensors.set(
      name,
      params ? (new FakeQuantize({ name: layerName, params }).apply(tensor) as tf.SymbolicTensor) : tensor,
    );
  };
  place(INPUT, input);
  for (const node of graph.nodes) {
    const from = inputsOf(node).map((name) => lookUp(tensors, name, 'layer before it'));
    place(node.name, new GraphNodeLayer({ node }).apply(from.length === 1 ? from[0] : from) as tf.SymbolicTensor);
  }
  const outputs = (options.outputs ?? [graph.nodes[graph.nodes.length - 1].name]).map((name) =>
    lookUp(tensors, name, 'layer before it'),
  );
  const model = tf.model({ inputs: input, outputs, name: graph.name });
  writeWeights(model, graph, weights);
  return model;
}

const nodeLayers = (model: tf.LayersModel): GraphNodeLayer[] =>
  model.layers.filter((layer): layer is GraphNodeLayer => layer instanceof GraphNodeLayer);

/** The model's variables under the names of src/graph (`conv1.kernel`, ...). */
export function variablesOf(model: tf.LayersModel): Map<string, tf.LayerVariable> {
  return new Map(
    nodeLayers(model).flatMap((layer) =>
      [...layer.variables].map(([part, variable]) => [`${layer.node.name}.${part}`, variable] as const),
    ),
  );
}

/** Puts weights into a model of this graph. @throws naming the array that is missing or misshapen */
export function writeWeights(model: tf.LayersModel, graph: Graph, weights: Weights): void {
  const variables = variablesOf(model);
  for (const [name, shape] of weightShapes(graph)) {
    const array = weights.get(name);
    if (!array || array.data.length !== elementCount(shape)) {
      throw new Error(
        `${graph.name}: ${name} should be an array of shape [${shape.join(', ')}], ` +
          (array ? `but it is [${array.shape.join(', ')}].` : 'but it is missing.'),
      );
    }
    const tensor = tf.tensor(array.data, shape);
    variables.get(name)?.write(tensor);
    tensor.dispose();
  }
}

/** The model's weights as plain data. */
export async function readWeights(model: tf.LayersModel): Promise<Map<string, NamedArray>> {
  const weights = new Map<string, NamedArray>();
  for (const [name, variable] of variablesOf(model)) {
    const tensor = variable.read();
    weights.set(name, { shape: tensor.shape, data: (await tensor.data()) as Float32Array });
  }
  return weights;
}
