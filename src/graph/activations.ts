/** What stands behind a layer: nothing, a ReLU, or a ReLU with an upper bound. */
import type { Activation, GraphNode } from './types.ts';

export const RELU: Activation = Object.freeze({ max: null });

/** MobileNet's (Howard et al. 2017). */
export const RELU6: Activation = Object.freeze({ max: 6 });

/** What stands behind a node; a node of another kind has nothing there. */
export const activationOf = (node: GraphNode): Activation | null => ('activation' in node ? node.activation : null);

/** The least and the greatest value that it lets through. */
export const boundsOf = (activation: Activation | null): readonly [low: number, high: number] =>
  activation ? [0, activation.max ?? Infinity] : [-Infinity, Infinity];

/** Its value, in real numbers. */
export function activated(value: number, activation: Activation | null): number {
  const [low, high] = boundsOf(activation);
  return Math.min(Math.max(value, low), high);
}

/** Whether it holds values from above, too. */
export const isBounded = (activation: Activation | null): boolean => activation !== null && activation.max !== null;

/** The node as it is before its activation. */
export const withoutActivation = <Node extends GraphNode>(node: Node): Node =>
  'activation' in node ? { ...node, activation: null } : node;

/** @throws Error naming the node whose bound is no number above zero */
export function requireActivation(name: string, activation: Activation | null): void {
  const max = activation?.max ?? null;
  if (max !== null && !(Number.isFinite(max) && max > 0))
    throw new Error(`${name} has an activation that ends at ${max}: it must be a number above zero.`);
}
