/** What joins the layer before it: activations, and whatever else must be the only one to read it. */
import { RELU, activationOf } from '../../../graph/activations.ts';
import type { AddNode, ConvNode, GraphNode, LinearNode } from '../../../graph/types.ts';
import type { OnnxNode } from '../parse.ts';
import { describeNode, writtenBefore } from '../readers.ts';
import { isAlone, valueOf } from './values.ts';
import type { Reading, Value } from './values.ts';
import { optional } from './views.ts';

export const ACTIVATIONS: Readonly<Record<string, (reading: Reading, node: OnnxNode) => Value>> = {
  Relu: (reading, node) => held(reading, node, 0, Infinity),

  /** From zero upwards it is a ReLU, and one with a bound where it ends. */
  Clip(reading, node) {
    const bound = (name: string, index: number): number | undefined => {
      const given = optional(reading, node, index)?.data[0] ?? node.attributes.get(name);
      return given === undefined ? undefined : Number(given);
    };
    return held(reading, node, bound('min', 1) ?? -Infinity, bound('max', 2) ?? Infinity);
  },

  /** TensorFlow writes a ReLU6 as a maximum and a minimum, too, in either order. */
  Max(reading, node) {
    const { value, index } = constantOperand(reading, node);
    return held(reading, node, value, Infinity, index);
  },
  Min(reading, node) {
    const { value, index } = constantOperand(reading, node);
    return held(reading, node, -Infinity, value, index);
  },
};

/** The one number that a tensor is compared with, and which of the inputs the tensor is. @throws Error naming the node */
function constantOperand({ constants }: Reading, node: OnnxNode): { readonly value: number; readonly index: number } {
  const index = node.inputs.findIndex((name) => !constants.has(name));
  const others = node.inputs.filter((_, at) => at !== index);
  const [value, ...more] = new Set(
    others.flatMap((name) => (constants.has(name) ? Array.from(constants.get(name).data, Number) : [NaN])),
  );
  if (others.length === 1 && more.length === 0 && !Number.isNaN(value)) return { value, index };
  throw new Error(
    `${describeNode(node)} compares tensors: only with one number, as a ReLU or ReLU6 does, can it be imported.`,
  );
}

/** 3.4e38 is float32's greatest number, as exporters write "no bound". */
const isOpen = (bound: number): boolean => Math.abs(bound) > 1e38;

/** Holds a layer's output between two numbers; one that is held from above alone waits for what holds it at zero. */
function held(reading: Reading, node: OnnxNode, low: number, high: number, index = 0): Value {
  const value = writtenBefore(reading.values, node.inputs[index] ?? '', node);
  if (!((low === 0 || (low < 0 && isOpen(low))) && high > 0))
    throw new Error(
      `${describeNode(node)} clips to ${isOpen(low) ? 'no lower' : low} and ${high}: only a ReLU, or one with a bound as ReLU6 has it, can be imported.`,
    );
  const { kind } = reading.nodes.get(value.tensor) ?? {};
  const kinds = kind === 'linear' ? ['linear' as const] : ['conv' as const, 'add' as const];
  const layer = layerOf(reading, node, value, kinds) as ConvNode | AddNode | LinearNode;
  const before = layer.activation;
  const max = Math.min(high, value.under ?? Infinity, before?.max ?? Infinity);
  if (low < 0 && !before) return isOpen(max) ? value : { ...value, under: max };
  reading.nodes.set(layer.name, { ...layer, activation: isOpen(max) ? RELU : { max } });
  // What was quantized before it is quantized anew behind it.
  reading.codes?.grids.delete(layer.name);
  return { ...value, under: undefined };
}

/** The layer that a batch norm joins. */
export function joinable(reading: Reading, node: OnnxNode, kinds: readonly GraphNode['kind'][]): GraphNode {
  const layer = layerOf(reading, node, valueOf(reading, node), kinds);
  return activationOf(layer) === null ? layer : notBehind(node, kinds);
}

/** The layer that a batch norm or an activation stands behind. */
function layerOf(reading: Reading, node: OnnxNode, value: Value, kinds: readonly GraphNode['kind'][]): GraphNode {
  const { tensor, averaged, mean, zeros, pads } = value;
  const layer = reading.nodes.get(tensor);
  const alone = isAlone(reading, tensor) && !averaged && !mean && !zeros && !pads;
  return layer && kinds.includes(layer.kind) && alone ? layer : notBehind(node, kinds);
}

function notBehind(node: OnnxNode, kinds: readonly GraphNode['kind'][]): never {
  throw new Error(`${describeNode(node)} must follow ${kinds.join(' or ')} directly, and be the only one to read it.`);
}
