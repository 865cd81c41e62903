/** What stands behind a layer: a ReLU, a bounded one, or an answer that is left away. */
import { RELU, RELU6 } from '../../graph/activations.ts';
import type { Activation } from '../../graph/types.ts';
import { activationName, describeLayer, numberOf, shown, type Layer } from './config.ts';
import {
  identity,
  identityLinear,
  imageOf,
  isImage,
  isPlainImage,
  joinable,
  type Building,
  type Value,
} from './values.ts';

/** What stands behind a layer: a bound from below and above, an answer that is left away, or nothing. */
export type Behind = { readonly activation: Activation | null; readonly answer?: Value['answer'] };

const ACTIVATIONS: Readonly<Record<string, Behind>> = {
  linear: { activation: null },
  relu: { activation: RELU },
  relu6: { activation: RELU6 },
  softmax: { activation: null, answer: 'softmax' },
  sigmoid: { activation: null, answer: 'sigmoid' },
};

export function behind(layer: Layer): Behind {
  const name = activationName(layer);
  if (Object.hasOwn(ACTIVATIONS, name)) return ACTIVATIONS[name];
  throw new Error(
    `${describeLayer(layer)} has the activation ${shown(name)}: only ReLU, ReLU6 and a softmax at the end can be imported. Bring a network with these.`,
  );
}

export const answered = (value: Value, { answer }: Behind): Value => (answer ? { ...value, answer } : value);

/** An activation joins the layer before it, or stands on one that changes nothing else. */
export function activated(building: Building, layer: Layer, value: Value, activation: Activation): Value {
  const node = joinable(building, value);
  if (node) {
    building.nodes.set(node.name, { ...node, activation });
    return value;
  }
  if (isPlainImage(building, value))
    return identity(building, layer, imageOf(building, layer, [value]), { activation });
  if (isImage(building, value))
    throw new Error(`${describeLayer(layer)} reads [${value.shape}], where it must read an image or what is pooled.`);
  return { ...identityLinear(building, layer, value, activation), shape: value.shape };
}

/** What a bounded ReLU of Keras is. @throws Error naming what the graph cannot express */
export function reluOf(layer: Layer): Activation {
  const { max_value: max = null } = layer.config;
  if (numberOf(layer, 'negative_slope', 0) !== 0 || numberOf(layer, 'threshold', 0) !== 0)
    throw new Error(`${describeLayer(layer)} lets something below zero through: only ReLU and ReLU6 can be imported.`);
  if (max === null) return RELU;
  const bound = numberOf(layer, 'max_value', 0);
  if (bound > 0) return { max: bound };
  throw new Error(`${describeLayer(layer)} ends at ${bound}, which must be above zero.`);
}
