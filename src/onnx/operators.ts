/** What each kind of node is in an ONNX file, there and back: one row a kind, for the writers and the readers. */
import type { Activation, Kind, NodeOf, GraphNode, TensorName, WeightedNode, Window } from '../graph/types.ts';
import { isDepthwise } from '../graph/shapes.ts';
import { padsOf } from '../graph/window.ts';
import { CONV_KERNEL, MATRIX, type KernelLayout } from './layout.ts';
import type { OnnxNode } from './read/parse.ts';
import { describeNode, windowOf } from './read/readers.ts';
import type { Attributes } from './write/builder.ts';

/** [N, C, H, W]; [N, C, 1, 1], as a global pool leaves it; [N, C]. */
export type Form = 'image' | 'pooled' | 'flat';

/** What a file says of a node beside its operator's attributes. */
export type Found = {
  readonly name: TensorName;
  /** The graph's tensors that it reads. */
  readonly inputs: readonly TensorName[];
  /** ONNX's shape of its weights; of an operator without, []. */
  readonly weights: readonly number[];
  readonly bias: boolean;
  readonly activation: Activation | null;
};

type OnnxOperator<Node> = {
  readonly opType: string;
  readonly reads: Exclude<Form, 'pooled'>;
  readonly gives: Form;
  /** How the axes of its kernel lie in the file. */
  readonly kernel: Node extends WeightedNode ? KernelLayout : null;
  readonly attributes: (node: Node) => Attributes;
  /** @throws Error naming the operator: attributes that the graph cannot express */
  readonly read: (onnx: OnnxNode, found: Found) => Node;
};

const OPERATORS: { readonly [K in Kind]: OnnxOperator<NodeOf<K>> } = {
  conv: {
    opType: 'Conv',
    reads: 'image',
    gives: 'image',
    kernel: CONV_KERNEL,
    attributes: (node) => ({ ...windowAttributes(node), ...(isDepthwise(node) && { group: node.groups }) }),
    read(onnx, { name, inputs: [input], weights: [outChannels, inChannels, ...size], bias, activation }) {
      const groups = Number(onnx.attributes.get('group') ?? 1);
      if (groups !== 1 && !(inChannels === 1 && outChannels === groups))
        throw new Error(
          `${describeNode(onnx)} is grouped: it has ${groups} groups, as in ResNeXt and RegNet. Only plain and depthwise convolutions can be imported: bring a ResNet or a MobileNet.`,
        );
      const window = windowOf(onnx, size);
      if (window.kernel.join() !== size.join()) {
        const shape = [outChannels, inChannels, ...size];
        throw new Error(`${describeNode(onnx)} has a kernel_shape of [${window.kernel}] and weights of [${shape}].`);
      }
      return {
        kind: 'conv',
        name,
        input,
        ...window,
        inChannels: inChannels * groups,
        outChannels,
        groups,
        bias,
        batchNorm: null,
        activation,
      };
    },
  },

  add: {
    opType: 'Add',
    reads: 'image',
    gives: 'image',
    kernel: null,
    attributes: () => ({}),
    read(onnx, { name, inputs, activation }) {
      const [left, right] = requireInputs(onnx, inputs, 2);
      return { kind: 'add', name, inputs: [left, right], activation };
    },
  },

  maxPool: {
    opType: 'MaxPool',
    reads: 'image',
    gives: 'image',
    kernel: null,
    attributes: windowAttributes,
    read(onnx, { name, inputs }) {
      const [input] = requireInputs(onnx, inputs, 1);
      return { kind: 'maxPool', name, input, ...windowOf(onnx, []) };
    },
  },

  avgPool: {
    opType: 'AveragePool',
    reads: 'image',
    gives: 'image',
    kernel: null,
    attributes: (node) => ({ ...windowAttributes(node), count_include_pad: 0 }),
    read(onnx, { name, inputs }) {
      const [input] = requireInputs(onnx, inputs, 1);
      const window = windowOf(onnx, []);
      if (window.padding !== 0 && Number(onnx.attributes.get('count_include_pad') ?? 0) !== 0)
        throw new Error(`${describeNode(onnx)} counts the pixels of its padding, which cannot be imported.`);
      return { kind: 'avgPool', name, input, ...window };
    },
  },

  globalAvgPool: {
    opType: 'GlobalAveragePool',
    reads: 'image',
    gives: 'pooled',
    kernel: null,
    attributes: () => ({}),
    read(onnx, { name, inputs }) {
      const [input] = requireInputs(onnx, inputs, 1);
      return { kind: 'globalAvgPool', name, input };
    },
  },

  linear: {
    opType: 'Gemm',
    reads: 'flat',
    gives: 'flat',
    kernel: MATRIX,
    attributes: () => ({}),
    read: (_onnx, { name, inputs: [input], weights: [inFeatures, outFeatures], activation }) => ({
      kind: 'linear',
      name,
      input,
      inFeatures,
      outFeatures,
      bias: true,
      activation,
    }),
  },
};

/** @throws Error naming the operator, where it reads fewer or more tensors than its kind does */
function requireInputs(onnx: OnnxNode, inputs: readonly TensorName[], count: number): readonly TensorName[] {
  if (inputs.length === count) return inputs;
  throw new Error(`${describeNode(onnx)} reads ${inputs.length} tensors; it must read ${count}.`);
}

/** The row of a node's kind. */
export const onnxOperator = (kind: Kind): OnnxOperator<GraphNode> =>
  OPERATORS[kind] as unknown as OnnxOperator<GraphNode>;

/** How the axes of a weighted node's kernel lie in a file. */
export const kernelLayout = (node: WeightedNode): KernelLayout => OPERATORS[node.kind].kernel;

/** The kind that an ONNX operator stands for, if it is one by itself. */
export const kindOf = (opType: string): Kind | undefined =>
  (Object.keys(OPERATORS) as Kind[]).find((kind) => OPERATORS[kind].opType === opType);

function windowAttributes(window: Window): Attributes {
  const { kernel, stride } = window;
  const { top, left, bottom, right } = padsOf(window);
  return { kernel_shape: kernel, strides: [stride, stride], pads: [top, left, bottom, right] };
}
