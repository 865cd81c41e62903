/** Layers that make an image smaller without weights. */
import { lookUp } from '../../base/lookUp.ts';
import { windowCounts } from '../../graph/window.ts';
import { describeLayer, requireChannelsLast, type Layer } from './config.ts';
import {
  addNode,
  freshName,
  imageOf,
  inputOf,
  isImage,
  isPlainImage,
  reshaped,
  type Building,
  type Rule,
  type Value,
} from './values.ts';
import { isWhole, windowOf } from './windows.ts';

/** The average over the image, in Keras' shape for it. */
export function pooled(building: Building, layer: Layer, value: Value, shape: Value['shape']): Value {
  const name = freshName(building, `${layer.name}_pool`);
  return { ...addNode(building, { kind: 'globalAvgPool', name, input: value.tensor }), shape };
}

const keepsDims = ({ config: { keepdims, keep_dims: older } }: Layer): boolean => Boolean(keepdims ?? older);

/** An image of one pixel as the vector that it is. */
export function vectorOf(building: Building, layer: Layer, value: Value): Value {
  const shape = lookUp(building.shapes, value.tensor, 'shape');
  if (shape.length === 1 || value.pads || shape[0] * shape[1] !== 1) return value;
  return pooled(building, layer, value, value.shape);
}

export const POOLS: Readonly<Record<string, Rule>> = {
  /** Of what is pooled already it changes nothing. */
  GlobalAveragePooling2D(building, layer, inputs) {
    requireChannelsLast(layer);
    const value = inputOf(layer, inputs);
    const channels = value.shape.at(-1) ?? 0;
    const shape = keepsDims(layer) ? [1, 1, channels] : [channels];
    if (!isImage(building, value) && value.shape.length === 3) return reshaped(layer, value, shape);
    return pooled(building, layer, imageOf(building, layer, inputs), shape);
  },

  GlobalMaxPooling2D(building, layer, inputs) {
    requireChannelsLast(layer);
    const value = imageOf(building, layer, inputs);
    const [height, width, channels] = value.shape;
    const name = freshName(building, layer.name);
    const most = addNode(building, {
      kind: 'maxPool',
      name,
      input: value.tensor,
      kernel: [height, width],
      stride: 1,
      padding: 0,
    });
    return pooled(building, layer, most, keepsDims(layer) ? [1, 1, channels] : [channels]);
  },

  AveragePooling2D(building, layer, inputs) {
    const value = imageOf(building, layer, inputs);
    const window = windowOf(layer, 'pool_size', value);
    if (isWhole(window, value.shape)) return pooled(building, layer, value, [1, 1, value.shape[2]]);
    return addNode(building, {
      ...window,
      kind: 'avgPool',
      name: freshName(building, layer.name),
      input: value.tensor,
    });
  },

  /** Zeros around what is never below zero never win: they are the pool's own padding. */
  MaxPooling2D(building, layer, inputs) {
    const value = inputOf(layer, inputs);
    const node = building.nodes.get(value.tensor);
    const isPositive = node !== undefined && 'activation' in node && node.activation !== null;
    const takesPads = isPositive && isPlainImage(building, value) && value.pads;
    const found = takesPads ? value : imageOf(building, layer, inputs);
    const window = windowOf(layer, 'pool_size', found);
    const own = lookUp(building.shapes, found.tensor, 'shape');
    if (windowCounts(window, [own[0], own[1]]).some((count) => count < 1))
      throw new Error(`${describeLayer(layer)} has a window larger than its image [${found.shape}].`);
    return addNode(building, {
      ...window,
      kind: 'maxPool',
      name: freshName(building, layer.name),
      input: found.tensor,
    });
  },
};
