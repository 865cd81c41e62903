/** Small random quantized networks of every node kind, for tests: odd sizes, odd channels, grids at their ends. */
import { RELU, activationOf } from '../../graph/activations.ts';
import { elementCount } from '../../graph/arrays.ts';
import { normal, seededRandom } from '../../base/random.ts';
import type { Random } from '../../base/random.ts';
import { hasOwnGrid, sharesGrid } from '../../graph/grids.ts';
import { inputsOf, isWeighted, nodeArrays } from '../../graph/shapes.ts';
import { INPUT } from '../../graph/types.ts';
import type { ConvNode, Graph, GraphNode, TensorName, WeightedNode } from '../../graph/types.ts';
import { rne } from '../../base/rounding.ts';
import { qRange } from '../../quant/schemes.ts';
import { BITS } from '../../quant/types.ts';
import type { ActivationParams, Bits, QuantizedModel, QuantizedWeights } from '../../quant/types.ts';
import { lookUp } from '../../base/lookUp.ts';

const f32 = Math.fround;

/** What varies between models beside shapes and numbers. */
export type Traits = {
  readonly weightBits: Bits;
  readonly activationBits: Bits;
  readonly symmetric: boolean;
  readonly perChannel: boolean;
  /** Scales are powers of two, so that exact ties are frequent. */
  readonly dyadic: boolean;
  /** Weights only at both ends of their range: the largest sums an int16 intermediate could overflow on. */
  readonly extreme: boolean;
};

/** A random network with random integers; the same for the same seed. */
export function randomModel(seed: number): QuantizedModel {
  const random = seededRandom(seed);
  return quantizeAtRandom(randomGraph(random), random);
}

/** Normalized images [n, H, W, C] for a model; now and then far outside the input's range. */
export function randomImages(model: QuantizedModel, n: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  const length = n * elementCount(model.graph.inputShape);
  const spread = random() < 0.1 ? 100 : 1;
  return Float32Array.from({ length }, () => spread * normal(random));
}

/**
 * Fills any folded graph with random grids and integers, so scaled that codes spread over their range.
 * @param fixed traits that are not left to chance
 */
export function quantizeAtRandom(graph: Graph, random: Random, fixed: Partial<Traits> = {}): QuantizedModel {
  const traits: Traits = {
    weightBits: pick(random, BITS),
    activationBits: pick(random, BITS),
    symmetric: random() < 0.6,
    perChannel: random() < 0.6,
    dyadic: random() < 0.5,
    extreme: random() < 0.15,
    ...fixed,
  };
  const { weightBits, activationBits, symmetric } = traits;
  const granularity = traits.perChannel ? 'perChannel' : 'perTensor';
  const activations = new Map<TensorName, ActivationParams>([[INPUT, randomGrid(random, traits, false)]]);
  for (const node of graph.nodes) {
    if (sharesGrid(node)) activations.set(node.name, lookUp(activations, inputsOf(node)[0], 'grid'));
    else if (hasOwnGrid(graph, node)) {
      activations.set(node.name, randomGrid(random, traits, activationOf(node) !== null));
    }
  }
  const weights = new Map(
    graph.nodes
      .filter(isWeighted)
      .map(
        (node) => [node.name, randomWeights(random, traits, node, lookUp(activations, node.input, 'grid'))] as const,
      ),
  );
  return {
    graph,
    scheme: {
      name: 'random',
      weightBits,
      activationBits,
      weights: { granularity, symmetric, range: 'minmax' },
      activations: { range: 'minmax' },
      firstLastBits: null,
    },
    normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
    classes: ['a', 'b', 'c'],
    activations,
    weights,
  };
}

/** Stem, perhaps a max pool, residual blocks with and without a projection, global average pool, classifier. */
function randomGraph(random: Random): Graph {
  const inChannels = integer(random, 1, 4);
  const nodes: GraphNode[] = [];
  const channels = new Map<TensorName, number>([[INPUT, inChannels]]);
  const channelsOf = (name: TensorName): number => lookUp(channels, name, 'channels');
  const conv = (name: TensorName, input: TensorName, outChannels: number, relu: boolean, fixed: Partial<ConvNode>) => {
    const size = pick(random, [1, 3, 3, 5]);
    const window = { kernel: [size, size] as const, stride: 1, padding: (size - 1) / 2, ...fixed };
    const inChannels = channelsOf(input);
    nodes.push({
      kind: 'conv',
      name,
      input,
      ...window,
      inChannels,
      outChannels,
      groups: 1,
      bias: true,
      batchNorm: null,
      activation: relu ? RELU : null,
    });
    channels.set(name, outChannels);
    return name;
  };
  let last = conv('stem', INPUT, integer(random, 1, 67), random() < 0.8, { stride: integer(random, 1, 2) });
  if (random() < 0.4) {
    nodes.push({ kind: 'maxPool', name: 'pool', input: last, kernel: [3, 3], stride: 2, padding: 1 });
    channels.set('pool', channelsOf(last));
    last = 'pool';
  }
  for (let block = 1; block <= integer(random, 1, 2); block++) {
    const stride = integer(random, 1, 2);
    const projected = stride === 2 || random() < 0.5;
    const outChannels = projected ? integer(random, 1, 67) : channelsOf(last);
    const first = conv(`block${block}.conv1`, last, integer(random, 1, 67), true, { stride });
    const branch = conv(`block${block}.conv2`, first, outChannels, false, {});
    const point = { kernel: [1, 1] as const, padding: 0, stride };
    const shortcut = projected ? conv(`block${block}.downsample`, last, outChannels, false, point) : last;
    last = `block${block}.add`;
    nodes.push({ kind: 'add', name: last, inputs: [branch, shortcut], activation: random() < 0.8 ? RELU : null });
    channels.set(last, outChannels);
  }
  nodes.push({ kind: 'globalAvgPool', name: 'gap', input: last });
  nodes.push({
    kind: 'linear',
    name: 'fc',
    input: 'gap',
    inFeatures: channelsOf(last),
    outFeatures: 3,
    bias: true,
    activation: null,
  });
  return { name: 'random', inputShape: [integer(random, 5, 13), integer(random, 5, 13), inChannels], nodes };
}

function randomGrid(random: Random, { activationBits, dyadic }: Traits, relu: boolean): ActivationParams {
  const { qmin, qmax } = qRange(activationBits, false);
  const scale = randomScale(random, dyadic, 5 / qmax);
  const zeroPoint = relu ? 0 : randomZeroPoint(random, qmin, qmax);
  return { scale, zeroPoint, qmin, qmax, bits: activationBits };
}

function randomWeights(random: Random, traits: Traits, node: WeightedNode, input: ActivationParams): QuantizedWeights {
  const { weightBits: bits, symmetric, dyadic, extreme } = traits;
  const shape = lookUp(nodeArrays(node), 'kernel', 'shape');
  const outChannels = shape[shape.length - 1];
  const length = elementCount(shape);
  const { qmin, qmax } = qRange(bits, symmetric);
  const code = () => (extreme ? pick(random, [qmin, qmax]) : integer(random, qmin, qmax));
  const codes = symmetric ? Int8Array.from({ length }, code) : Uint8Array.from({ length }, code);
  const grids = traits.perChannel ? outChannels : 1;
  const likely = 3 / ((qmax - qmin) * Math.sqrt(length / outChannels));
  const scale = Float32Array.from({ length: grids }, () => randomScale(random, dyadic, likely));
  const zeroPoint = Int32Array.from({ length: grids }, () => (symmetric ? 0 : randomZeroPoint(random, qmin, qmax)));
  const bias = Int32Array.from({ length: outChannels }, (_, c) =>
    rne(normal(random) / f32(input.scale * scale[grids === 1 ? 0 : c])),
  );
  return { bits, shape, codes, qmin, qmax, scale, zeroPoint, bias };
}

/** As often as not at an end of the range. */
function randomZeroPoint(random: Random, qmin: number, qmax: number): number {
  return pick(random, [qmin, qmax, integer(random, qmin, qmax), integer(random, qmin, qmax)]);
}

function randomScale(random: Random, dyadic: boolean, likely: number): number {
  const scale = likely * 2 ** (2 * random() - 1);
  return dyadic ? 2 ** Math.round(Math.log2(scale)) : f32(scale);
}

export function integer(random: Random, least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1));
}

export function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[Math.floor(random() * choices.length)];
}
