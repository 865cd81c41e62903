/** A small folded MobileNetV2 for tests: a strided stem, inverted residuals with and without a shortcut, a dense layer inside. */
import { normal, seededRandom } from '../../base/random.ts';
import { RELU, RELU6 } from '../../graph/activations.ts';
import { elementCount } from '../../graph/arrays.ts';
import { weightShapes } from '../../graph/shapes.ts';
import { INPUT } from '../../graph/types.ts';
import type { Activation, ConvNode, FloatModel, Graph, NamedArray, Padding } from '../../graph/types.ts';

function conv(
  name: string,
  input: string,
  [inChannels, outChannels]: readonly [number, number],
  kernel: number,
  changes: { readonly stride?: number; readonly padding?: Padding; readonly activation?: Activation | null } = {},
  groups = 1,
): ConvNode {
  const { stride = 1, padding = (kernel - 1) / 2, activation = RELU6 } = changes;
  const window = { kernel: [kernel, kernel] as const, stride, padding };
  const channels = { inChannels, outChannels, groups };
  return { kind: 'conv', name, input, ...window, ...channels, bias: true, batchNorm: null, activation };
}

const GRAPH: Graph = {
  name: 'inverted residuals',
  inputShape: [9, 9, 3],
  nodes: [
    conv('stem', INPUT, [3, 6], 3, { stride: 2, padding: [0, 0, 1, 1] }),
    conv('first.depthwise', 'stem', [6, 6], 3, {}, 6),
    conv('first.project', 'first.depthwise', [6, 4], 1, { activation: null }),
    conv('second.expand', 'first.project', [4, 12], 1),
    conv('second.depthwise', 'second.expand', [12, 12], 3, {}, 12),
    conv('second.project', 'second.depthwise', [12, 4], 1, { activation: null }),
    { kind: 'add', name: 'second.add', inputs: ['first.project', 'second.project'], activation: null },
    conv('third.expand', 'second.add', [4, 12], 1),
    conv('third.depthwise', 'third.expand', [12, 12], 3, { stride: 2, padding: [1, 1, 0, 0] }, 12),
    conv('third.project', 'third.depthwise', [12, 8], 1, { activation: null }),
    conv('last', 'third.project', [8, 16], 1),
    { kind: 'globalAvgPool', name: 'mean', input: 'last' },
    { kind: 'linear', name: 'dense', input: 'mean', inFeatures: 16, outFeatures: 10, bias: true, activation: RELU },
    { kind: 'linear', name: 'fc', input: 'dense', inFeatures: 10, outFeatures: 3, bias: true, activation: null },
  ],
};

/** Seeded weights whose channels differ in range by some hundred times, as a MobileNet's do once batch norms are folded. */
export function invertedResiduals(seed = 5): FloatModel {
  const random = seededRandom(seed);
  const weights = new Map<string, NamedArray>();
  for (const [name, shape] of weightShapes(GRAPH)) {
    const out = shape[shape.length - 1];
    const fanIn = Math.max(1, elementCount(shape) / out);
    const spread = Array.from({ length: out }, () => (shape.length === 4 ? 10 ** (2 * random() - 1) : 1));
    const deviation = name.endsWith('bias') ? 0.3 : Math.sqrt(2 / fanIn);
    const data = Float32Array.from(
      { length: elementCount(shape) },
      (_, i) => deviation * spread[i % out] * normal(random),
    );
    weights.set(name, { shape, data });
  }
  return { graph: GRAPH, weights, normalization: { mean: [0, 0, 0], std: [1, 1, 1] }, classes: ['a', 'b', 'c'] };
}
