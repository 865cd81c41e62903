/** A residual network gets the names that the field has for its layers, whatever its file calls them. */
import { lookUp } from '../../../base/lookUp.ts';
import { resnet } from '../../../graph/networks/resnet.ts';
import { resnetPlanOf } from '../../../graph/networks/resnetOf.ts';
import type { Graph, GraphNode, NamedArray, TensorName, Weights } from '../../../graph/types.ts';

/** The names that a graph's nodes had, by those that they have now. */
export type FormerNames = ReadonlyMap<TensorName, TensorName>;

/** The graph and its weights under the names and in the order of the residual network that it is, or as they are. */
export function withKnownNames(
  graph: Graph,
  weights: Weights,
): { readonly graph: Graph; readonly weights: Weights; readonly names: FormerNames } {
  const found = resnetPlanOf(graph);
  const known = found && resnet(found.plan);
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  if (!known || known.nodes.some((node) => signature(node) !== signature(counterpart(nodes, found.names, node.name))))
    return { graph, weights, names: new Map(graph.nodes.map(({ name }) => [name, name])) };
  return { ...renamed(graph, weights, known, found.names), names: found.names };
}

const counterpart = (nodes: ReadonlyMap<TensorName, GraphNode>, names: FormerNames, known: TensorName): GraphNode =>
  lookUp(nodes, lookUp(names, known, 'counterpart'), 'node');

/** Of a node what may differ between two layers that are alike. */
const OWN: ReadonlySet<string> = new Set(['name', 'input', 'inputs', 'bias', 'batchNorm']);

/** What makes two layers alike. */
const signature = (node: GraphNode): string =>
  JSON.stringify(
    Object.entries(node)
      .filter(([field]) => !OWN.has(field))
      .sort(),
  );

function renamed(graph: Graph, weights: Weights, known: Graph, names: FormerNames): { graph: Graph; weights: Weights } {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const arrays = new Map<string, NamedArray>();
  const renamedNodes = known.nodes.map((theirs) => {
    const ours = counterpart(nodes, names, theirs.name);
    for (const part of ['kernel', 'bias', 'gamma', 'beta', 'mean', 'variance']) {
      const array = weights.get(`${ours.name}.${part}`);
      if (array) arrays.set(`${theirs.name}.${part}`, array);
    }
    return theirs.kind === 'conv' && ours.kind === 'conv'
      ? { ...theirs, bias: ours.bias, batchNorm: ours.batchNorm }
      : theirs;
  });
  return { graph: { name: known.name, inputShape: graph.inputShape, nodes: renamedNodes }, weights: arrays };
}
