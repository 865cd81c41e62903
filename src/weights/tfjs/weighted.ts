/** Layers with kernels: convolutions of every kind, and dense ones. */
import { lookUp } from '../../base/lookUp.ts';
import { elementCount } from '../../graph/arrays.ts';
import type { NamedArray, Window } from '../../graph/types.ts';
import { answered, behind, type Behind } from './activations.ts';
import { describeLayer, numberOf, shown, type Layer } from './config.ts';
import { pooled } from './pools.ts';
import {
  addLinear,
  addNode,
  freshName,
  imageOf,
  inputOf,
  isImage,
  isPlainImage,
  requireWeight,
  type Building,
  type Rule,
  type Value,
} from './values.ts';
import { windowOf } from './windows.ts';

/** A convolution of the graph: its kernel's numbers are in the file's order, whichever layer of Keras they are from. */
function addConv(
  building: Building,
  layer: Layer,
  {
    name = layer.name,
    input,
    window,
    kernel,
    filters,
    depthwise = false,
    bias = layer.config.use_bias !== false,
    after,
  }: {
    readonly name?: string;
    readonly input: Value;
    readonly window: Window;
    readonly kernel: NamedArray;
    readonly filters: number;
    readonly depthwise?: boolean;
    readonly bias?: boolean;
    readonly after: Behind;
  },
): Value {
  const channels = channelsOf(building, input);
  const groups = depthwise ? channels : 1;
  const own = freshName(building, name);
  building.arrays.set(`${own}.kernel`, { shape: [...window.kernel, channels / groups, filters], data: kernel.data });
  if (bias) building.arrays.set(`${own}.bias`, requireWeight(building, layer, [filters], 'bias'));
  const made = addNode(building, {
    ...window,
    kind: 'conv',
    name: own,
    input: input.tensor,
    inChannels: channels,
    outChannels: filters,
    groups,
    bias,
    batchNorm: null,
    activation: after.activation,
  });
  return answered(made, after);
}

const channelsOf = ({ shapes }: Building, { tensor }: Value): number => lookUp(shapes, tensor, 'shape')[2];

/** A window of one pixel. */
const PIXEL: Window = { kernel: [1, 1], stride: 1, padding: 0 };

function depthwise(
  building: Building,
  layer: Layer,
  inputs: readonly Value[],
  own: { readonly name?: string; readonly bias?: boolean; readonly after: Behind },
): Value {
  const multiplier = numberOf(layer, 'depth_multiplier', 1);
  if (multiplier !== 1)
    throw new Error(
      `${describeLayer(layer)} makes ${multiplier} channels of each (depth_multiplier): only one can be imported. Bring a network whose depth_multiplier is 1.`,
    );
  const input = convInput(building, layer, inputs);
  const window = windowOf(layer, 'kernel_size', input);
  const filters = channelsOf(building, input);
  const kernel = requireWeight(building, layer, [...window.kernel, filters, 1], 'depthwise_kernel', 'kernel');
  return addConv(building, layer, { ...own, input, window, kernel, filters, depthwise: true });
}

/** What a convolution reads: an image, with the zeros around it. */
function convInput(building: Building, layer: Layer, inputs: readonly Value[]): Value {
  const value = inputOf(layer, inputs);
  return isPlainImage(building, value) && value.pads ? value : imageOf(building, layer, inputs);
}

/** A 1x1 convolution of what is pooled is a dense layer. */
function pointwise(building: Building, layer: Layer, value: Value): Value {
  const kernel = layer.config.kernel_size;
  if ([kernel].flat().some((side) => side !== 1))
    throw new Error(`${describeLayer(layer)} reads what is pooled already, where only a 1x1 convolution may.`);
  const filters = numberOf(layer, 'filters', NaN);
  const [features] = lookUp(building.shapes, value.tensor, 'shape');
  const found = requireWeight(building, layer, [1, 1, features, filters], 'kernel');
  const made = dense(building, layer, value, { shape: [features, filters], data: found.data });
  return { ...made, shape: [1, 1, filters] };
}

function dense(building: Building, layer: Layer, value: Value, kernel: ReturnType<typeof requireWeight>): Value {
  const after = behind(layer);
  const bias = layer.config.use_bias === false ? null : requireWeight(building, layer, [kernel.shape[1]], 'bias');
  const name = freshName(building, layer.name);
  return answered(addLinear(building, { name, value, kernel, bias, activation: after.activation }), after);
}

/** A dense layer over all pixels is a convolution whose window is the image; what it gives is one pixel, pooled. */
function denseOverImage(building: Building, layer: Layer, input: Value, units: number): Value {
  const shape = lookUp(building.shapes, input.tensor, 'shape');
  const kernel = requireWeight(building, layer, [elementCount(shape), units], 'kernel');
  const window: Window = { ...PIXEL, kernel: [shape[0], shape[1]] };
  const after = behind(layer);
  const made = addConv(building, layer, {
    input,
    window,
    kernel,
    filters: units,
    after: { ...after, answer: undefined },
  });
  return answered(pooled(building, layer, made, [units]), after);
}

export const WEIGHTED: Readonly<Record<string, Rule>> = {
  Conv2D(building, layer, inputs) {
    const value = inputOf(layer, inputs);
    if (!isImage(building, value) && value.shape.length === 3) return pointwise(building, layer, value);
    const { groups = 1 } = layer.config;
    if (groups !== 1)
      throw new Error(
        `${describeLayer(layer)} has ${shown(groups)} groups: plain and depthwise convolutions can be imported. Bring a network of these.`,
      );
    const input = convInput(building, layer, inputs);
    const window = windowOf(layer, 'kernel_size', input);
    const filters = numberOf(layer, 'filters', NaN);
    const kernel = requireWeight(building, layer, [...window.kernel, channelsOf(building, input), filters], 'kernel');
    return addConv(building, layer, { input, window, kernel, filters, after: behind(layer) });
  },

  DepthwiseConv2D: (building, layer, inputs) => depthwise(building, layer, inputs, { after: behind(layer) }),

  /** A depthwise convolution, then a 1x1 convolution, with nothing between. */
  SeparableConv2D(building, layer, inputs) {
    const name = `${layer.name}_depthwise`;
    const input = depthwise(building, layer, inputs, { name, bias: false, after: { activation: null } });
    const filters = numberOf(layer, 'filters', NaN);
    const kernel = requireWeight(building, layer, [1, 1, channelsOf(building, input), filters], 'pointwise_kernel');
    return addConv(building, layer, { input, window: PIXEL, kernel, filters, after: behind(layer) });
  },

  /** Of an image that is not flattened it is a 1x1 convolution, of one that is, a convolution over all of it. */
  Dense(building, layer, inputs) {
    const value = inputOf(layer, inputs);
    const units = numberOf(layer, 'units', NaN);
    const features = value.shape.at(-1) ?? 0;
    if (isImage(building, value) && value.shape.length === 1) return denseOverImage(building, layer, value, units);
    const kernel = requireWeight(building, layer, [features, units], 'kernel');
    if (isImage(building, value)) {
      const input = imageOf(building, layer, inputs);
      return addConv(building, layer, { input, window: PIXEL, kernel, filters: units, after: behind(layer) });
    }
    if (elementCount(value.shape) !== features)
      throw new Error(`${describeLayer(layer)} reads [${value.shape}], where it must read a vector.`);
    return { ...dense(building, layer, value, kernel), shape: [...value.shape.slice(0, -1), units] };
  },
};
