/** Which tensors of a graph are quantized, and on whose grid. */
import { operatorOf } from './operators.ts';
import { INPUT } from './types.ts';
import type { Graph, GraphNode, TensorName } from './types.ts';

/** Whether a node's output has a grid of its own. */
export const hasOwnGrid = (node: GraphNode): boolean => operatorOf(node).grid === 'own';

/** Whether a node's output lies on the grid of what it reads. */
export const sharesGrid = (node: GraphNode): boolean => operatorOf(node).grid === 'input';

/** INPUT and every node's output that is quantized: all but the logits. */
export const quantizedTensors = ({ nodes }: Graph): TensorName[] => [
  INPUT,
  ...nodes.filter((node) => operatorOf(node).grid !== 'none').map(({ name }) => name),
];

/** Of those the ones with a grid of their own. */
export const tensorsWithGrid = ({ nodes }: Graph): TensorName[] => [
  INPUT,
  ...nodes.filter(hasOwnGrid).map(({ name }) => name),
];
