/** What joins the layer before it: activations, and whatever else must be the only one to read it. */
import { RELU, activationOf } from '../../../graph/activations.ts';
import type { Activation, AddNode, ConvNode, GraphNode, LinearNode } from '../../../graph/types.ts';
import type { OnnxNode } from '../parse.ts';
import { describeNode } from '../readers.ts';
import { isAlone, valueOf } from './values.ts';
import type { Reading, Value } from './values.ts';
import { optional } from './views.ts';

export const ACTIVATIONS: Readonly<Record<string, (reading: Reading, node: OnnxNode) => Value>> = {
  Relu: (reading, node) => activatedBy(reading, node, RELU),

  /** From zero upwards it is a ReLU, and one with a bound where it ends. */
  Clip(reading, node) {
    const bound = (name: string, index: number): number | undefined => {
      const given = optional(reading, node, index)?.data[0] ?? node.attributes.get(name);
      return given === undefined ? undefined : Number(given);
    };
    const [low, high = Infinity] = [bound('min', 1), bound('max', 2)];
    // 3.4e38 is float32's greatest number, as exporters write "no bound".
    if (low === 0 && high > 1e38) return activatedBy(reading, node, RELU);
    if (low === 0 && high > 0) return activatedBy(reading, node, { max: high });
    throw new Error(
      `${describeNode(node)} clips to ${low ?? 'no lower'} and ${high}: only a ReLU, or one with a bound as ReLU6 has it, can be imported.`,
    );
  },
};

function activatedBy(reading: Reading, node: OnnxNode, activation: Activation): Value {
  const { kind } = reading.nodes.get(valueOf(reading, node).tensor) ?? {};
  const kinds = kind === 'linear' ? ['linear' as const] : ['conv' as const, 'add' as const];
  const layer = joinable(reading, node, kinds) as ConvNode | AddNode | LinearNode;
  reading.nodes.set(layer.name, { ...layer, activation });
  // What was quantized before it is quantized anew behind it.
  reading.codes?.grids.delete(layer.name);
  return valueOf(reading, node);
}

/** The layer that a batch norm or a ReLU joins. */
export function joinable(reading: Reading, node: OnnxNode, kinds: readonly GraphNode['kind'][]): GraphNode {
  const { tensor, averaged, mean, zeros, pads } = valueOf(reading, node);
  const layer = reading.nodes.get(tensor);
  const alone = isAlone(reading, tensor) && !averaged && !mean && !zeros && !pads;
  if (!layer || !kinds.includes(layer.kind) || activationOf(layer) !== null || !alone) {
    throw new Error(
      `${describeNode(node)} must follow ${kinds.join(' or ')} directly, and be the only one to read it.`,
    );
  }
  return layer;
}
