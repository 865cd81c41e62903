/** Weights to start training from. */
import { elementCount } from './arrays.ts';
import { normal, seededRandom } from '../base/random.ts';
import type { Random } from '../base/random.ts';
import { isWeighted, nodeArrays } from './shapes.ts';
import type { ArrayPart } from './shapes.ts';
import type { Graph, NamedArray, WeightedNode, Weights } from './types.ts';

/**
 * Initial weights as torchvision's ResNets have them: convolutions He-normal with fan-out (He et al. 2015,
 * arXiv:1502.01852), standard deviation sqrt(2 / (kh * kw * outChannels)), biases 0; batch norms gamma 1, beta 0,
 * mean 0, variance 1; linear kernels and biases uniform within 1 / sqrt(inFeatures).
 * The same graph and seed give the same weights in every engine.
 * @param seed an integer
 * @throws Error if the seed is not an integer
 */
export function initialWeights(graph: Graph, seed: number): Weights {
  const random = seededRandom(seed);
  return new Map(
    graph.nodes.filter(isWeighted).flatMap((node) =>
      [...nodeArrays(node)].map(([part, shape]): [string, NamedArray] => {
        const data = new Float32Array(elementCount(shape));
        const sample = sampler(node, part, random);
        for (let index = 0; index < data.length; index++) data[index] = sample();
        return [`${node.name}.${part}`, { shape, data }];
      }),
    ),
  );
}

function sampler(node: WeightedNode, part: ArrayPart, random: Random): () => number {
  if (node.kind === 'linear') {
    const bound = 1 / Math.sqrt(node.inFeatures);
    return () => bound * (2 * random() - 1);
  }
  if (part === 'kernel') {
    const deviation = Math.sqrt(2 / (node.kernel[0] * node.kernel[1] * node.outChannels));
    return () => deviation * normal(random);
  }
  const constant = part === 'gamma' || part === 'variance' ? 1 : 0;
  return () => constant;
}
