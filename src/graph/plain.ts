/** Networks of the kinds of layers that ResNets have, and of no others: some rooms know these alone. */
import { activationOf, isBounded } from './activations.ts';
import { isDepthwise } from './shapes.ts';
import type { Graph, GraphNode } from './types.ts';

/** What a layer has that no ResNet has, in words; null where it has nothing of the kind. */
function oddityOf(node: GraphNode, isOutput: boolean): string | null {
  if (node.kind === 'conv' && isDepthwise(node)) return 'is a depthwise convolution';
  if (node.kind === 'avgPool') return 'is an average pool over windows';
  if (node.kind === 'linear' && !isOutput) return 'is a dense layer before the last one';
  if (node.kind === 'linear' && node.activation) return 'is a classifier behind an activation';
  const activation = activationOf(node);
  return isBounded(activation) ? `has a ReLU that ends at ${activation?.max}` : null;
}

/**
 * @param refusal what follows the layer and its oddity: who cannot do it, and what to do now
 * @throws Error naming the first layer that no ResNet has
 */
export function requirePlain({ nodes }: Pick<Graph, 'nodes'>, refusal: string): void {
  for (const [index, node] of nodes.entries()) {
    const oddity = oddityOf(node, index === nodes.length - 1);
    if (oddity !== null) throw new Error(`${node.name} ${oddity}, ${refusal}`);
  }
}
