/** What each kind of node is, one row a kind: what it reads and gives, its weights, its cost, whose grid it lies on. */
import { normal } from '../base/random.ts';
import type { Random } from '../base/random.ts';
import { requireActivation } from './activations.ts';
import type { ConvNode, GraphNode, Kind, NodeOf, TensorName, WeightedNode } from './types.ts';
import { requireAverage, requireWindow, windowCounts } from './window.ts';

/** [H, W, C] or [C] of one image's tensor; the batch axis is left out. */
export type Shape = readonly number[];

/** What an array is for its node: the part of its name after the node's. */
export type ArrayPart = 'kernel' | 'bias' | 'gamma' | 'beta' | 'mean' | 'variance';

export type WeightRule<Node> = {
  /** The arrays that the node needs, with their shapes; a kernel's last axis is the output channel. */
  readonly arrays: (node: Node) => readonly (readonly [ArrayPart, number[]])[];
  /** Draws the numbers that training starts from. */
  readonly initial: (node: Node, part: ArrayPart, random: Random) => () => number;
  /** Kernel multiplications for one image, whose output has this shape. */
  readonly macs: (node: Node, output: Shape) => number;
};

export type Operator<Node> = {
  /** The tensors that it reads. */
  readonly inputs: (node: Node) => readonly TensorName[];
  /** @throws Error naming the node: inputs it cannot read */
  readonly outputShape: (node: Node, inputs: readonly Shape[]) => number[];
  /** null: it carries none. */
  readonly weights: Node extends WeightedNode ? WeightRule<Node> : null;
  /**
   * Where its output is quantized: on a grid of its own, on its input's (its values are among the input's), or on its own
   * but where it is the network's output: logits stay real.
   */
  readonly grid: 'own' | 'input' | 'ownInside';
};

export const OPERATORS: { readonly [K in Kind]: Operator<NodeOf<K>> } = {
  conv: {
    inputs: ({ input }) => [input],
    outputShape(node, [image]) {
      requireImage(node.name, image);
      requirePositive(node.name, 'channel counts', [node.inChannels, node.outChannels]);
      requireEqual(node.name, 'channels', node.inChannels, image[2]);
      requireGroups(node);
      requireActivation(node.name, node.activation);
      requireWindow(node.name, node, image);
      return [...windowCounts(node, [image[0], image[1]]), node.outChannels];
    },
    weights: {
      arrays: ({ kernel, inChannels, groups, outChannels, bias, batchNorm }) => [
        ['kernel', [...kernel, inChannels / groups, outChannels]],
        ...vectors(outChannels, bias ? ['bias'] : []),
        ...vectors(outChannels, batchNorm ? ['gamma', 'beta', 'mean', 'variance'] : []),
      ],
      initial(node, part, random) {
        if (part !== 'kernel') return () => (part === 'gamma' || part === 'variance' ? 1 : 0);
        const deviation = Math.sqrt(2 / ((node.kernel[0] * node.kernel[1] * node.outChannels) / node.groups));
        return () => deviation * normal(random);
      },
      macs: ({ kernel, inChannels, groups }, [height, width, channels]) =>
        kernel[0] * kernel[1] * (inChannels / groups) * channels * height * width,
    },
    grid: 'own',
  },

  add: {
    inputs: ({ inputs }) => inputs,
    outputShape(node, [first, second]) {
      if (first.join() !== second.join())
        throw new Error(`${node.name} adds [${first}] and [${second}]: the shapes must be equal.`);
      requireActivation(node.name, node.activation);
      return [...first];
    },
    weights: null,
    grid: 'own',
  },

  maxPool: {
    inputs: ({ input }) => [input],
    outputShape(node, [image]) {
      requireImage(node.name, image);
      requireWindow(node.name, node, image);
      return [...windowCounts(node, [image[0], image[1]]), image[2]];
    },
    weights: null,
    grid: 'input',
  },

  avgPool: {
    inputs: ({ input }) => [input],
    outputShape(node, [image]) {
      requireImage(node.name, image);
      requireWindow(node.name, node, image);
      requireAverage(node.name, node);
      return [...windowCounts(node, [image[0], image[1]]), image[2]];
    },
    weights: null,
    grid: 'own',
  },

  globalAvgPool: {
    inputs: ({ input }) => [input],
    outputShape(node, [image]) {
      requireImage(node.name, image);
      return [image[2]];
    },
    weights: null,
    grid: 'own',
  },

  linear: {
    inputs: ({ input }) => [input],
    outputShape(node, [vector]) {
      if (vector.length !== 1) throw new Error(`${node.name} needs a vector, but reads [${vector}].`);
      requirePositive(node.name, 'feature counts', [node.inFeatures, node.outFeatures]);
      requireEqual(node.name, 'features', node.inFeatures, vector[0]);
      requireActivation(node.name, node.activation);
      return [node.outFeatures];
    },
    weights: {
      arrays: ({ inFeatures, outFeatures, bias }) => [
        ['kernel', [inFeatures, outFeatures]],
        ...vectors(outFeatures, bias ? ['bias'] : []),
      ],
      initial(node, _part, random) {
        const bound = 1 / Math.sqrt(node.inFeatures);
        return () => bound * (2 * random() - 1);
      },
      macs: ({ inFeatures, outFeatures }) => inFeatures * outFeatures,
    },
    grid: 'ownInside',
  },
};

/** The row of a node's kind. */
export const operatorOf = (node: GraphNode): Operator<GraphNode> =>
  OPERATORS[node.kind] as unknown as Operator<GraphNode>;

/** The row of a weighted node's kind, as far as its weights go. */
export const weightRuleOf = (node: WeightedNode): WeightRule<WeightedNode> =>
  OPERATORS[node.kind].weights as WeightRule<WeightedNode>;

const vectors = (channels: number, parts: readonly ArrayPart[]) =>
  parts.map((part): [ArrayPart, number[]] => [part, [channels]]);

function requireImage(name: string, shape: Shape): void {
  if (shape.length !== 3) throw new Error(`${name} needs an image [H, W, C], but reads [${shape}].`);
}

function requireEqual(name: string, what: string, expected: number, found: number): void {
  if (expected !== found) throw new Error(`${name} expects ${expected} ${what}, but its input has ${found}.`);
}

/** @throws Error naming a convolution in groups that are neither all its channels together nor each by itself */
function requireGroups({ name, groups, inChannels, outChannels }: ConvNode): void {
  if (groups === 1 || (groups === inChannels && groups === outChannels)) return;
  throw new Error(
    `${name} has ${groups} groups for ${inChannels} input and ${outChannels} output channels: a convolution must be plain (1 group) or depthwise (a group for each channel, and as many channels out as in).`,
  );
}

/** @throws Error naming what has a size that is no positive integer */
export function requirePositive(name: string, what: string, sizes: readonly number[]): void {
  if (!sizes.every((size) => Number.isSafeInteger(size) && size > 0))
    throw new Error(`${name} has ${what} [${sizes}]: they must be positive integers.`);
}
