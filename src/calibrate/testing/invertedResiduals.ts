/** A small folded MobileNetV2 with seeded weights, for tests. */
import { normal, seededRandom } from '../../base/random.ts';
import { elementCount } from '../../graph/arrays.ts';
import { weightShapes } from '../../graph/shapes.ts';
import { invertedResiduals as unfolded } from '../../graph/testing/invertedResiduals.ts';
import type { FloatModel, Graph, NamedArray } from '../../graph/types.ts';

/** Weights whose channels differ in range by some hundred times, as a MobileNet's do once batch norms are folded: [9, 9, 3]. */
export function invertedResiduals(seed = 5): FloatModel {
  const { nodes, ...rest } = unfolded(9, 3);
  const folded = nodes.map((node) =>
    node.kind === 'conv' ? { ...node, bias: true, batchNorm: null } : 'bias' in node ? { ...node, bias: true } : node,
  );
  const graph: Graph = { ...rest, nodes: folded };
  const random = seededRandom(seed);
  const weights = new Map<string, NamedArray>();
  for (const [name, shape] of weightShapes(graph)) {
    const out = shape[shape.length - 1];
    const fanIn = elementCount(shape) / out;
    const spread = Array.from({ length: out }, () => (shape.length === 4 ? 10 ** (2 * random() - 1) : 1));
    const deviation = name.endsWith('bias') ? 0.3 : Math.sqrt(2 / fanIn);
    const draw = (i: number): number => deviation * spread[i % out] * normal(random);
    weights.set(name, { shape, data: Float32Array.from({ length: elementCount(shape) }, (_, i) => draw(i)) });
  }
  return { graph, weights, normalization: { mean: [0, 0, 0], std: [1, 1, 1] }, classes: ['a', 'b', 'c'] };
}
