/** MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381) as a graph: inverted residuals around depthwise convolutions. */
import { RELU6 } from '../activations.ts';
import { INPUT } from '../types.ts';
import type { ConvNode, Graph, GraphNode, Padding, TensorName } from '../types.ts';
import { mobilenetName, mobilenetPlan, nameOfWidth } from './mobilenetPlan.ts';
import type { MobileNetBlock, MobileNetPlan } from './mobilenetPlan.ts';

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

/** The batch norms' epsilon, and what is added for the least variance. */
const EPS = { torchvision: 1e-5, keras: 1e-3 } as const;

/** Some nodes, and the tensor they end in, its channels and the side of its image. */
type Tail = {
  readonly nodes: readonly GraphNode[];
  readonly name: TensorName;
  readonly channels: number;
  readonly side: number;
};

/** [N, inputSize, inputSize, 3] to [N, classes]: the paper's network at any width. Its nodes are those of `mobilenet`. */
export const mobilenetV2 = ({ width = 1, ...options }: MobileNetV2Options = {}): Graph =>
  mobilenet(mobilenetPlan(width), { ...options, name: nameOfWidth(width) });

/**
 * The network of a plan: [N, inputSize, inputSize, 3] to [N, classes]. Blocks are block0, block1, ..., each of `expand` (where
 * it widens), `depthwise`, `project` and, where it keeps the shape, `add`.
 */
export function mobilenet(
  plan: MobileNetPlan,
  {
    inputSize = 224,
    classes = 1000,
    convention = 'torchvision',
    name: graphName = mobilenetName(plan),
  }: Omit<MobileNetV2Options, 'width'> & { readonly name?: string } = {},
): Graph {
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

  function block(name: string, from: Tail, { expanded, channels, stride }: MobileNetBlock): Tail {
    const widened = expanded === null ? from : conv(`${name}.expand`, from, expanded, 1);
    const depthwise = conv(`${name}.depthwise`, widened, widened.channels, 3, { stride, groups: widened.channels });
    const projected = conv(`${name}.project`, depthwise, channels, 1, { activation: null });
    if (stride !== 1 || from.channels !== channels) return projected;
    const sum: GraphNode = { kind: 'add', name: `${name}.add`, inputs: [from.name, projected.name], activation: null };
    return { ...projected, nodes: [...projected.nodes, sum], name: sum.name };
  }

  const input: Tail = { nodes: [], name: INPUT, channels: 3, side: inputSize };
  const stem = conv('stem', input, plan.stem, 3, { stride: 2 });
  const body = plan.blocks.reduce<Tail>((tail, each, at) => block(`block${at}`, tail, each), stem);
  const last = conv('last', body, plan.last, 1);
  return {
    name: graphName,
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
