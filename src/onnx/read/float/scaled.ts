/** Sums and products with constants: of the input they are its normalization, of a layer they join its weights. */
import { lookUp } from '../../../base/lookUp.ts';
import { INPUT } from '../../../graph/types.ts';
import type { ConvNode, LinearNode, NamedArray, Normalization } from '../../../graph/types.ts';
import type { OnnxNode } from '../parse.ts';
import { describeNode } from '../readers.ts';
import { floats, isAlone, isImage, valueOf } from './values.ts';
import type { Reading, Value } from './values.ts';

/** By channel: scale * x + offset. */
type Affine = { readonly scale: readonly number[]; readonly offset: readonly number[] };

/** What an operator does with x and a constant; `swapped`: the constant comes first. */
const ARITHMETIC: Readonly<
  Record<string, (constant: number, swapped: boolean) => readonly [scale: number, offset: number] | null>
> = {
  Add: (constant) => [1, constant],
  Sub: (constant, swapped) => (swapped ? [-1, constant] : [1, -constant]),
  Mul: (constant) => [constant, 0],
  Div: (constant, swapped) => (swapped ? null : [1 / constant, 0]),
};

/** Whether a node adds a constant to a tensor, or multiplies by one. */
export const isScaling = ({ constants }: Reading, { opType, inputs }: OnnxNode): boolean =>
  Object.hasOwn(ARITHMETIC, opType) && inputs.length === 2 && inputs.some((name) => constants.has(name));

/** @throws Error naming the node, where its constant has no place in the graph */
export function scaled(reading: Reading, node: OnnxNode): Value {
  const swapped = reading.constants.has(node.inputs[0]);
  const value = valueOf(reading, node, swapped ? 1 : 0);
  if (node.opType === 'Mul' && isImage(reading, value) && isZero(reading, node.inputs[swapped ? 0 : 1]))
    return { ...value, zeros: true };
  const channels = channelsOf(reading, value);
  const numbers = byChannel(node, floats(reading, node, swapped ? 0 : 1), value, channels);
  const pairs = numbers.map((each) => ARITHMETIC[node.opType](each, swapped));
  if (!pairs.every((pair) => pair !== null))
    throw new Error(`${describeNode(node)} divides by what the network computes.`);
  return applied(reading, node, value, {
    scale: pairs.map(([scale]) => scale),
    offset: pairs.map(([, offset]) => offset),
  });
}

/** x.mul(0), as a way to write zeros of the same shape. */
const isZero = ({ constants }: Reading, name: string): boolean =>
  constants.get(name).data.every((each: number | bigint) => Number(each) === 0);

/** A batch norm in front of the first layer: it normalizes the input. */
export function normalizedInput(reading: Reading, node: OnnxNode): Value {
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((index) => floats(reading, node, index).data);
  const eps = Number(node.attributes.get('epsilon') ?? 1e-5);
  const scale = Array.from(gamma, (each, c) => each / Math.sqrt(variance[c] + eps));
  return applied(reading, node, valueOf(reading, node), {
    scale,
    offset: Array.from(beta, (each, c) => each - mean[c] * scale[c]),
  });
}

/**
 * The normalization that a graph does by itself. Its input is pixels from 0 to 1, or from 0 to 255 where it divides by
 * more than 2; or already normalized, as the file says.
 */
export function normalizationOf({ scale, offset }: Affine, said: Normalization | null): Normalization {
  const range = !said && scale.some((each) => Math.abs(each) < 0.5) ? 255 : 1;
  const { mean, std } = said ?? { mean: scale.map(() => 0), std: scale.map(() => 1) };
  const result = {
    mean: scale.map((a, c) => mean[c] - (offset[c] * std[c]) / (a * range)),
    std: scale.map((a, c) => std[c] / (a * range)),
  };
  if ([...result.mean, ...result.std].every(Number.isFinite) && result.std.every((each) => each > 0)) return result;
  throw new Error(`it normalizes its input by [${scale}] and [${offset}], which is no mean and deviation above zero.`);
}

function applied(reading: Reading, node: OnnxNode, value: Value, affine: Affine): Value {
  const source = node.inputs.find((name) => !reading.constants.has(name)) ?? '';
  const isWhole = !value.averaged && !value.mean && !value.zeros && !value.pads;
  const alone = isWhole && reading.readers.get(source) === 1 && isAlone(reading, value.tensor);
  const layer = reading.nodes.get(value.tensor);
  if (alone && value.tensor === INPUT) {
    reading.input = composed(reading.input, affine);
    return value;
  }
  if (!alone || (layer?.kind !== 'conv' && layer?.kind !== 'linear') || layer.activation)
    throw new Error(
      `${describeNode(node)} must follow a Conv, a Gemm or the input directly, and be the only one to read it.`,
    );
  fold(reading, layer, affine);
  return value;
}

const composed = (before: Affine | null, { scale, offset }: Affine): Affine =>
  before
    ? {
        scale: scale.map((each, c) => each * before.scale[c]),
        offset: offset.map((each, c) => scale[c] * before.offset[c] + each),
      }
    : { scale, offset };

/** Into the batch norm where there is one, else into kernel and bias. */
function fold({ arrays, nodes }: Reading, layer: ConvNode | LinearNode, { scale, offset }: Affine): void {
  const channels = layer.kind === 'conv' ? layer.outChannels : layer.outFeatures;
  const [factor, term] =
    layer.kind === 'conv' && layer.batchNorm ? (['gamma', 'beta'] as const) : (['kernel', 'bias'] as const);
  const { shape, data } = lookUp(arrays, `${layer.name}.${factor}`, 'array');
  const before = arrays.get(`${layer.name}.${term}`)?.data ?? new Float32Array(channels);
  arrays.set(`${layer.name}.${factor}`, { shape, data: data.map((each, i) => each * scale[i % channels]) });
  const moved = before.map((each, c) => each * scale[c] + offset[c]);
  arrays.set(`${layer.name}.${term}`, { shape: [channels], data: moved });
  if (layer.kind === 'conv' && term === 'bias') nodes.set(layer.name, { ...layer, bias: true });
}

function channelsOf({ shapes }: Reading, { tensor }: Value): number {
  return lookUp(shapes, tensor, 'shape').at(-1) ?? 0;
}

/** One number a channel of a constant that is broadcast. */
function byChannel(node: OnnxNode, { shape, data }: NamedArray, value: Value, channels: number): readonly number[] {
  if (data.length === 1) return Array.from({ length: channels }, () => data[0]);
  const rank = value.shape.length;
  const aligned = [...Array.from({ length: rank - shape.length }, () => 1), ...shape];
  const axis = value.shape[1] === channels ? 1 : rank - 1;
  const fits = aligned.length === rank && aligned.every((size, at) => size === (at === axis ? channels : 1));
  if (fits) return Array.from(data);
  throw new Error(`${describeNode(node)} has a constant [${shape}]: it must be a number, or one for each channel.`);
}
