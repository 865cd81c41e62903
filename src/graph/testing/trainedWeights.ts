/** Weights as a training leaves them, for tests: batch norms that do something. */
import { normal, seededRandom } from '../../base/random.ts';
import { initialWeights } from '../init.ts';
import type { Graph, Weights } from '../types.ts';

export function trainedWeights(graph: Graph, seed = 1): Weights {
  const random = seededRandom(seed);
  const drawn = (name: string): (() => number) | null => {
    if (/\.(?:gamma|variance)$/.test(name)) return () => 0.5 + random();
    return /\.(?:beta|mean|bias)$/.test(name) ? () => 0.2 * normal(random) : null;
  };
  return new Map(
    [...initialWeights(graph, seed)].map(([name, { shape, data }]) => {
      const draw = drawn(name);
      return [name, { shape, data: draw ? data.map(draw) : data }];
    }),
  );
}
