/** Residual networks (He et al. 2016, arXiv:1512.03385) as graphs, under torchvision's node names. */
import { RELU } from '../activations.ts';
import { resnetName } from './resnetPlan.ts';
import type { BottleneckStride, ResNetPlan, ResNetStage } from './resnetPlan.ts';
import { INPUT } from '../types.ts';
import type { ConvNode, Graph, GraphNode, TensorName } from '../types.ts';

export type ImageNetOptions = {
  /** Number of classes; ImageNet has 1000. */
  readonly classes?: number;
  /** Side of the square RGB input, in pixels. */
  readonly inputSize?: number;
};

/** Some nodes, and the tensor they end in with its channel count: what the next layer is built on. */
type Tail = { readonly nodes: readonly GraphNode[]; readonly name: TensorName; readonly channels: number };

const EPS = 1e-5;

/** Convolution + batch norm (+ ReLU) with an odd kernel, padded so that stride 1 keeps the size. */
function conv(
  name: TensorName,
  from: Tail,
  outChannels: number,
  kernel: number,
  { stride = 1, relu = true }: { stride?: number; relu?: boolean } = {},
): Tail {
  const node: ConvNode = {
    kind: 'conv',
    name,
    input: from.name,
    kernel: [kernel, kernel],
    stride,
    padding: (kernel - 1) / 2,
    inChannels: from.channels,
    outChannels,
    groups: 1,
    bias: false,
    batchNorm: { eps: EPS },
    activation: relu ? RELU : null,
  };
  return { nodes: [...from.nodes, node], name, channels: outChannels };
}

/** ReLU(branch + shortcut); the shortcut is a 1x1 convolution with batch norm where the block changes the shape. */
function residual(name: string, from: Tail, branch: Tail, stride: number): Tail {
  const reshapes = stride !== 1 || from.channels !== branch.channels;
  const shortcut = reshapes
    ? conv(`${name}.downsample`, { ...from, nodes: branch.nodes }, branch.channels, 1, { stride, relu: false })
    : { ...from, nodes: branch.nodes };
  const sum: GraphNode = { kind: 'add', name: `${name}.add`, inputs: [branch.name, shortcut.name], activation: RELU };
  return { nodes: [...shortcut.nodes, sum], name: sum.name, channels: branch.channels };
}

/** One block of a stage; `stride` is the stage's in its first block, else 1. */
function block(plan: ResNetPlan, { width, channels }: ResNetStage, name: string, from: Tail, stride: number): Tail {
  if (plan.block === 'basic') {
    const first = conv(`${name}.conv1`, from, width, 3, { stride });
    return residual(name, from, conv(`${name}.conv2`, first, channels, 3, { relu: false }), stride);
  }
  const early = plan.bottleneckStride === 'v1';
  const reduce = conv(`${name}.conv1`, from, width, 1, { stride: early ? stride : 1 });
  const spatial = conv(`${name}.conv2`, reduce, width, 3, { stride: early ? 1 : stride });
  return residual(name, from, conv(`${name}.conv3`, spatial, channels, 1, { relu: false }), stride);
}

function stem(plan: ResNetPlan): Tail {
  const input: Tail = { nodes: [], name: INPUT, channels: plan.inputShape[2] };
  const { kernel, stride, channels, pool } = plan.stem;
  const first = conv('conv1', input, channels, kernel, { stride });
  if (!pool) return first;
  const pooled: GraphNode = {
    kind: 'maxPool',
    name: 'maxpool',
    input: first.name,
    kernel: [3, 3],
    stride: 2,
    padding: 1,
  };
  return { ...first, nodes: [...first.nodes, pooled], name: pooled.name };
}

/**
 * The network of a plan: [N, ...inputShape] to [N, classes]. Its blocks are layer1.0, layer1.1, ..., layer2.0, ...
 * Shortcuts that change the shape are 1x1 convolutions; the paper's parameter-free ones (option A) are the special case
 * of fixed zeros and ones.
 */
export function resnet(plan: ResNetPlan): Graph {
  const body = plan.stages.reduce<Tail>(
    (from, stage, index) =>
      Array.from({ length: stage.depth }).reduce<Tail>(
        (tail, _, at) => block(plan, stage, `layer${index + 1}.${at}`, tail, at === 0 ? stage.stride : 1),
        from,
      ),
    stem(plan),
  );
  const { name, channels, nodes } = body;
  return {
    name: resnetName(plan),
    inputShape: plan.inputShape,
    nodes: [
      ...nodes,
      { kind: 'globalAvgPool', name: 'avgpool', input: name },
      {
        kind: 'linear',
        name: 'fc',
        input: 'avgpool',
        inFeatures: channels,
        outFeatures: plan.classes,
        bias: true,
        activation: null,
      },
    ],
  };
}

/** Stages of these depths: each is twice as wide as the one before and, from the second on, halves the image. */
const stages = (depths: readonly number[], width: number, expansion: number): readonly ResNetStage[] =>
  depths.map((depth, index) => {
    const wide = width * 2 ** index;
    return { depth, width: wide, channels: wide * expansion, stride: index === 0 ? 1 : 2 };
  });

/** The 7x7/2 convolution and 3x3/2 max pool that networks for ImageNet open with. */
const IMAGENET_STEM = { kernel: 7, stride: 2, channels: 64, pool: true } as const;

/** ResNet-20 for 32x32 images: [N, 32, 32, 3] to [N, classes]. */
export const resnet20 = (classes = 10): Graph =>
  resnet({
    inputShape: [32, 32, 3],
    stem: { kernel: 3, stride: 1, channels: 16, pool: false },
    block: 'basic',
    bottleneckStride: 'v1.5',
    stages: stages([3, 3, 3], 16, 1),
    classes,
  });

/** ResNet-18: [N, inputSize, inputSize, 3] to [N, classes]. */
export const resnet18 = ({ classes = 1000, inputSize = 224 }: ImageNetOptions = {}): Graph =>
  resnet({
    inputShape: [inputSize, inputSize, 3],
    stem: IMAGENET_STEM,
    block: 'basic',
    bottleneckStride: 'v1.5',
    stages: stages([2, 2, 2, 2], 64, 1),
    classes,
  });

/** ResNet-50: [N, inputSize, inputSize, 3] to [N, classes]. torchvision's weights are v1.5, Keras' are v1. */
export const resnet50 = ({
  classes = 1000,
  inputSize = 224,
  stride = 'v1.5',
}: ImageNetOptions & { readonly stride?: BottleneckStride } = {}): Graph =>
  resnet({
    inputShape: [inputSize, inputSize, 3],
    stem: IMAGENET_STEM,
    block: 'bottleneck',
    bottleneckStride: stride,
    stages: stages([3, 4, 6, 3], 64, 4),
    classes,
  });
