/** The network as plain data: nodes in topological order, each naming the tensors it reads. */

/** Height and width, in pixels. */
export type Size2 = readonly [height: number, width: number];

/** Name of a node's output tensor (the node's own name), or INPUT for the network's input. */
export type TensorName = string;

export const INPUT: TensorName = 'input';

/** Pixels around an image: as many on every side, or each side's own in ONNX's order. */
export type Padding = number | readonly [top: number, left: number, bottom: number, right: number];

/** What slides over an image; its arithmetic is in window.ts. */
export type Window = {
  readonly kernel: Size2;
  readonly stride: number;
  readonly padding: Padding;
};

/**
 * What holds a layer's output at zero or above, and at `max` or below; null: at nothing (a ReLU). Its arithmetic is in
 * activations.ts.
 */
export type Activation = { readonly max: number | null };

/** Convolution, then optionally batch norm, then optionally an activation. Padded with zeros. */
export type ConvNode = Window & {
  readonly kind: 'conv';
  readonly name: TensorName;
  readonly input: TensorName;
  readonly inChannels: number;
  readonly outChannels: number;
  /** 1: each output channel reads all input channels; as many as there are channels: its own alone (depthwise). */
  readonly groups: number;
  readonly bias: boolean;
  /** Batch norm's epsilon, or null once the batch norm is folded (or absent). */
  readonly batchNorm: { readonly eps: number } | null;
  readonly activation: Activation | null;
};

export type AddNode = {
  readonly kind: 'add';
  readonly name: TensorName;
  readonly inputs: readonly [TensorName, TensorName];
  readonly activation: Activation | null;
};

/** The greatest of each window; what lies outside the image never wins. */
export type MaxPoolNode = Window & {
  readonly kind: 'maxPool';
  readonly name: TensorName;
  readonly input: TensorName;
};

/** The mean of what each window holds of the image; pixels outside are not counted. */
export type AvgPoolNode = Window & {
  readonly kind: 'avgPool';
  readonly name: TensorName;
  readonly input: TensorName;
};

/** [N, H, W, C] to [N, C]. */
export type GlobalAvgPoolNode = {
  readonly kind: 'globalAvgPool';
  readonly name: TensorName;
  readonly input: TensorName;
};

/** [N, inFeatures] to [N, outFeatures]. */
export type LinearNode = {
  readonly kind: 'linear';
  readonly name: TensorName;
  readonly input: TensorName;
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly bias: boolean;
  readonly activation: Activation | null;
};

export type GraphNode = ConvNode | AddNode | MaxPoolNode | AvgPoolNode | GlobalAvgPoolNode | LinearNode;

export type Kind = GraphNode['kind'];

/** The node of one kind. A table of rules is `{ readonly [K in Kind]: Rule<NodeOf<K>> }`: complete, or it does not compile. */
export type NodeOf<K extends Kind> = Extract<GraphNode, { readonly kind: K }>;

/** Nodes that carry weights. */
export type WeightedNode = ConvNode | LinearNode;

/** Nodes that a batch norm may belong to. */
export type NormalizedNode = Extract<GraphNode, { readonly batchNorm: unknown }>;

export type Graph = {
  readonly name: string;
  /** [H, W, C] of one image; channels last everywhere in Fewbit but in ONNX files. */
  readonly inputShape: readonly [height: number, width: number, channels: number];
  /** Topologically ordered; the last node's output is the network's output. */
  readonly nodes: readonly GraphNode[];
};

/**
 * A dense float32 array with its shape. Under these names, for a node `n`:
 * conv `n.kernel` [kh, kw, in / groups, out], linear `n.kernel` [in, out], `n.bias` [out],
 * batch norm `n.gamma`, `n.beta`, `n.mean`, `n.variance` [out].
 */
export type NamedArray = { readonly shape: readonly number[]; readonly data: Float32Array };

export type Weights = ReadonlyMap<string, NamedArray>;

/** Input normalization: x = (pixel / 255 - mean[c]) / std[c], RGB. */
export type Normalization = { readonly mean: readonly number[]; readonly std: readonly number[] };

/** A float network with all that is needed to run it on images. */
export type FloatModel = {
  readonly graph: Graph;
  readonly weights: Weights;
  readonly normalization: Normalization;
  readonly classes: readonly string[];
};
