/** Each kind of node as layers of Keras, one row each. */
import { isDepthwise } from '../../../graph/shapes.ts';
import { padsOf } from '../../../graph/window.ts';
import type {
  Activation,
  Graph,
  GraphNode,
  Kind,
  NodeOf,
  TensorName,
  WeightedNode,
  Window,
} from '../../../graph/types.ts';
import type { NamedWeight, Stored } from './manifest.ts';

/** What a layer with weights multiplies by. */
export type NodeWeights = {
  readonly kernel: Stored;
  /** [out], a factor behind the kernel for each channel; null: the kernel is whole. */
  readonly scale: Float32Array | null;
  /** [out] */
  readonly bias: Float32Array;
};

/** The layers so far. */
export type Writing = {
  readonly graph: Graph;
  readonly weightsOf: (node: WeightedNode) => NodeWeights;
  readonly layers: object[];
  readonly weights: NamedWeight[];
  /** Which layer's output a tensor is. */
  readonly ends: Map<TensorName, string>;
};

type Rule<Node> = (writing: Writing, node: Node) => void;

/** Adds a layer that reads others by name. */
export function addLayer(
  { layers }: Writing,
  className: string,
  name: string,
  config: object,
  ...reads: readonly string[]
): string {
  const inbound = reads.length > 0 ? [reads.map((read) => [read, 0, 0, {}])] : [];
  layers.push({ class_name: className, name, config: { name, trainable: true, ...config }, inbound_nodes: inbound });
  return name;
}

const CONV = { dilation_rate: [1, 1], activation: 'linear', data_format: 'channels_last', padding: 'valid' };
const POOL = { data_format: 'channels_last', padding: 'valid' };

function endOf({ ends }: Writing, tensor: TensorName): string {
  const end = ends.get(tensor);
  if (end === undefined) throw new Error(`${tensor} is read before it is written.`);
  return end;
}

/** What a window reads: the tensor, with the zeros around it as a layer of their own. */
function padded(writing: Writing, node: Window & { readonly name: string; readonly input: TensorName }): string {
  const from = endOf(writing, node.input);
  const { top, left, bottom, right } = padsOf(node);
  if (top + left + bottom + right === 0) return from;
  const padding = [
    [top, bottom],
    [left, right],
  ];
  return addLayer(writing, 'ZeroPadding2D', `${node.name}_pad`, { padding, data_format: 'channels_last' }, from);
}

/** The factors and the bias behind a kernel: as a batch norm that normalizes nothing, or as the layer's own bias. */
function behind(writing: Writing, name: string, { scale, bias }: NodeWeights): string {
  if (!scale) {
    writing.weights.push([`${name}/bias`, { shape: [bias.length], data: bias }]);
    return name;
  }
  const norm = `${name}_scale`;
  const filled = (value: number): Stored => ({ shape: [bias.length], data: new Float32Array(bias.length).fill(value) });
  writing.weights.push(
    [`${norm}/gamma`, { shape: [bias.length], data: scale }],
    [`${norm}/beta`, { shape: [bias.length], data: bias }],
    [`${norm}/moving_mean`, filled(0)],
    [`${norm}/moving_variance`, filled(1)],
  );
  return addLayer(
    writing,
    'BatchNormalization',
    norm,
    { axis: -1, epsilon: 0, momentum: 0.99, center: true, scale: true },
    name,
  );
}

function activated(writing: Writing, name: string, activation: Activation | null, from: string): string {
  if (!activation) return from;
  const bound = activation.max === null ? {} : { max_value: activation.max };
  return addLayer(writing, 'ReLU', `${name}_relu`, bound, from);
}

/** Zeros around what may lie below zero would win. */
function requirePositive({ graph }: Writing, node: NodeOf<'maxPool'>): void {
  const { top, left, bottom, right } = padsOf(node);
  if (top + left + bottom + right === 0) return;
  const source = graph.nodes.find(({ name }) => name === node.input);
  if (source && 'activation' in source && source.activation) return;
  throw new Error(
    `${node.name} is a max pool that pads what may lie below zero, which Keras' layers cannot say: export it as .onnx.`,
  );
}

const RULES: { readonly [K in Kind]: Rule<NodeOf<K>> } = {
  conv(writing, node) {
    const { name, kernel, stride, groups, outChannels, activation } = node;
    const depthwise = isDepthwise(node);
    if (groups > 1 && !depthwise)
      throw new Error(
        `${name} is a convolution of ${groups} groups, which no layer of TensorFlow.js is: export it as .onnx.`,
      );
    const made = writing.weightsOf(node);
    const shared = { ...CONV, kernel_size: kernel, strides: [stride, stride], use_bias: !made.scale };
    const from = padded(writing, node);
    if (depthwise) addLayer(writing, 'DepthwiseConv2D', name, { ...shared, depth_multiplier: 1 }, from);
    else addLayer(writing, 'Conv2D', name, { ...shared, filters: outChannels }, from);
    writing.weights.push(
      depthwise
        ? [`${name}/depthwise_kernel`, { ...made.kernel, shape: [...kernel, outChannels, 1] }]
        : [`${name}/kernel`, made.kernel],
    );
    writing.ends.set(name, activated(writing, name, activation, behind(writing, name, made)));
  },

  linear(writing, node) {
    const { name, outFeatures, activation } = node;
    const made = writing.weightsOf(node);
    const config = { units: outFeatures, activation: 'linear', use_bias: !made.scale };
    addLayer(writing, 'Dense', name, config, endOf(writing, node.input));
    writing.weights.push([`${name}/kernel`, made.kernel]);
    writing.ends.set(name, activated(writing, name, activation, behind(writing, name, made)));
  },

  add(writing, { name, inputs, activation }) {
    addLayer(writing, 'Add', name, {}, ...inputs.map((input) => endOf(writing, input)));
    writing.ends.set(name, activated(writing, name, activation, name));
  },

  maxPool(writing, node) {
    const { name, kernel, stride } = node;
    requirePositive(writing, node);
    const config = { ...POOL, pool_size: kernel, strides: [stride, stride] };
    writing.ends.set(name, addLayer(writing, 'MaxPooling2D', name, config, padded(writing, node)));
  },

  avgPool(writing, node) {
    const { name, kernel, stride, input } = node;
    const { top, left, bottom, right } = padsOf(node);
    if (top + left + bottom + right > 0)
      throw new Error(`${name} is an average pool with padding, which Keras counts differently: export it as .onnx.`);
    const config = { ...POOL, pool_size: kernel, strides: [stride, stride] };
    writing.ends.set(name, addLayer(writing, 'AveragePooling2D', name, config, endOf(writing, input)));
  },

  globalAvgPool(writing, { name, input }) {
    const config = { data_format: 'channels_last' };
    writing.ends.set(name, addLayer(writing, 'GlobalAveragePooling2D', name, config, endOf(writing, input)));
  },
};

/** @throws Error naming a node that no layer of Keras is */
export function addNode(writing: Writing, node: GraphNode): void {
  (RULES[node.kind] as Rule<GraphNode>)(writing, node);
}
