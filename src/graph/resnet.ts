/** Residual networks (He et al. 2016, arXiv:1512.03385) as graphs, under torchvision's node names. */
import { INPUT } from './types.ts';
import type { ConvNode, Graph, GraphNode, TensorName } from './types.ts';

/** Where a bottleneck that halves the image puts its stride: the 3x3 (torchvision's v1.5) or the first 1x1 (v1). */
export type BottleneckStride = 'v1.5' | 'v1';

export type ImageNetOptions = {
  /** Number of classes; ImageNet has 1000. */
  readonly classes?: number;
  /** Side of the square RGB input, in pixels. */
  readonly inputSize?: number;
};

/** Some nodes, and the tensor they end in with its channel count: what the next layer is built on. */
type Tail = { readonly nodes: readonly GraphNode[]; readonly name: TensorName; readonly channels: number };

type Block = (name: string, from: Tail, width: number, stride: number) => Tail;

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
    bias: false,
    batchNorm: { eps: EPS },
    relu,
  };
  return { nodes: [...from.nodes, node], name, channels: outChannels };
}

/** ReLU(branch + shortcut); the shortcut is a 1x1 convolution with batch norm where the block changes the shape. */
function residual(name: string, from: Tail, branch: Tail, stride: number): Tail {
  const reshapes = stride !== 1 || from.channels !== branch.channels;
  const shortcut = reshapes
    ? conv(`${name}.downsample`, { ...from, nodes: branch.nodes }, branch.channels, 1, { stride, relu: false })
    : { ...from, nodes: branch.nodes };
  const sum: GraphNode = { kind: 'add', name: `${name}.add`, inputs: [branch.name, shortcut.name], relu: true };
  return { nodes: [...shortcut.nodes, sum], name: sum.name, channels: branch.channels };
}

/** Two 3x3 convolutions. */
const basicBlock: Block = (name, from, width, stride) => {
  const first = conv(`${name}.conv1`, from, width, 3, { stride });
  return residual(name, from, conv(`${name}.conv2`, first, width, 3, { relu: false }), stride);
};

/** 1x1 down to `width`, 3x3, 1x1 up to 4 x `width`. */
const bottleneck =
  (variant: BottleneckStride): Block =>
  (name, from, width, stride) => {
    const reduce = conv(`${name}.conv1`, from, width, 1, { stride: variant === 'v1' ? stride : 1 });
    const spatial = conv(`${name}.conv2`, reduce, width, 3, { stride: variant === 'v1' ? 1 : stride });
    return residual(name, from, conv(`${name}.conv3`, spatial, 4 * width, 1, { relu: false }), stride);
  };

/** `depth` blocks of one width, the first of which carries the stride. */
function stage(name: string, from: Tail, block: Block, width: number, depth: number, stride: number): Tail {
  return Array.from({ length: depth }).reduce<Tail>(
    (tail, _, index) => block(`${name}.${index}`, tail, width, index === 0 ? stride : 1),
    from,
  );
}

/** layer1, layer2, ...: each doubles the width of the one before and, from the second on, halves the image. */
function stages(from: Tail, block: Block, width: number, depths: readonly number[]): Tail {
  return depths.reduce<Tail>(
    (tail, depth, index) => stage(`layer${index + 1}`, tail, block, width * 2 ** index, depth, index === 0 ? 1 : 2),
    from,
  );
}

function classifier(from: Tail, classes: number): readonly GraphNode[] {
  return [
    ...from.nodes,
    { kind: 'globalAvgPool', name: 'avgpool', input: from.name },
    { kind: 'linear', name: 'fc', input: 'avgpool', inFeatures: from.channels, outFeatures: classes },
  ];
}

const RGB: Tail = { nodes: [], name: INPUT, channels: 3 };

/** The 7x7/2 convolution and 3x3/2 max pool that networks for ImageNet open with. */
function imageNetStem(): Tail {
  const stem = conv('conv1', RGB, 64, 7, { stride: 2 });
  const pool: GraphNode = { kind: 'maxPool', name: 'maxpool', input: stem.name, kernel: [3, 3], stride: 2, padding: 1 };
  return { nodes: [...stem.nodes, pool], name: pool.name, channels: stem.channels };
}

/**
 * ResNet-20 for 32x32 images: [N, 32, 32, 3] to [N, classes]. Shortcuts that change the shape are 1x1 convolutions;
 * the paper's parameter-free ones are the special case of fixed zeros and ones.
 */
export function resnet20(classes = 10): Graph {
  const body = stages(conv('conv1', RGB, 16, 3), basicBlock, 16, [3, 3, 3]);
  return { name: 'resnet20', inputShape: [32, 32, 3], nodes: classifier(body, classes) };
}

/** ResNet-18: [N, inputSize, inputSize, 3] to [N, classes]. */
export function resnet18({ classes = 1000, inputSize = 224 }: ImageNetOptions = {}): Graph {
  const body = stages(imageNetStem(), basicBlock, 64, [2, 2, 2, 2]);
  return { name: 'resnet18', inputShape: [inputSize, inputSize, 3], nodes: classifier(body, classes) };
}

/** ResNet-50: [N, inputSize, inputSize, 3] to [N, classes]. torchvision's weights are v1.5, Keras' are v1. */
export function resnet50({
  classes = 1000,
  inputSize = 224,
  stride = 'v1.5',
}: ImageNetOptions & { readonly stride?: BottleneckStride } = {}): Graph {
  const body = stages(imageNetStem(), bottleneck(stride), 64, [3, 4, 6, 3]);
  return {
    name: stride === 'v1' ? 'resnet50-v1' : 'resnet50',
    inputShape: [inputSize, inputSize, 3],
    nodes: classifier(body, classes),
  };
}
