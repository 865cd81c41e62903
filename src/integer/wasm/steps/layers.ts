/** A network's layers as the engine sees them: float32 or quantized, a classifier being a convolution of one pixel. */
import { activationOf } from '../../../graph/activations.ts';
import { namedArray } from '../../../graph/arrays.ts';
import { lookUp } from '../../../base/lookUp.ts';
import { requirePlain } from '../../../graph/plain.ts';
import { inputsOf } from '../../../graph/shapes.ts';
import type { ConvNode, Graph, GraphNode, TensorName, Weights } from '../../../graph/types.ts';
import type { ActivationParams, QuantizedModel, QuantizedWeights } from '../../../quant/types.ts';

/** What a convolution is to its kernel; a classifier has no output grid and no activation. */
export type Window = Pick<
  ConvNode,
  'name' | 'input' | 'kernel' | 'stride' | 'padding' | 'inChannels' | 'outChannels' | 'activation'
> & {
  readonly isClassifier: boolean;
};

/** The node as a window over its input, or null where it has no weights. */
export function windowOf(node: GraphNode): Window | null {
  if (node.kind === 'conv') return { ...node, isClassifier: false };
  if (node.kind !== 'linear') return null;
  const { name, input, inFeatures, outFeatures } = node;
  return {
    name,
    input,
    kernel: [1, 1],
    stride: 1,
    padding: 0,
    inChannels: inFeatures,
    outChannels: outFeatures,
    activation: null,
    isClassifier: true,
  };
}

export type IntegerNetwork = {
  readonly kind: 'integer';
  readonly graph: Graph;
  readonly gridOf: (tensor: TensorName) => ActivationParams;
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
  requirePlain(graph, REFUSAL);
  requireClassifier(graph);
  const gridOf = (tensor: TensorName): ActivationParams => lookUp(activations, tensor, 'activation parameters');
  const weightsOf = (layer: TensorName): QuantizedWeights => lookUp(weights, layer, 'quantized weights');
  for (const node of graph.nodes) {
    inputsOf(node).forEach(gridOf);
    if (node.kind === 'conv' || node.kind === 'linear') weightsOf(node.name);
    if (node.kind === 'linear') continue;
    const { qmin, zeroPoint } = gridOf(node.name);
    if (activationOf(node) && zeroPoint !== qmin) {
      throw new Error(`${node.name}: after a ReLU the zero point must be ${qmin}, not ${zeroPoint}.`);
    }
  }
  return { kind: 'integer', graph, gridOf, weightsOf };
}

/** @param folded no batch norm, every convolution with a bias: see foldBatchNorm */
export function floatNetwork(folded: { readonly graph: Graph; readonly weights: Weights }): FloatNetwork {
  requirePlain(folded.graph, REFUSAL);
  requireClassifier(folded.graph);
  const odd = folded.graph.nodes.find((node) => node.kind === 'conv' && (node.batchNorm !== null || !node.bias));
  if (odd) throw new Error(`${odd.name} has a batch norm of its own: fold it first.`);
  return {
    kind: 'float32',
    graph: folded.graph,
    arrayOf: (layer, part) => namedArray(folded.weights, `${layer}.${part}`).data,
  };
}

/** Why a network is refused that is none of plain layers. */
const REFUSAL = 'which this engine cannot run: choose TensorFlow.js as the engine.';

function requireClassifier({ name, nodes }: Graph): void {
  const early = nodes.slice(0, -1).find(({ kind }) => kind === 'linear');
  if (early) throw new Error(`${early.name} is linear: its real logits can only be the last output.`);
  if (nodes.at(-1)?.kind !== 'linear') throw new Error(`${name} does not end in a linear layer: it has no logits.`);
}
