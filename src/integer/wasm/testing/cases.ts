/** Random networks that drive each kernel to its bounds, and the comparison with the plain interpreter, for tests. */
import { RELU } from '../../../graph/activations.ts';
import { elementCount } from '../../../graph/arrays.ts';
import { initialWeights } from '../../../graph/init.ts';
import { seededRandom, type Random } from '../../../base/random.ts';
import { INPUT, type ConvNode, type Graph, type TensorName } from '../../../graph/types.ts';
import type { QuantizedModel } from '../../../quant/types.ts';
import { randomMobile } from '../../testing/randomMobile.ts';
import { quantizeAtRandom, randomImages, randomModel } from '../../testing/randomModel.ts';
import { runInteger } from '../../reference/run.ts';
import { openFloatNetwork, openIntegerNetwork } from '../network.ts';
import type { OpenOptions } from '../types.ts';
import { plainLogits } from './plainFloat.ts';

/** Images of each comparison. */
const IMAGES = 2;

const integer = (random: Random, least: number, most: number): number =>
  least + Math.floor(random() * (most - least + 1));

/** One convolution, then pool and classifier: any window, 1 to 131 channels, odd sizes. */
export function randomLayer(seed: number): QuantizedModel {
  const random = seededRandom(seed);
  const channels = (): number => integer(random, 1, random() < 0.5 ? 17 : 131);
  const side = (): number => integer(random, 1, 7);
  const [padding, stride, inChannels, outChannels] = [
    integer(random, 0, 3),
    integer(random, 1, 3),
    channels(),
    channels(),
  ];
  const [height, width] = [side(), side()];
  const within = (size: number): number => Math.min(integer(random, 1, 7), size + 2 * padding);
  const kernel = random() < 0.4 ? ([1, 1] as const) : ([within(height), within(width)] as const);
  const conv: ConvNode = {
    kind: 'conv',
    name: 'conv',
    input: INPUT,
    kernel,
    stride,
    padding,
    inChannels,
    outChannels,
    groups: 1,
    bias: true,
    batchNorm: null,
    activation: random() < 0.5 ? RELU : null,
  };
  const graph: Graph = {
    name: 'layer',
    inputShape: [height, width, inChannels],
    nodes: [
      conv,
      { kind: 'globalAvgPool', name: 'gap', input: 'conv' },
      {
        kind: 'linear',
        name: 'fc',
        input: 'gap',
        inFeatures: outChannels,
        outFeatures: integer(random, 1, 20),
        bias: true,
        activation: null,
      },
    ],
  };
  return bounded(mixed(quantizeAtRandom(graph, random), quantizeAtRandom(graph, random), random), random);
}

/** A small residual network, its layers at widths of their own. */
export function randomNetwork(seed: number): QuantizedModel {
  const model = randomModel(seed);
  const random = seededRandom(-seed);
  return bounded(mixed(model, quantizeAtRandom(model.graph, random), random), random);
}

/** A small network as MobileNets are built, its layers at widths of their own. */
export function randomDepthwise(seed: number): QuantizedModel {
  const model = randomMobile(seed);
  const random = seededRandom(-seed);
  return bounded(mixed(model, quantizeAtRandom(model.graph, random), random), random);
}

/** Each tensor's grid and each layer's weights from one or the other: mixed precision. */
function mixed(one: QuantizedModel, other: QuantizedModel, random: Random): QuantizedModel {
  if (random() < 0.3) return one;
  const activations = new Map(
    [...one.activations].map(([name, grid]) => [name, random() < 0.5 ? grid : (other.activations.get(name) ?? grid)]),
  );
  for (const node of one.graph.nodes) {
    const grid = node.kind === 'maxPool' && activations.get(node.input);
    if (grid) activations.set(node.name, grid);
  }
  const weights = new Map(
    [...one.weights].map(([name, layer]) => [name, random() < 0.5 ? layer : (other.weights.get(name) ?? layer)]),
  );
  return { ...one, activations, weights };
}

/** Now and then every weight at the same end of its range: no sum can be larger. */
function bounded(model: QuantizedModel, random: Random): QuantizedModel {
  if (random() < 0.7) return model;
  const ends = new Map(
    [...model.weights].map(([name, layer]) => {
      const end = random() < 0.5 ? layer.qmin : layer.qmax;
      return [name, { ...layer, codes: layer.codes.map(() => end) }];
    }),
  );
  return { ...model, weights: ends };
}

/** Images of a model; every fourth seed saturates the input's grid at its upper or lower end. */
export function imagesFor(model: QuantizedModel, seed: number): Float32Array {
  const images = randomImages(model, IMAGES, seed);
  return seed % 4 === 0 ? images.map(() => (seed % 8 === 0 ? 1e6 : -1e6)) : images;
}

/** What a network's tensors and logits are by the plain loops, images together: computed once for all kernels. */
export type Judged = {
  readonly model: QuantizedModel;
  readonly images: Float32Array;
  readonly tensors: ReadonlyMap<TensorName, Uint8Array>;
  readonly logits: Float32Array;
};

export function judged(model: QuantizedModel, images: Float32Array, n = IMAGES): Judged {
  const tensors = new Map<TensorName, Uint8Array>();
  const logits = runInteger(model, images, n, {
    kernels: 'reference',
    addFormula: 'portable',
    onTensor: (name, codes) => void tensors.set(name, codes),
  });
  return { model, images, tensors, logits };
}

/**
 * The first difference from the plain loops, in words, or null; also of a second run, without looking at tensors.
 * @param used counts the layers that each kernel ran
 */
export async function difference(
  { model, images, tensors, logits }: Judged,
  options: OpenOptions,
  used?: Map<string, number>,
): Promise<string | null> {
  const network = await openIntegerNetwork(model, options);
  const n = images.length / model.graph.inputShape.reduce((product, side) => product * side, 1);
  let found: string | null = null;
  const seen = new Set<TensorName>();
  const compare = (name: TensorName, values: Uint8Array | Float32Array, image: number): void => {
    seen.add(name);
    const expected = tensors.get(name)?.subarray(image * values.length, (image + 1) * values.length);
    const at = expected ? values.findIndex((code, i) => code !== expected[i]) : 0;
    if (at >= 0)
      found ??= `${name}, image ${image}, place ${at}: ${values[at]} instead of ${expected?.[at]} (${network.layers.find((layer) => layer.name === name)?.kernel})`;
  };
  const first = network.run(images, n, { onTensor: compare });
  const second = network.run(images, n);
  network.close();
  for (const { kernel } of network.layers) used?.set(kernel, (used.get(kernel) ?? 0) + 1);
  if (seen.size !== tensors.size) found ??= `${seen.size} tensors were seen, not ${tensors.size}`;
  if ([first, second].some((run) => run.some((logit, i) => logit !== logits[i])))
    found ??= `logits ${first} and ${second} instead of ${logits}`;
  return found;
}

/**
 * The largest difference of the float32 engine's logits from plain loops in double precision, relative to the largest logit, over
 * random networks; in both runs of the same images.
 */
export async function floatError(seeds: number, options: OpenOptions): Promise<number> {
  let worst = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const { graph } = [randomDepthwise, randomNetwork, randomLayer][seed % 3](seed);
    const random = seededRandom(seed);
    const model = { graph, weights: initialWeights(graph, seed) };
    const image = Float32Array.from({ length: elementCount(graph.inputShape) }, () => 2 * random() - 1);
    const network = await openFloatNetwork(model, options);
    const expected = plainLogits(model, image);
    const largest = Math.max(...expected.map(Math.abs), 1e-3);
    for (const logits of [network.run(image, 1), network.run(image, 1)]) {
      logits.forEach((logit, i) => void (worst = Math.max(worst, Math.abs(logit - expected[i]) / largest)));
    }
    network.close();
  }
  return worst;
}
