/** What a network costs: parameters, multiply-accumulates (MACs), bytes at b bits. */
import { lookUp } from '../base/lookUp.ts';
import { elementCount } from './arrays.ts';
import { weightRuleOf } from './operators.ts';
import type { ArrayPart } from './operators.ts';
import { inferShapes, isWeighted, nodeArrays } from './shapes.ts';
import type { Graph, GraphNode } from './types.ts';

export type NodeCost = {
  readonly name: string;
  /** Elements of the convolution or linear kernel: what weight quantization stores in b bits. */
  readonly kernel: number;
  /** Bias, and batch norm's gamma and beta: the other parameters that training changes. */
  readonly vectors: number;
  /** Batch norm's running mean and variance: stored, but by convention no parameters. */
  readonly statistics: number;
  /** Kernel multiplications for one image. Biases, batch norms, additions and pooling are not counted. */
  readonly macs: number;
  readonly outputChannels: number;
};

export type GraphCost = {
  /** One entry for each node, in the graph's order. */
  readonly nodes: readonly NodeCost[];
  /** As PyTorch counts: kernels, biases, gammas, betas. */
  readonly parameters: number;
  /** For one image, at the graph's input size. */
  readonly macs: number;
};

/**
 * The cost of each node and of the whole.
 * @throws Error naming the node if the graph is malformed (see inferShapes)
 */
export function graphCost(graph: Graph): GraphCost {
  const outputs = [...inferShapes(graph).values()].slice(1);
  const nodes = graph.nodes.map((node, index) => nodeCost(node, outputs[index]));
  return {
    nodes,
    parameters: sum(nodes, ({ kernel, vectors }) => kernel + vectors),
    macs: sum(nodes, ({ macs }) => macs),
  };
}

/** How many scales a quantized kernel has: one, or one for each output channel. */
export type ScaleGranularity = 'perTensor' | 'perChannel';

/**
 * Bytes of one node's arrays with its kernel at `bits` bits: the kernel packed and rounded up to whole bytes, a
 * float32 scale for the tensor or for each output channel, and 4 bytes for everything else (an int32 bias). 32 bits:
 * float32 throughout, no scales. Zero points and activation scales are not counted.
 */
export function bytesAtBits(cost: NodeCost, bits: number, granularity: ScaleGranularity = 'perChannel'): number {
  const others = 4 * (cost.vectors + cost.statistics);
  if (cost.kernel === 0 || bits === 32) return 4 * cost.kernel + others;
  return Math.ceil((cost.kernel * bits) / 8) + 4 * (granularity === 'perTensor' ? 1 : cost.outputChannels) + others;
}

/** Bytes of the whole graph, each node at the bits that `bitsOf` answers for its name. Fold batch norms first. */
export function graphBytes(
  cost: GraphCost,
  bitsOf: (nodeName: string) => number,
  granularity: ScaleGranularity = 'perChannel',
): number {
  return sum(cost.nodes, (node) => bytesAtBits(node, bitsOf(node.name), granularity));
}

function nodeCost(node: GraphNode, output: readonly number[]): NodeCost {
  const weights = isWeighted(node) ? nodeArrays(node) : new Map<ArrayPart, number[]>();
  const elements = (parts: readonly ArrayPart[]): number =>
    sum(parts, (part) => (weights.has(part) ? elementCount(lookUp(weights, part, 'shape')) : 0));
  return {
    name: node.name,
    kernel: elements(['kernel']),
    vectors: elements(['bias', 'gamma', 'beta']),
    statistics: elements(['mean', 'variance']),
    macs: isWeighted(node) ? weightRuleOf(node).macs(node, output) : 0,
    outputChannels: output[output.length - 1],
  };
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
