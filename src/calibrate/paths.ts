/** Two ways through one network, side by side: what the float one computes, and what the quantized one makes of it. */
import { withoutActivation } from '../graph/activations.ts';
import { hasOwnGrid } from '../graph/grids.ts';
import { lookUp } from '../base/lookUp.ts';
import { inferShapes, inputsOf, isWeighted } from '../graph/shapes.ts';
import { INPUT, type FloatModel, type GraphNode, type TensorName, type WeightedNode } from '../graph/types.ts';
import type { AffineParams, QuantizedModel, QuantizedWeights } from '../quant/types.ts';
import { dequantizedWeights } from '../tensor/fakeQuantized.ts';
import { runNode, type Stack } from '../tensor/reconstruct/node.ts';
import { fakeQuantizeArray } from './codes.ts';

/** One tensor on both paths. */
export type Both = { readonly float: Stack; readonly quantized: Stack };

/** Normalized images, [count, H, W, C]. */
export type Images = { readonly values: Float32Array; readonly count: number };

/** Walks both networks node by node; a tensor is forgotten after its last reader. */
export type Paths = {
  readonly count: number;
  /** What a node reads, on both paths. */
  readonly read: (node: GraphNode) => readonly Both[];
  /** The float output of a node from these float tensors. */
  readonly floatNode: (node: GraphNode, inputs: ReadonlyMap<TensorName, Stack>) => Promise<Stack>;
  /** The float output of a node before its activation. */
  readonly floatOutput: (node: WeightedNode) => Promise<Stack>;
  /** The output before the activation on the quantized path, as this model has the node. */
  readonly quantizedOutput: (node: WeightedNode, quantized: QuantizedModel) => Promise<Stack>;
  /** Goes through the node; on the quantized path as this model has it. */
  readonly pass: (node: GraphNode, quantized: QuantizedModel) => Promise<void>;
  /** A tensor that has been computed and is still to be read. */
  readonly tensor: (name: TensorName) => Both;
};

/** @param inputGrid what the images are rounded to on the quantized path */
export function openPaths(model: FloatModel, inputGrid: AffineParams, images: Images): Paths {
  const { graph } = model;
  const { count } = images;
  const shapes = inferShapes(graph);
  const input = { values: images.values, shape: graph.inputShape };
  const kept = new Map<TensorName, Both>([
    [INPUT, { float: input, quantized: { ...input, values: fakeQuantizeArray(images.values, inputGrid) } }],
  ]);
  const lastReader = new Map(graph.nodes.flatMap((node) => inputsOf(node).map((name) => [name, node.name] as const)));
  const tensor = (name: TensorName) => lookUp(kept, name, 'values on the two paths');
  const read = (node: GraphNode) => inputsOf(node).map(tensor);

  const floatNode = (node: GraphNode, inputs: ReadonlyMap<TensorName, Stack>): Promise<Stack> => {
    const weights = isWeighted(node)
      ? {
          kernel: lookUp(model.weights, `${node.name}.kernel`, 'array').data,
          kernelShape: lookUp(model.weights, `${node.name}.kernel`, 'array').shape,
          bias: lookUp(model.weights, `${node.name}.bias`, 'array').data,
        }
      : {};
    const stacks = inputsOf(node).map((name) => lookUp(inputs, name, 'float values'));
    return runNode(node, stacks, lookUp(shapes, node.name, 'shape'), count, weights);
  };
  const floatRun = (node: GraphNode): Promise<Stack> =>
    floatNode(node, new Map(inputsOf(node).map((name) => [name, tensor(name).float])));
  const quantizedRun = (node: GraphNode, quantized: QuantizedModel, rounded: boolean): Promise<Stack> => {
    const weights = isWeighted(node)
      ? realWeights(quantized, node, lookUp(quantized.weights, node.name, 'quantized weights'))
      : {};
    const quantizer =
      rounded && hasOwnGrid(graph, node) ? lookUp(quantized.activations, node.name, 'activation grid') : undefined;
    return runNode(
      node,
      read(node).map((both) => both.quantized),
      lookUp(shapes, node.name, 'shape'),
      count,
      weights,
      quantizer,
    );
  };

  return {
    count,
    read,
    tensor,
    floatNode,
    floatOutput: (node) => floatRun(withoutActivation(node)),
    quantizedOutput: (node, quantized) => quantizedRun(withoutActivation(node), quantized, false),
    async pass(node, quantized) {
      const both = { float: await floatRun(node), quantized: await quantizedRun(node, quantized, true) };
      kept.set(node.name, both);
      for (const name of inputsOf(node)) if (lastReader.get(name) === node.name) kept.delete(name);
    },
  };
}

/** The real kernel and bias that a node's integers stand for. */
export function realWeights(model: QuantizedModel, node: WeightedNode, own: QuantizedWeights) {
  const alone = { ...model, graph: { ...model.graph, nodes: [node] }, weights: new Map([[node.name, own]]) };
  const arrays = dequantizedWeights(alone);
  const kernel = lookUp(arrays, `${node.name}.kernel`, 'array');
  return { kernel: kernel.data, kernelShape: kernel.shape, bias: lookUp(arrays, `${node.name}.bias`, 'array').data };
}
