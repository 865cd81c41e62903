/** What is known while a layers model is read: which of the graph's tensors each layer's output is, and in what shape. */
import { elementCount } from '../../graph/arrays.ts';
import { operatorOf, type Shape } from '../../graph/operators.ts';
import { inputsOf } from '../../graph/shapes.ts';
import type {
  Activation,
  AddNode,
  ConvNode,
  GraphNode,
  LinearNode,
  NamedArray,
  TensorName,
} from '../../graph/types.ts';
import { lookUp } from '../../base/lookUp.ts';
import { plainText } from '../../base/plainText.ts';
import { describeLayer, type Layer } from './config.ts';

/** Zeros around an image: top, left, bottom, right. */
export type Sides = readonly [top: number, left: number, bottom: number, right: number];

/** scale * x + offset, by channel. */
export type Affine = { readonly scale: readonly number[]; readonly offset: readonly number[] };

/** A layer's output. */
export type Value = {
  readonly tensor: TensorName;
  /** Keras' own, without the batch: [H, W, C], [C], or what a Reshape or Flatten makes of them. */
  readonly shape: Shape;
  /** Something else reads it, too: what comes next cannot join the layer that made it. */
  readonly isShared: boolean;
  /** Zeros around it that the next window takes for its own padding. */
  readonly pads?: Sides;
  /** What the next dense layer takes in. */
  readonly affine?: Affine;
  /** It went through a softmax or sigmoid, which is left away: only the network's end may be so. */
  readonly answer?: 'softmax' | 'sigmoid';
};

export type Building = {
  readonly tensors: ReadonlyMap<string, NamedArray>;
  /** Names of the tensors by their last two parts, "layer/kernel": a converter may write the models around them first. */
  readonly endings: ReadonlyMap<string, readonly string[]>;
  readonly used: Set<string>;
  readonly nodes: Map<TensorName, GraphNode>;
  /** [H, W, C] or [C] of the graph's tensors. */
  readonly shapes: Map<TensorName, Shape>;
  readonly arrays: Map<string, NamedArray>;
  /** Sentences for the user: what the file holds and the graph does not. */
  readonly notes: Set<string>;
  /** How the network itself scales its pixels of 0 to 255; null: it does not. */
  input: Affine | null;
  /** Layers that were called so far. */
  calls: number;
};

/** Makes a layer of what it reads. @throws Error naming the layer, where the graph has nothing like it */
export type Rule = (building: Building, layer: Layer, inputs: readonly Value[]) => Value;

/** Features of a layer that is made where the file has none; more would be a matrix of gigabytes. */
const MOST_FEATURES = 4096;

/** A layer's only input, no softmax behind it. */
export function inputOf(layer: Layer, inputs: readonly Value[]): Value {
  const [value] = inputs;
  if (inputs.length !== 1) throw new Error(`${describeLayer(layer)} reads ${inputs.length} tensors: it must be one.`);
  if (value.answer)
    throw new Error(`${describeLayer(layer)} reads what a ${value.answer} gives, which may stand at the end only.`);
  return value;
}

/** Adds a node and answers its output. @throws Error naming it, where it does not fit its inputs */
export function addNode(building: Building, node: GraphNode): Value {
  const inputs = inputsOf(node).map((name) => lookUp(building.shapes, name, 'shape'));
  const shape = operatorOf(node).outputShape(node, inputs);
  building.nodes.set(node.name, node);
  building.shapes.set(node.name, shape);
  return { tensor: node.name, shape, isShared: false };
}

/** A name that no other node has, of letters that every tool takes. */
export function freshName({ nodes }: Pick<Building, 'nodes'>, name: string): TensorName {
  const plain = plainText(name, 80)
    .replace(/[^-\w./]/g, '_')
    .replace(/^[^A-Za-z0-9]+/, '');
  const base = plain === '' || plain === 'input' ? 'layer' : plain;
  let copy = 0;
  while (nodes.has(copy === 0 ? base : `${base}_${copy}`)) copy++;
  return copy === 0 ? base : `${base}_${copy}`;
}

/** Whether the graph's tensor is an image, whatever is made of it. */
export const isImage = ({ shapes }: Building, { tensor }: Value): boolean => shapes.get(tensor)?.length === 3;

/** The graph's image as it is: without zeros that wait for a window. @throws Error naming the layer that reads no image */
export function imageOf(building: Building, layer: Layer, inputs: readonly Value[]): Value {
  const value = inputOf(layer, inputs);
  if (!isPlainImage(building, value))
    throw new Error(`${describeLayer(layer)} reads [${value.shape}], where it must read an image.`);
  return value.pads ? identity(building, layer, value, { padding: value.pads }) : value;
}

/** Whether a value is an image, padded or not, in its own shape. */
export function isPlainImage(building: Building, value: Value): boolean {
  const shape = lookUp(building.shapes, value.tensor, 'shape');
  const [top, left, bottom, right] = value.pads ?? [0, 0, 0, 0];
  const padded = [shape[0] + top + bottom, shape[1] + left + right, shape[2]];
  return shape.length === 3 && !value.affine && value.shape.join() === padded.join();
}

/** The layer that an activation or batch norm may join: nothing else reads it, and nothing stands behind it yet. */
export function joinable({ nodes }: Building, value: Value): ConvNode | AddNode | LinearNode | null {
  const node = nodes.get(value.tensor);
  if (!node || value.isShared || value.pads || value.affine) return null;
  return 'activation' in node && node.activation === null ? node : null;
}

/** One weight of a layer, by the first of these names that the file has; null: it has none. */
export function weightOf(
  { tensors, endings, used }: Building,
  { name: layer }: Layer,
  ...parts: readonly string[]
): NamedArray | null {
  for (const part of parts) {
    const name = `${layer}/${part}`;
    const [found, ...others] = tensors.has(name) ? [name] : (endings.get(name) ?? []);
    if (found === undefined || others.length > 0) continue;
    used.add(found);
    return lookUp(tensors, found, 'weight');
  }
  return null;
}

/** @throws Error naming the layer and the weight that the file lacks, or its shape */
export function requireWeight(
  building: Building,
  layer: Layer,
  shape: readonly number[],
  ...parts: readonly string[]
): NamedArray {
  const found = weightOf(building, layer, ...parts);
  if (!found) throw new Error(`${describeLayer(layer)} has no ${parts[0]} among the weights: export the model again.`);
  if (found.shape.join() !== shape.join())
    throw new Error(`${describeLayer(layer)} has a ${parts[0]} of [${found.shape}], but should have [${shape}].`);
  return found;
}

/** A depthwise 1x1 convolution that changes nothing but what is asked for: what a layer of its own needs to stand on. */
export function identity(
  building: Building,
  layer: Layer,
  { tensor, isShared }: Value,
  change: Partial<Pick<ConvNode, 'padding' | 'batchNorm' | 'activation'>>,
): Value {
  const channels = lookUp(building.shapes, tensor, 'shape')[2];
  const name = freshName(building, change.padding === undefined ? layer.name : `${layer.name}_pad`);
  building.arrays.set(`${name}.kernel`, { shape: [1, 1, 1, channels], data: new Float32Array(channels).fill(1) });
  const node: ConvNode = {
    kind: 'conv',
    name,
    input: tensor,
    kernel: [1, 1],
    stride: 1,
    padding: 0,
    inChannels: channels,
    outChannels: channels,
    groups: channels,
    bias: false,
    batchNorm: null,
    activation: null,
    ...change,
  };
  return { ...addNode(building, node), isShared: change.padding === undefined ? false : isShared };
}

/** A dense layer that changes nothing but what is asked for, or takes in what waits for one. */
export function identityLinear(building: Building, layer: Layer, value: Value, activation: Activation | null): Value {
  const [features] = lookUp(building.shapes, value.tensor, 'shape');
  if (features > MOST_FEATURES)
    throw new Error(`${describeLayer(layer)} reads ${features} features: here at most ${MOST_FEATURES} can be read.`);
  const data = new Float32Array(features * features);
  for (let i = 0; i < features; i++) data[i * features + i] = 1;
  const name = freshName(building, layer.name);
  return addLinear(building, { name, value, kernel: { shape: [features, features], data }, bias: null, activation });
}

/** A dense layer of the graph. An affine that waits is taken into its kernel and bias, in float64. */
export function addLinear(
  building: Building,
  {
    name,
    value,
    kernel,
    bias,
    activation,
  }: {
    readonly name: TensorName;
    readonly value: Value;
    readonly kernel: NamedArray;
    readonly bias: NamedArray | null;
    readonly activation: Activation | null;
  },
): Value {
  const [inFeatures, outFeatures] = kernel.shape;
  const { affine } = value;
  const own = affine ? takenIn(kernel, bias, affine) : { kernel, bias };
  building.arrays.set(`${name}.kernel`, own.kernel);
  if (own.bias) building.arrays.set(`${name}.bias`, own.bias);
  return addNode(building, {
    kind: 'linear',
    name,
    input: value.tensor,
    inFeatures,
    outFeatures,
    bias: own.bias !== null,
    activation,
  });
}

function takenIn(kernel: NamedArray, bias: NamedArray | null, { scale, offset }: Affine) {
  const outFeatures = kernel.shape[1];
  const sums = Float64Array.from({ length: outFeatures }, (_, out) => bias?.data[out] ?? 0);
  const data = kernel.data.map((weight, i) => {
    const feature = Math.floor(i / outFeatures);
    sums[i % outFeatures] += weight * offset[feature];
    return weight * scale[feature];
  });
  return { kernel: { shape: kernel.shape, data }, bias: { shape: [outFeatures], data: Float32Array.from(sums) } };
}

/** The same numbers in another shape. @throws Error naming the layer where there are more or fewer of them */
export function reshaped(layer: Layer, value: Value, shape: Shape): Value {
  if (elementCount(shape) !== elementCount(value.shape))
    throw new Error(`${describeLayer(layer)} makes [${shape}] of [${value.shape}]: the numbers do not fit.`);
  return { ...value, shape };
}
