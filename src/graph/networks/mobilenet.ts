/** MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381) as a graph: inverted residuals around depthwise convolutions. */
import { RELU6 } from '../activations.ts';
import { INPUT } from '../types.ts';
import type { ConvNode, Graph, GraphNode, Padding, TensorName } from '../types.ts';

export type MobileNetV2Options = {
  /** Multiplies every layer's channels; 1 is the paper's network, Teachable Machine has 0.35. */
  readonly width?: number;
  /** Side of the square RGB input, in pixels. */
  readonly inputSize?: number;
  readonly classes?: number;
  /**
   * Where a stride of 2 begins: torchvision pads a pixel on every side, Keras below and on the right alone where the image's
   * side is even. Weights of one are not at home in the other.
   */
  readonly convention?: 'torchvision' | 'keras';
};

/** Table 2 of the paper: expansion, channels, blocks, stride of the first of them. */
const STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/** The batch norms' epsilon, and what is added for the least variance. */
const EPS = { torchvision: 1e-5, keras: 1e-3 } as const;

/** To a multiple of 8, and no more than a tenth below what was asked for. */
function rounded(channels: number): number {
  const near = Math.max(8, Math.floor(channels / 8 + 0.5) * 8);
  return near < 0.9 * channels ? near + 8 : near;
}

/** Some nodes, and the tensor they end in, its channels and the side of its image. */
type Tail = {
  readonly nodes: readonly GraphNode[];
  readonly name: TensorName;
  readonly channels: number;
  readonly side: number;
};

/**
 * [N, inputSize, inputSize, 3] to [N, classes]. Blocks are block0 to block16, each of `expand` (but for the first), `depthwise`,
 * `project` and, where it keeps the shape, `add`.
 */
export function mobilenetV2({
  width = 1,
  inputSize = 224,
  classes = 1000,
  convention = 'torchvision',
}: MobileNetV2Options = {}): Graph {
  const eps = EPS[convention];

  function conv(
    name: TensorName,
    from: Tail,
    outChannels: number,
    kernel: number,
    changes: { readonly stride?: number; readonly groups?: number; readonly activation?: null } = {},
  ): Tail {
    const { stride = 1, groups = 1, activation = RELU6 } = changes;
    const around = (kernel - 1) / 2;
    const uneven = convention === 'keras' && stride === 2 && from.side % 2 === 0;
    const padding: Padding = uneven ? [around - 1, around - 1, around, around] : around;
    const node: ConvNode = {
      kind: 'conv',
      name,
      input: from.name,
      kernel: [kernel, kernel],
      stride,
      padding,
      inChannels: from.channels,
      outChannels,
      groups,
      bias: false,
      batchNorm: { eps },
      activation,
    };
    return { nodes: [...from.nodes, node], name, channels: outChannels, side: Math.ceil(from.side / stride) };
  }

  function block(name: string, from: Tail, expansion: number, outChannels: number, stride: number): Tail {
    const wide = from.channels * expansion;
    const expanded = expansion === 1 ? from : conv(`${name}.expand`, from, wide, 1);
    const depthwise = conv(`${name}.depthwise`, expanded, wide, 3, { stride, groups: wide });
    const projected = conv(`${name}.project`, depthwise, outChannels, 1, { activation: null });
    if (stride !== 1 || from.channels !== outChannels) return projected;
    const sum: GraphNode = { kind: 'add', name: `${name}.add`, inputs: [from.name, projected.name], activation: null };
    return { ...projected, nodes: [...projected.nodes, sum], name: sum.name };
  }

  const input: Tail = { nodes: [], name: INPUT, channels: 3, side: inputSize };
  let tail = conv('stem', input, rounded(32 * width), 3, { stride: 2 });
  let count = 0;
  for (const [expansion, channels, blocks, stride] of STAGES)
    for (let at = 0; at < blocks; at++)
      tail = block(`block${count++}`, tail, expansion, rounded(channels * width), at === 0 ? stride : 1);
  const last = conv('last', tail, width > 1 ? rounded(1280 * width) : 1280, 1);
  return {
    name: width === 1 ? 'mobilenet_v2' : `mobilenet_v2-${width}`,
    inputShape: [inputSize, inputSize, 3],
    nodes: [
      ...last.nodes,
      { kind: 'globalAvgPool', name: 'avgpool', input: last.name },
      {
        kind: 'linear',
        name: 'fc',
        input: 'avgpool',
        inFeatures: last.channels,
        outFeatures: classes,
        bias: true,
        activation: null,
      },
    ],
  };
}
