/** Which tensors of a graph are quantized, and on whose grid. */
import { operatorOf } from './operators.ts';
import { INPUT } from './types.ts';
import type { Graph, GraphNode, TensorName } from './types.ts';

/** Whether a node's output has a grid of its own in this graph: logits have none. */
export function hasOwnGrid({ nodes }: Pick<Graph, 'nodes'>, node: GraphNode): boolean {
  const { grid } = operatorOf(node);
  return grid === 'own' || (grid === 'ownInside' && nodes.at(-1)?.name !== node.name);
}

/** Whether a node's output lies on the grid of what it reads. */
export const sharesGrid = (node: GraphNode): boolean => operatorOf(node).grid === 'input';

/** INPUT and every node's output that is quantized: all but the logits. */
export const quantizedTensors = (graph: Graph): TensorName[] => [
  INPUT,
  ...graph.nodes.filter((node) => hasOwnGrid(graph, node) || sharesGrid(node)).map(({ name }) => name),
];

/** Of those the ones with a grid of their own. */
export const tensorsWithGrid = (graph: Graph): TensorName[] => [
  INPUT,
  ...graph.nodes.filter((node) => hasOwnGrid(graph, node)).map(({ name }) => name),
];
