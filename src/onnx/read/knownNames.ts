/** A network that is built like one of the known ResNets gets that one's names, whatever its file calls its layers. */
import { lookUp } from '../../base/lookUp.ts';
import { resnet18, resnet20, resnet50 } from '../../graph/resnet.ts';
import { inputsOf } from '../../graph/shapes.ts';
import { INPUT } from '../../graph/types.ts';
import type { Graph, GraphNode, NamedArray, TensorName, Weights } from '../../graph/types.ts';

/** The graph and its weights under the names and in the order of the known network it equals, or as they are. */
export function withKnownNames(graph: Graph, weights: Weights): { graph: Graph; weights: Weights } {
  const last = graph.nodes.at(-1);
  const classes = last?.kind === 'linear' ? last.outFeatures : 1;
  for (const known of [
    resnet20(classes),
    resnet18({ classes }),
    resnet50({ classes }),
    resnet50({ classes, stride: 'v1' }),
  ]) {
    const names = namesAs(known, graph);
    if (names) return renamed(graph, weights, known, names);
  }
  return { graph, weights };
}

/** For every node of the known network the one of the other graph that stands in its place, or null. */
function namesAs(known: Graph, graph: Graph): ReadonlyMap<TensorName, TensorName> | null {
  if (known.nodes.length !== graph.nodes.length) return null;
  const knownNodes = new Map(known.nodes.map((node) => [node.name, node]));
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));

  /** Two tensors are alike where their layers are and what these read is; an addition may have its terms the other way. */
  function match(
    theirs: TensorName,
    ours: TensorName,
    names: ReadonlyMap<TensorName, TensorName>,
  ): ReadonlyMap<TensorName, TensorName> | null {
    if (names.has(theirs)) return names.get(theirs) === ours ? names : null;
    const [a, b] = [knownNodes.get(theirs), nodes.get(ours)];
    if (!a || !b) return theirs === INPUT && ours === INPUT ? names : null;
    if (signature(a) !== signature(b)) return null;
    const inputs = inputsOf(b);
    for (const order of a.kind === 'add' ? [inputs, inputs.toReversed()] : [inputs]) {
      const matched = inputsOf(a).reduce<ReadonlyMap<TensorName, TensorName> | null>(
        (so, input, i) => so && match(input, order[i], so),
        names,
      );
      if (matched) return new Map([...matched, [theirs, ours]]);
    }
    return null;
  }

  return match(known.nodes[known.nodes.length - 1].name, graph.nodes[graph.nodes.length - 1].name, new Map());
}

/** Of a node what may differ between two layers that are alike. */
const OWN: ReadonlySet<string> = new Set(['name', 'input', 'inputs', 'bias', 'batchNorm']);

/** What makes two layers alike. */
const signature = (node: GraphNode): string =>
  JSON.stringify(
    Object.entries(node)
      .filter(([field]) => !OWN.has(field))
      .sort(),
  );

function renamed(
  graph: Graph,
  weights: Weights,
  known: Graph,
  names: ReadonlyMap<TensorName, TensorName>,
): { graph: Graph; weights: Weights } {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const arrays = new Map<string, NamedArray>();
  const renamedNodes = known.nodes.map((theirs) => {
    const ours = lookUp(nodes, lookUp(names, theirs.name, 'counterpart'), 'node');
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
