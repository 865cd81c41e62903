/** Cross-layer equalization: two layers share out their channels' ranges (Nagel et al. 2019, arXiv:1906.04721). */
import { lookUp } from '../../base/lookUp.ts';
import { isBounded, RELU } from '../../graph/activations.ts';
import { elementCount } from '../../graph/arrays.ts';
import { inputsOf, isDepthwise, isWeighted } from '../../graph/shapes.ts';
import type { FloatModel, Graph, GraphNode, NamedArray, WeightedNode } from '../../graph/types.ts';
import { requireFolded } from '../calibration.ts';

/** Pairs are gone through until no factor moves, or this often. */
const SWEEPS = 40;

/** What a positive factor of a channel passes through as it is. */
const LETS_THROUGH: ReadonlySet<GraphNode['kind']> = new Set(['maxPool', 'avgPool', 'globalAvgPool'] as const);

/** Layers of which the second alone reads the first, through nothing or pools: a depthwise one stands in two of them. */
export function equalizablePairs({ nodes }: Graph): (readonly [WeightedNode, WeightedNode])[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const isReadOnce = (name: string): boolean => nodes.filter((node) => inputsOf(node).includes(name)).length === 1;
  return nodes.flatMap((second) => {
    if (!isWeighted(second)) return [];
    let name = second.input;
    let source = byName.get(name);
    while (source && LETS_THROUGH.has(source.kind) && isReadOnce(name)) {
      [name] = inputsOf(source);
      source = byName.get(name);
    }
    return source && isWeighted(source) && isReadOnce(name) ? [[source, second] as const] : [];
  });
}

/**
 * The same function with channel i of each pair scaled by s_i = sqrt(r_next,i / r_this,i), its reader by 1 / s_i, where r are
 * the greatest magnitudes of the weights on either side. A ReLU lets positive factors through. One with an upper bound
 * does not, and becomes a plain ReLU, as in the paper: what lay above the bound then passes.
 * The activations change: calibrate after this.
 */
export function equalize(model: FloatModel): FloatModel {
  requireFolded(model.graph);
  const weights = new Map<string, NamedArray>(
    [...model.weights].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
  );
  const arrayOf = ({ name }: WeightedNode, part: 'kernel' | 'bias') => lookUp(weights, `${name}.${part}`, 'array');
  const pairs = equalizablePairs(model.graph);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let moved = 0;
    for (const [first, second] of pairs) {
      const [writer, bias, reader] = [arrayOf(first, 'kernel'), arrayOf(first, 'bias'), arrayOf(second, 'kernel')];
      const shared = bias.data.length;
      const readAt = inputChannelOf(second, reader);
      const factors = factorsOf(writer.data, reader.data, shared, readAt);
      scaleBy(writer.data, (i) => factors[i % shared]);
      scaleBy(bias.data, (i) => factors[i]);
      scaleBy(reader.data, (i) => 1 / factors[readAt(i)]);
      moved = Math.max(moved, ...factors.map((factor) => Math.abs(factor - 1)));
    }
    if (moved < 1e-3) break;
  }
  const scaled = new Set(pairs.map(([{ name }]) => name));
  const nodes = model.graph.nodes.map((node) =>
    scaled.has(node.name) && 'activation' in node && isBounded(node.activation) ? { ...node, activation: RELU } : node,
  );
  return { ...model, graph: { ...model.graph, nodes }, weights };
}

/** Which channel of its input a weight multiplies, by the weight's place in the kernel. */
function inputChannelOf(node: WeightedNode, { shape }: NamedArray): (i: number) => number {
  const out = shape[shape.length - 1];
  if (node.kind === 'conv' && isDepthwise(node)) return (i) => i % out;
  const inputs = elementCount(shape.slice(-2)) / out;
  return (i) => Math.floor(i / out) % inputs;
}

/** Of a layer's greatest weight: a channel with less is dead, its weights what batch norm's folding has left of none. */
const DEAD = 1e-6;

/** 1 where a channel is dead on either side: made even it would drown all others in its bias. */
function factorsOf(first: Float32Array, second: Float32Array, shared: number, readAt: (i: number) => number): number[] {
  const writes = new Float64Array(shared);
  const reads = new Float64Array(shared);
  first.forEach((w, i) => (writes[i % shared] = Math.max(writes[i % shared], Math.abs(w))));
  second.forEach((w, i) => (reads[readAt(i)] = Math.max(reads[readAt(i)], Math.abs(w))));
  const [least, leastRead] = [DEAD * Math.max(...writes), DEAD * Math.max(...reads)];
  return Array.from(writes, (r, i) => (r > least && reads[i] > leastRead ? Math.sqrt(reads[i] / r) : 1));
}

function scaleBy(data: Float32Array, factorAt: (i: number) => number): void {
  for (let i = 0; i < data.length; i++) data[i] *= factorAt(i);
}
