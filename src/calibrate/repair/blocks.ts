/** What is reconstructed together: a network's nodes in blocks (BRECQ, Li et al. 2021). */
import { inputsOf, isDepthwise } from '../../graph/shapes.ts';
import type { ConvNode, Graph, GraphNode, TensorName } from '../../graph/types.ts';

/**
 * Runs of nodes between tensors that alone carry all that comes after: in a ResNet, its residual blocks. A depthwise
 * convolution takes in the 1x1 convolutions before and behind it, so that each inverted residual is a block, whether or not a
 * shortcut spans it (Sandler et al. 2018).
 */
export function blocksOf({ nodes }: Graph): GraphNode[][] {
  const lastReader = new Map<TensorName, number>();
  nodes.forEach((node, i) => inputsOf(node).forEach((name) => lastReader.set(name, i)));
  const blocks: GraphNode[][] = [];
  let block: GraphNode[] = [];
  nodes.forEach((node, i) => {
    block.push(node);
    const open =
      nodes.slice(0, i).some(({ name }) => (lastReader.get(name) ?? -1) > i) || (lastReader.get('input') ?? -1) > i;
    if (open) return;
    blocks.push(block);
    block = [];
  });
  return invertedResiduals(blocks);
}

/** Single convolutions joined around a depthwise one: what expands before it, what projects behind it. */
function invertedResiduals(blocks: readonly GraphNode[][]): GraphNode[][] {
  const joined: GraphNode[][] = [];
  for (const [i, block] of blocks.entries()) {
    const [before, previous] = [blocks[i - 1], joined.at(-1)];
    const expanded = isAlone(block, isDepthwise) && previous === before && isAlone(before ?? [], isPointwise);
    const projects = isAlone(block, isPointwise) && isAlone(before ?? [], isDepthwise);
    if (previous && (expanded || projects)) joined[joined.length - 1] = [...previous, ...block];
    else joined.push(block);
  }
  return joined;
}

const isPointwise = (node: ConvNode): boolean => !isDepthwise(node) && node.kernel.every((side) => side === 1);

function isAlone([node, ...rest]: readonly GraphNode[], holds: (node: ConvNode) => boolean): boolean {
  return rest.length === 0 && node?.kind === 'conv' && holds(node);
}
