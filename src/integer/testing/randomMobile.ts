/** Small random networks as MobileNets are built, for tests: depthwise layers, bounded activations, pads by side, dense layers, averages. */
import { seededRandom, type Random } from '../../base/random.ts';
import { RELU, RELU6 } from '../../graph/activations.ts';
import { inferShapes } from '../../graph/shapes.ts';
import { INPUT } from '../../graph/types.ts';
import type { Activation, ConvNode, Graph, GraphNode, Padding, Size2, TensorName } from '../../graph/types.ts';
import type { QuantizedModel } from '../../quant/types.ts';
import { integer, pick, quantizeAtRandom, type Traits } from './randomModel.ts';

/** A random network with random integers; the same for the same seed. */
export function randomMobile(seed: number, fixed: Partial<Traits> = {}): QuantizedModel {
  const random = seededRandom(seed);
  return quantizeAtRandom(randomMobileGraph(random), random, fixed);
}

/** Stem, inverted residuals (some of them with an addition), perhaps an average or max pool, perhaps dense layers, classifier. */
export function randomMobileGraph(random: Random): Graph {
  const inputShape = [integer(random, 5, 17), integer(random, 5, 17), integer(random, 1, 4)] as const;
  const nodes: GraphNode[] = [];
  const shapeOf = (tensor: TensorName): readonly number[] => {
    const shape = inferShapes({ name: 'mobile', inputShape, nodes }).get(tensor);
    if (!shape) throw new Error(`${tensor} is not there yet.`);
    return shape;
  };
  const conv = (name: TensorName, input: TensorName, node: Partial<ConvNode> & Pick<ConvNode, 'kernel'>): string => {
    const channels = shapeOf(input)[2];
    nodes.push({
      kind: 'conv',
      name,
      input,
      stride: 1,
      padding: 0,
      inChannels: channels,
      outChannels: channels,
      groups: 1,
      bias: true,
      batchNorm: null,
      activation: null,
      ...node,
    });
    return name;
  };
  const pointwise = (name: TensorName, input: TensorName, outChannels: number, activation: Activation | null): string =>
    conv(name, input, { kernel: [1, 1], outChannels, activation });
  const depthwise = (name: TensorName, input: TensorName, stride: number): string => {
    const kernel = [pick(random, [1, 3, 3, 3, 5, 7]), pick(random, [1, 3, 3, 3, 5])] as const;
    const groups = shapeOf(input)[2];
    return conv(name, input, {
      kernel,
      stride,
      padding: randomPadding(random, kernel),
      groups,
      activation: randomActivation(random),
    });
  };
  let last = conv('stem', INPUT, {
    kernel: [3, 3],
    stride: integer(random, 1, 2),
    padding: randomPadding(random, [3, 3]),
    outChannels: integer(random, 1, 40),
    activation: randomActivation(random),
  });
  for (let block = 1; block <= integer(random, 1, 3); block++) {
    const at = `block${block}`;
    const before = last;
    if (random() < 0.7) last = pointwise(`${at}.expand`, last, integer(random, 1, 67), randomActivation(random));
    last = depthwise(`${at}.depthwise`, last, integer(random, 1, 2));
    const narrow = random() < 0.5 ? shapeOf(before)[2] : integer(random, 1, 40);
    last = pointwise(`${at}.project`, last, narrow, random() < 0.8 ? null : randomActivation(random));
    if (shapeOf(last).join() === shapeOf(before).join()) {
      nodes.push({
        kind: 'add',
        name: `${at}.add`,
        inputs: [before, last],
        activation: pick(random, [null, null, RELU6]),
      });
      last = `${at}.add`;
    }
    if (random() < 0.3) {
      const kind = pick(random, ['avgPool', 'avgPool', 'maxPool'] as const);
      const [height, width] = shapeOf(last);
      const kernel = [integer(random, 1, Math.min(3, height)), integer(random, 1, Math.min(3, width))] as const;
      const padding: Padding = kernel.some((side) => side === 1) ? 0 : pick(random, [0, 1, [0, 0, 1, 1], [1, 0, 0, 1]]);
      nodes.push({ kind, name: `${at}.pool`, input: last, kernel, stride: integer(random, 1, 2), padding });
      last = `${at}.pool`;
    }
  }
  nodes.push({ kind: 'globalAvgPool', name: 'gap', input: last });
  last = 'gap';
  let features = shapeOf(last)[0];
  const dense = (name: TensorName, outFeatures: number, activation: Activation | null): void => {
    nodes.push({ kind: 'linear', name, input: last, inFeatures: features, outFeatures, bias: true, activation });
    [last, features] = [name, outFeatures];
  };
  for (let layer = 1; layer <= pick(random, [0, 0, 1, 2]); layer++)
    dense(`dense${layer}`, integer(random, 1, 70), randomActivation(random));
  dense('fc', 3, random() < 0.9 ? null : RELU);
  return { name: 'mobile', inputShape, nodes };
}

const randomActivation = (random: Random): Activation | null =>
  pick(random, [RELU6, RELU6, RELU6, RELU, { max: 1.75 }, null]);

/** Around the image as it stays the same size, none, or more below and on the right, as TensorFlow's `same` has it. */
function randomPadding(random: Random, [height, width]: Size2): Padding {
  const [y, x] = [(height - 1) >> 1, (width - 1) >> 1];
  const even: Padding = y === x ? y : [y, x, y, x];
  const behind: Padding = height === 1 && width === 1 ? 0 : [0, 0, height - 1, width - 1];
  return pick(random, [even, even, [y, x, y + 1, x + 1], behind]);
}
