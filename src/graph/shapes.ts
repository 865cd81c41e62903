/** Shapes: of every tensor of a graph, and of every array of weights that it needs. */
import { operatorOf, requirePositive, weightRuleOf } from './operators.ts';
import type { ArrayPart } from './operators.ts';
import { INPUT } from './types.ts';
import type { ConvNode, Graph, GraphNode, TensorName, WeightedNode } from './types.ts';

/** The tensors that a node reads. */
export const inputsOf = (node: GraphNode): readonly TensorName[] => operatorOf(node).inputs(node);

/** Whether each channel is convolved by itself. With one channel that is a plain convolution, and taken for one. */
export const isDepthwise = ({ groups }: Pick<ConvNode, 'groups'>): boolean => groups > 1;

/** Whether a node carries weights. */
export const isWeighted = (node: GraphNode): node is WeightedNode => operatorOf(node).weights !== null;

/**
 * The shape of INPUT and of every node's output, in the graph's order.
 * @throws Error naming the node: a name used twice, an input that is unknown or comes later, channels or shapes that
 * do not match, a window larger than its padded image, a size that is not a positive integer.
 */
export function inferShapes(graph: Graph): Map<TensorName, number[]> {
  const names = new Set(graph.nodes.map((node) => node.name));
  requirePositive(graph.name, 'input shape', graph.inputShape);
  const shapes = new Map<TensorName, number[]>([[INPUT, [...graph.inputShape]]]);
  for (const node of graph.nodes) {
    const inputs = inputsOf(node).map((name) => {
      const shape = shapes.get(name);
      if (shape !== undefined) return shape;
      throw new Error(
        names.has(name)
          ? `${node.name} reads ${name}, which comes later: a graph's nodes must be in topological order.`
          : `${node.name} reads ${name}, which the graph does not have.`,
      );
    });
    if (shapes.has(node.name)) throw new Error(`${node.name} is the name of two tensors: names must be unique.`);
    shapes.set(node.name, operatorOf(node).outputShape(node, inputs));
  }
  return shapes;
}

/**
 * Every array that the graph needs, by name, with its shape: `n.kernel`, `n.bias`, `n.gamma`, `n.beta`, `n.mean`,
 * `n.variance` for each weighted node `n` (see NamedArray).
 */
export function weightShapes(graph: Graph): Map<string, number[]> {
  return new Map(
    graph.nodes
      .filter(isWeighted)
      .flatMap((node) => [...nodeArrays(node)].map(([part, shape]) => [`${node.name}.${part}`, shape] as const)),
  );
}

/** The arrays that one node needs, with their shapes. */
export const nodeArrays = (node: WeightedNode): Map<ArrayPart, number[]> => new Map(weightRuleOf(node).arrays(node));
