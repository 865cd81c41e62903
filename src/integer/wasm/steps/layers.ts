/** A network's layers as the engine sees them: float32 or quantized, a classifier being a convolution of one pixel. */
import { namedArray } from '../../../graph/arrays.ts';
import { lookUp } from '../../../base/lookUp.ts';
import { activationOf } from '../../../graph/activations.ts';
import { hasOwnGrid } from '../../../graph/grids.ts';
import { inputsOf, isDepthwise, isWeighted } from '../../../graph/shapes.ts';
import { outputGrid } from '../../../quant/outputGrid.ts';
import type { ConvNode, Graph, GraphNode, TensorName, Weights } from '../../../graph/types.ts';
import type { ActivationParams, QuantizedModel, QuantizedWeights } from '../../../quant/types.ts';

/** What a convolution is to its kernel; a classifier has no output grid. */
export type Window = Pick<
  ConvNode,
  'name' | 'input' | 'kernel' | 'stride' | 'padding' | 'inChannels' | 'outChannels' | 'activation'
> & {
  readonly isClassifier: boolean;
  readonly isDepthwise: boolean;
};

/** The node as a window over its input, or null where it has no weights. */
export function windowOf(node: GraphNode, graph: Pick<Graph, 'nodes'>): Window | null {
  if (node.kind === 'conv') return { ...node, isClassifier: false, isDepthwise: isDepthwise(node) };
  if (node.kind !== 'linear') return null;
  const { name, input, inFeatures, outFeatures, activation } = node;
  return {
    name,
    input,
    kernel: [1, 1],
    stride: 1,
    padding: 0,
    inChannels: inFeatures,
    outChannels: outFeatures,
    activation,
    isClassifier: !hasOwnGrid(graph, node),
    isDepthwise: false,
  };
}

export type IntegerNetwork = {
  readonly kind: 'integer';
  readonly graph: Graph;
  readonly gridOf: (tensor: TensorName) => ActivationParams;
  /** The grid of a node's output, up to its activation's bound. */
  readonly outputOf: (node: TensorName) => ActivationParams;
  readonly weightsOf: (layer: TensorName) => QuantizedWeights;
};

export type FloatNetwork = {
  readonly kind: 'float32';
  readonly graph: Graph;
  readonly arrayOf: (layer: TensorName, part: 'kernel' | 'bias') => Float32Array;
};

/** A network that the engine can open: its graph, and what its layers compute with. */
export type Network = IntegerNetwork | FloatNetwork;

/**
 * A quantized model, checked as the interpreter checks it.
 * @throws Error naming the layer or tensor that the model lacks, or a ReLU whose grid does not start at zero
 */
export function integerNetwork({ graph, activations, weights }: QuantizedModel): IntegerNetwork {
  requireClassifier(graph);
  const gridOf = (tensor: TensorName): ActivationParams => lookUp(activations, tensor, 'activation parameters');
  const weightsOf = (layer: TensorName): QuantizedWeights => lookUp(weights, layer, 'quantized weights');
  const outputs = new Map<TensorName, ActivationParams>();
  for (const node of graph.nodes) {
    inputsOf(node).forEach(gridOf);
    if (isWeighted(node)) weightsOf(node.name);
    if (node !== graph.nodes.at(-1))
      outputs.set(node.name, outputGrid(node.name, gridOf(node.name), activationOf(node)));
  }
  return { kind: 'integer', graph, gridOf, outputOf: (node) => lookUp(outputs, node, 'output grid'), weightsOf };
}

/** @param folded no batch norm, every convolution with a bias: see foldBatchNorm */
export function floatNetwork(folded: { readonly graph: Graph; readonly weights: Weights }): FloatNetwork {
  requireClassifier(folded.graph);
  const odd = folded.graph.nodes.find((node) => node.kind === 'conv' && (node.batchNorm !== null || !node.bias));
  if (odd) throw new Error(`${odd.name} has a batch norm of its own: fold it first.`);
  return {
    kind: 'float32',
    graph: folded.graph,
    arrayOf: (layer, part) => namedArray(folded.weights, `${layer}.${part}`).data,
  };
}

function requireClassifier({ name, nodes }: Graph): void {
  if (nodes.at(-1)?.kind !== 'linear') throw new Error(`${name} does not end in a linear layer: it has no logits.`);
}
