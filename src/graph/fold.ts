/** Batch-norm folding: the same function with every batch norm multiplied into its convolution. */
import { elementCount, namedArray } from './arrays.ts';
import { isWeighted, weightShapes } from './shapes.ts';
import type { Graph, NamedArray, NormalizedNode, Weights } from './types.ts';

/**
 * Folds each batch norm into its convolution, by output channel, with running statistics:
 *
 *     w' = w * gamma / sqrt(variance + eps)
 *     b' = beta + (b - mean) * gamma / sqrt(variance + eps)      b = 0 where the convolution has no bias
 *
 * Computed in float64 and rounded once to float32. In the result every layer with weights has `bias: true` and every
 * convolution `batchNorm: null`, and node names are unchanged; a layer that had neither gets a bias of zeros.
 * @throws Error naming the array or node: one that is missing or has another length than the graph says, or a
 * variance + eps that is not positive.
 */
export function foldBatchNorm(graph: Graph, weights: Weights): { graph: Graph; weights: Weights } {
  requireArrays(graph, weights);
  const folded = new Map<string, NamedArray>();
  const nodes = graph.nodes.map((node) => {
    if (!isWeighted(node)) return node;
    const batchNorm = 'batchNorm' in node ? node.batchNorm : null;
    const { kernel, bias } = foldNode({ ...node, batchNorm }, weights);
    folded.set(`${node.name}.kernel`, kernel);
    folded.set(`${node.name}.bias`, bias);
    return 'batchNorm' in node ? { ...node, bias: true, batchNorm: null } : { ...node, bias: true };
  });
  return { graph: { ...graph, nodes }, weights: folded };
}

type Folding = Pick<NormalizedNode, 'name' | 'bias' | 'batchNorm'>;

function foldNode({ name, bias, batchNorm }: Folding, weights: Weights) {
  const part = (suffix: string): Float32Array => namedArray(weights, `${name}.${suffix}`).data;
  const kernel = namedArray(weights, `${name}.kernel`);
  const outChannels = kernel.shape[kernel.shape.length - 1];
  const before = bias ? part('bias') : new Float32Array(outChannels);
  if (batchNorm === null) return { kernel, bias: { shape: [outChannels], data: before } };

  const [gamma, beta, mean, variance] = [part('gamma'), part('beta'), part('mean'), part('variance')];
  const factor = Float64Array.from(variance, (value, c) => {
    if (value + batchNorm.eps > 0) return gamma[c] / Math.sqrt(value + batchNorm.eps);
    throw new Error(`${name}.variance is ${value} in channel ${c}: batch norm needs variance + eps above zero.`);
  });
  return {
    // Output channels are the innermost axis of a kernel.
    kernel: { shape: kernel.shape, data: kernel.data.map((weight, index) => weight * factor[index % outChannels]) },
    bias: { shape: [outChannels], data: beta.map((value, c) => value + (before[c] - mean[c]) * factor[c]) },
  };
}

function requireArrays(graph: Graph, weights: Weights): void {
  for (const [name, shape] of weightShapes(graph)) {
    const found = namedArray(weights, name).data.length;
    if (found !== elementCount(shape))
      throw new Error(`${name} has ${found} values, but ${graph.name} needs [${shape}].`);
  }
}
