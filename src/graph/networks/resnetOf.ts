/** Whether a graph is a residual network, whatever its nodes are called, and which. */
import { resnet } from './resnet.ts';
import type { ResNetPlan, ResNetStage } from './resnetPlan.ts';
import { INPUT } from '../types.ts';
import type { AddNode, ConvNode, Graph, GraphNode, TensorName } from '../types.ts';

/** A thousand layers have been trained (He et al. 2016b); a file with more is no network that was. */
const MAX_BLOCKS = 1000;

type Block = { readonly add: AddNode; readonly branch: readonly ConvNode[]; readonly shortcut: ConvNode | null };

/** The graph's own names by those of `resnet(plan)`: `layer1.0.conv1`. */
export type PlannedResNet = { readonly plan: ResNetPlan; readonly names: ReadonlyMap<TensorName, TensorName> };

/**
 * The plan whose network has this graph's shape, or null. Whether each layer is the same in all (its ReLU, its padding) is
 * for the caller to compare.
 */
export function resnetPlanOf(graph: Graph): PlannedResNet | null {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const first = graph.nodes.find((node) => node.kind === 'conv' && node.input === INPUT);
  const last = graph.nodes.at(-1);
  if (first?.kind !== 'conv' || last?.kind !== 'linear') return null;
  const pool = graph.nodes.find((node) => node.kind === 'maxPool' && node.input === first.name);
  const average = nodes.get(last.input);
  const blocks = blocksOf(graph, nodes, (pool ?? first).name);
  if (average?.kind !== 'globalAvgPool' || !blocks || average.input !== blocks[blocks.length - 1].add.name) return null;
  const stages = stagesOf(blocks);
  const [{ branch }] = blocks;
  const early = blocks.some(({ branch: [reduce] }) => branch.length === 3 && reduce.stride > 1);
  const plan: ResNetPlan = {
    inputShape: graph.inputShape,
    stem: { kernel: first.kernel[0], stride: first.stride, channels: first.outChannels, pool: pool !== undefined },
    block: branch.length === 2 ? 'basic' : 'bottleneck',
    bottleneckStride: early ? 'v1' : 'v1.5',
    stages: stages.map(({ stage }) => stage),
    classes: last.outFeatures,
  };
  const names = new Map([
    ['conv1', first.name],
    ...(pool ? [['maxpool', pool.name] as const] : []),
    ...stages.flatMap(({ blocks: ofStage }, index) =>
      ofStage.flatMap((block, at) => blockNames(`layer${index + 1}.${at}`, block)),
    ),
    ['avgpool', average.name],
    ['fc', last.name],
  ]);
  const known = resnet(plan).nodes;
  const whole = known.length === graph.nodes.length && known.length === names.size;
  return whole && known.every(({ name }) => names.has(name)) ? { plan, names } : null;
}

/** From the stem to the last addition, or null where anything else stands between. */
function blocksOf(
  graph: Graph,
  nodes: ReadonlyMap<TensorName, GraphNode>,
  stem: TensorName,
): readonly [Block, ...Block[]] | null {
  const adds = graph.nodes.filter((node) => node.kind === 'add');
  if (adds.length > MAX_BLOCKS) return null;
  const blocks: Block[] = [];
  let from = stem;
  for (const add of adds) {
    const [one, other] = add.inputs.map((input) => convsBetween(nodes, from, input));
    if (!one || !other) return null;
    const [branch, shortcut] = one.length > other.length ? [one, other] : [other, one];
    const expected = blocks.length === 0 ? branch.length : blocks[0].branch.length;
    if (shortcut.length > 1 || branch.length !== expected || (expected !== 2 && expected !== 3)) return null;
    blocks.push({ add, branch, shortcut: shortcut[0] ?? null });
    from = add.name;
  }
  const [head, ...rest] = blocks;
  return blocks.length === 0 ? null : [head, ...rest];
}

/** The convolutions on the way from one tensor to another, at most three; null where there is another way or none. */
function convsBetween(
  nodes: ReadonlyMap<TensorName, GraphNode>,
  from: TensorName,
  to: TensorName,
): readonly ConvNode[] | null {
  const convs: ConvNode[] = [];
  for (let at = to; at !== from;) {
    const node = nodes.get(at);
    if (node?.kind !== 'conv' || convs.length === 3) return null;
    convs.unshift(node);
    at = node.input;
  }
  return convs;
}

const strideOf = ({ branch }: Block): number => branch.reduce((product, { stride }) => product * stride, 1);

/** A stage begins where the image shrinks or the widths change. */
function stagesOf(blocks: readonly Block[]): readonly { readonly stage: ResNetStage; readonly blocks: Block[] }[] {
  const stages: { stage: ResNetStage; blocks: Block[] }[] = [];
  for (const block of blocks) {
    const [width, channels] = [block.branch[0].outChannels, block.branch[block.branch.length - 1].outChannels];
    const current = stages.at(-1);
    if (current && strideOf(block) === 1 && current.stage.width === width && current.stage.channels === channels) {
      current.stage = { ...current.stage, depth: current.stage.depth + 1 };
      current.blocks.push(block);
    } else {
      stages.push({ stage: { depth: 1, width, channels, stride: strideOf(block) }, blocks: [block] });
    }
  }
  return stages;
}

const blockNames = (name: string, { add, branch, shortcut }: Block): (readonly [TensorName, TensorName])[] => [
  ...branch.map((conv, index) => [`${name}.conv${index + 1}`, conv.name] as const),
  ...(shortcut ? [[`${name}.downsample`, shortcut.name] as const] : []),
  [`${name}.add`, add.name],
];
