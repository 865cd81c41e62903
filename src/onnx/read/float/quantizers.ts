/** Quantizers and dequantizers of a network that is read in real numbers: its grids are noted, its values pass. */
import { RELU } from '../../../graph/activations.ts';
import { requireScales } from '../scales.ts';
import type { OnnxNode } from '../parse.ts';
import { describeNode } from '../readers.ts';
import type { Constant } from '../tensors.ts';
import { valueOf } from './values.ts';
import type { Grid, Reading, Value } from './values.ts';

/** Signed codes begin here; unsigned ones at 0. */
const LOWEST_SIGNED = -128;

type Rule = (reading: Reading, node: OnnxNode) => Value;

/** @throws Error naming a scale or a zero point that is none, or codes that are not in 8 bits */
function gridOf({ constants }: Reading, node: OnnxNode): Grid {
  const [, scaleName, zeroName] = node.inputs;
  const scales = requireScales(scaleName, constants.get(scaleName).data);
  const zero: Constant | undefined = zeroName ? constants.get(zeroName) : undefined;
  const data = zero?.data ?? new Uint8Array(1);
  const signed = data instanceof Int8Array;
  if (scales.length !== 1 || data.length !== 1 || !(signed || data instanceof Uint8Array))
    throw new Error(`${describeNode(node)}: an activation must have one scale and one zero point in 8 bits.`);
  return { scale: scales[0], zeroPoint: data[0] - (signed ? LOWEST_SIGNED : 0) };
}

export const QUANTIZERS: Readonly<Record<string, Rule>> = {
  QuantizeLinear(reading, node) {
    const value = valueOf(reading, node);
    const grid = gridOf(reading, node);
    const layer = reading.nodes.get(value.tensor);
    const before = reading.codes?.grids.get(value.tensor);
    if (layer?.kind !== 'linear' && before && (before.scale !== grid.scale || before.zeroPoint !== grid.zeroPoint))
      throw new Error(`${describeNode(node)} rounds ${value.tensor} a second time, on another grid.`);
    reading.codes?.grids.set(value.tensor, grid);
    // Codes that begin at zero clamp as a ReLU does, and the tool has removed the ReLU.
    if (grid.zeroPoint === 0 && (layer?.kind === 'conv' || layer?.kind === 'add'))
      reading.nodes.set(layer.name, { ...layer, activation: RELU });
    return value;
  },

  DequantizeLinear(reading, node) {
    const value = valueOf(reading, node);
    const [grid, known] = [gridOf(reading, node), reading.codes?.grids.get(value.tensor)];
    if (known && (grid.scale !== known.scale || grid.zeroPoint !== known.zeroPoint))
      throw new Error(`${describeNode(node)} has another grid than what it reads.`);
    return value;
  },
};

/** Notes what a constant in real numbers was made of; one that is only turned keeps it. */
export function noteCodes({ codes, constants }: Reading, { opType, inputs, outputs }: OnnxNode): void {
  if (!codes) return;
  const known = codes.constants.get(inputs[0]);
  if (known && (opType === 'Transpose' || opType === 'Identity')) codes.constants.set(outputs[0], known);
  if (opType !== 'DequantizeLinear') return;
  const [data, scale, zero] = inputs.map((name) => (name === '' ? undefined : constants.get(name).data));
  if (!data || !scale) return;
  codes.constants.set(outputs[0], {
    scale: requireScales(inputs[1], scale),
    zeroPoint: Array.from({ length: scale.length }, (_, i) => Number(zero?.[i] ?? zero?.[0] ?? 0)),
    signed: data instanceof Int8Array,
  });
}
