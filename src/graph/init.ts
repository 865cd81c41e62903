/** Weights to start training from. */
import { elementCount } from './arrays.ts';
import { seededRandom } from '../base/random.ts';
import { weightRuleOf } from './operators.ts';
import { isWeighted, nodeArrays } from './shapes.ts';
import type { Graph, NamedArray, Weights } from './types.ts';

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
        const sample = weightRuleOf(node).initial(node, part, random);
        for (let index = 0; index < data.length; index++) data[index] = sample();
        return [`${node.name}.${part}`, { shape, data }];
      }),
    ),
  );
}
