/** Layers that scale each channel: they join the layer before them, or the one behind. */
import { lookUp } from '../../base/lookUp.ts';
import { requireUsable } from '../../graph/arrays.ts';
import { INPUT } from '../../graph/types.ts';
import type { LinearNode, NamedArray, Normalization } from '../../graph/types.ts';
import { describeLayer, numberOf, shown, type Layer } from './config.ts';
import {
  identity,
  imageOf,
  inputOf,
  isImage,
  isPlainImage,
  joinable,
  weightOf,
  type Affine,
  type Building,
  type Value,
} from './values.ts';

const PARTS = [
  ['gamma', 'gamma', 1],
  ['beta', 'beta', 0],
  ['mean', 'moving_mean', 0],
  ['variance', 'moving_variance', 1],
] as const;

/** The four vectors of a batch norm; gamma and beta are 1 and 0 where it has none. */
function vectorsOf(building: Building, layer: Layer, channels: number): ReadonlyMap<string, NamedArray> {
  return new Map(
    PARTS.map(([part, name, otherwise]) => {
      const found = weightOf(building, layer, name);
      const isOptional = part === 'gamma' || part === 'beta';
      if (!found && !isOptional)
        throw new Error(`${describeLayer(layer)} has no ${name} among the weights: export the model again.`);
      if (found && found.shape.join() !== String(channels))
        throw new Error(`${describeLayer(layer)} has a ${name} of [${found.shape}], but should have [${channels}].`);
      const array = found ?? { shape: [channels], data: new Float32Array(channels).fill(otherwise) };
      requireUsable(`${describeLayer(layer)}: its ${name}`, array.data, part === 'variance');
      return [part, array];
    }),
  );
}

/** A batch norm joins the convolution before it, stands on one of its own, or waits for the next dense layer. */
export function normalized(building: Building, layer: Layer, inputs: readonly Value[]): Value {
  const value = inputOf(layer, inputs);
  const channels = value.shape.at(-1) ?? 0;
  const { axis = -1 } = layer.config;
  if ([axis].flat().some((each) => each !== -1 && each !== value.shape.length))
    throw new Error(
      `${describeLayer(layer)} normalizes the axis ${shown(axis)}: only the last one, the channels, can be imported.`,
    );
  const eps = numberOf(layer, 'epsilon', 1e-3);
  const vectors = vectorsOf(building, layer, channels);
  const node = joinable(building, value);
  const conv = node?.kind === 'conv' && node.batchNorm === null ? node : null;
  if (!isImage(building, value)) {
    const affine = affineOf(vectors, eps);
    requireNumbers(layer, affine);
    return node?.kind === 'linear'
      ? intoDense(building, node, value, affine)
      : { ...value, affine: behind(value, affine) };
  }
  if (!conv && !isPlainImage(building, value)) imageOf(building, layer, [value]);
  const batchNorm = { eps };
  const found = conv ? value : identity(building, layer, imageOf(building, layer, [value]), { batchNorm });
  for (const [part, array] of vectors) building.arrays.set(`${found.tensor}.${part}`, array);
  if (conv) {
    building.nodes.set(conv.name, { ...conv, batchNorm, bias: false });
    if (conv.bias) withoutBias(building, conv.name);
  }
  return found;
}

/** A bias before a batch norm is part of its mean: (x + b) - m = x - (m - b). */
function withoutBias({ arrays }: Building, name: string): void {
  const bias = lookUp(arrays, `${name}.bias`, 'array').data;
  const { shape, data } = lookUp(arrays, `${name}.mean`, 'array');
  arrays.set(`${name}.mean`, { shape, data: data.map((mean, c) => mean - bias[c]) });
  arrays.delete(`${name}.bias`);
}

/** scale = gamma / sqrt(variance + eps), offset = beta - mean * scale; in float64. */
function affineOf(vectors: ReadonlyMap<string, NamedArray>, eps: number): Affine {
  const part = (name: string): Float32Array => lookUp(vectors, name, 'vector').data;
  const scale = Array.from(part('gamma'), (gamma, c) => gamma / Math.sqrt(part('variance')[c] + eps));
  const offset = Array.from(part('beta'), (beta, c) => beta - part('mean')[c] * scale[c]);
  return { scale, offset };
}

/** The affine behind one that waits already. */
function behind({ affine: before }: Value, { scale, offset }: Affine): Affine {
  if (!before) return { scale, offset };
  return {
    scale: scale.map((each, c) => each * before.scale[c]),
    offset: offset.map((each, c) => each + scale[c] * before.offset[c]),
  };
}

function requireNumbers(layer: Layer, { scale, offset }: Affine): void {
  if (![...scale, ...offset].every(Number.isFinite))
    throw new Error(`${describeLayer(layer)} scales by what is no number: the file is damaged.`);
}

/** The dense layer before a batch norm, with it. */
function intoDense({ nodes, arrays }: Building, node: LinearNode, value: Value, { scale, offset }: Affine): Value {
  const { name, outFeatures } = node;
  const { shape, data } = lookUp(arrays, `${name}.kernel`, 'array');
  arrays.set(`${name}.kernel`, { shape, data: data.map((weight, i) => weight * scale[i % outFeatures]) });
  const bias = arrays.get(`${name}.bias`)?.data;
  const moved = Float32Array.from(offset, (each, c) => each + (bias?.[c] ?? 0) * scale[c]);
  arrays.set(`${name}.bias`, { shape: [outFeatures], data: moved });
  nodes.set(name, { ...node, bias: true });
  return value;
}

/** scale * x + offset of the pixels, which is how the input is normalized. @throws Error naming one that is elsewhere */
export function rescaled(building: Building, layer: Layer, inputs: readonly Value[]): Value {
  const value = inputOf(layer, inputs);
  if (value.tensor !== INPUT || value.pads || value.isShared)
    throw new Error(`${describeLayer(layer)} stands inside the network: only the pixels may be rescaled.`);
  const ofChannels = (key: string, otherwise: number): number[] => {
    const given: unknown = layer.config[key] ?? otherwise;
    const list: unknown[] = Array.isArray(given) ? given : [given, given, given];
    const isVector = list.length === 3 && list.every((each) => typeof each === 'number' && Number.isFinite(each));
    if (isVector) return list as number[];
    throw new Error(
      `${describeLayer(layer)} has the ${key} ${shown(given)}, which must be a number, or one for each channel.`,
    );
  };
  building.input = behind(
    { ...value, affine: building.input ?? undefined },
    { scale: ofChannels('scale', 1), offset: ofChannels('offset', 0) },
  );
  requireNumbers(layer, building.input);
  return value;
}

/**
 * How pixels of 0 to 255 are normalized by scale * pixel + offset, as (pixel / 255 - mean) / std.
 * @throws Error where the scale is not above zero
 */
export function normalizationOf({ scale, offset }: Affine): Normalization {
  if (!scale.every((each) => each > 0)) throw new Error('it scales its pixels by what is not above zero.');
  const std = scale.map((each) => 1 / (255 * each));
  return { mean: offset.map((each, c) => -each * std[c]), std };
}
