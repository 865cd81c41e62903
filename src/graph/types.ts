/** The network as plain data: nodes in topological order, each naming the tensors it reads. */

/** Height and width, in pixels. */
export type Size2 = readonly [height: number, width: number];

/** Name of a node's output tensor (the node's own name), or INPUT for the network's input. */
export type TensorName = string;

export const INPUT: TensorName = 'input';

/** Convolution, then optionally batch norm, then optionally ReLU. Symmetric zero padding, as PyTorch pads. */
export type ConvNode = {
  readonly kind: 'conv';
  readonly name: TensorName;
  readonly input: TensorName;
  readonly kernel: Size2;
  readonly stride: number;
  readonly padding: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly bias: boolean;
  /** Batch norm's epsilon, or null once the batch norm is folded (or absent). */
  readonly batchNorm: { readonly eps: number } | null;
  readonly relu: boolean;
};

export type AddNode = {
  readonly kind: 'add';
  readonly name: TensorName;
  readonly inputs: readonly [TensorName, TensorName];
  readonly relu: boolean;
};

export type MaxPoolNode = {
  readonly kind: 'maxPool';
  readonly name: TensorName;
  readonly input: TensorName;
  readonly kernel: Size2;
  readonly stride: number;
  readonly padding: number;
};

/** [N, H, W, C] to [N, C]. */
export type GlobalAvgPoolNode = {
  readonly kind: 'globalAvgPool';
  readonly name: TensorName;
  readonly input: TensorName;
};

/** [N, inFeatures] to [N, outFeatures]; always has a bias. */
export type LinearNode = {
  readonly kind: 'linear';
  readonly name: TensorName;
  readonly input: TensorName;
  readonly inFeatures: number;
  readonly outFeatures: number;
};

export type GraphNode = ConvNode | AddNode | MaxPoolNode | GlobalAvgPoolNode | LinearNode;

/** Nodes that carry weights. */
export type WeightedNode = ConvNode | LinearNode;

export type Graph = {
  readonly name: string;
  /** [H, W, C] of one image; channels last everywhere in Fewbit but in ONNX files. */
  readonly inputShape: readonly [height: number, width: number, channels: number];
  /** Topologically ordered; the last node's output is the network's output. */
  readonly nodes: readonly GraphNode[];
};

/**
 * A dense float32 array with its shape. Under these names, for a node `n`:
 * conv `n.kernel` [kh, kw, in, out], linear `n.kernel` [in, out], `n.bias` [out],
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
