/** The output channels of one layer's weights: how far each reaches, and the grid that holds it; before equalization and after. */
import { equalizablePairs, equalize } from '../../calibrate/repair/equalize.ts';
import { lookUp } from '../../base/lookUp.ts';
import { namedArray } from '../../graph/arrays.ts';
import type { FloatModel, NamedArray, WeightedNode } from '../../graph/types.ts';
import { sqnr } from '../../quant/error.ts';
import { weightBitsOf, weightRangeOf } from '../../quant/schemes.ts';
import type { QuantizedWeights, QuantScheme } from '../../quant/types.ts';
import { quantizeWeights } from '../../quant/weights.ts';
import { dequantizedKernel } from '../../tensor/fakeQuantized.ts';
import type { InspectCalls, LayerChannels } from '../../contract/calls/inspect.ts';
import type { Control } from '../../contract/progress.ts';
import type { Stages } from '../stages/stages.ts';
import { channelOf, extremesOf } from './channels.ts';
import { weightedNode } from './layers.ts';

/** A large network takes seconds to equalize. */
const EQUALIZED = new WeakMap<FloatModel, FloatModel>();

function equalizedOnce(model: FloatModel): FloatModel {
  const made = EQUALIZED.get(model) ?? equalize(model);
  EQUALIZED.set(model, made);
  return made;
}

/**
 * The grids are the quantized network's. Where `equalized` asks for the other side of what the settings make, they are
 * the rounding's to the nearest: what the network's own bias may ask of a nearly dead channel's scale is left out.
 * @throws when the settings are float32's, or the layer carries no weights
 */
export async function describeChannels(
  stages: Pick<Stages, 'subject' | 'make'>,
  { settings, layer, equalized }: InspectCalls['channels']['args'],
  control: Control = {},
): Promise<LayerChannels> {
  const { model } = await stages.subject(settings);
  const node = weightedNode(model.graph, layer);
  const { scheme } = settings;
  if (!scheme) throw new Error(`${layer} has no grid in 32-bit float: choose a bitwidth.`);
  const asSettings = scheme.repairs?.includes('cle') ?? false;
  const even = equalized ?? asSettings;
  const kernel = namedArray((even ? equalizedOnce(model) : model).weights, `${layer}.kernel`);
  const made =
    even === asSettings
      ? lookUp((await stages.make(settings, control)).quantized?.weights ?? new Map(), layer, 'quantized weights')
      : roundedTo(model, node, kernel, scheme);
  const pairs = equalizablePairs(model.graph);
  return {
    settings,
    layer,
    equalized: even,
    canBeEqualized: pairs.some((pair) => pair.some(({ name }) => name === layer)),
    ...channelsOf(kernel, made),
  };
}

type Grids = Omit<QuantizedWeights, 'bias'>;

function roundedTo({ graph }: FloatModel, node: WeightedNode, kernel: NamedArray, scheme: QuantScheme): Grids {
  const rules = { ...scheme.weights, range: weightRangeOf(scheme, node) };
  return quantizeWeights(node, kernel, weightBitsOf(scheme, graph, node), rules);
}

function channelsOf(kernel: NamedArray, made: Grids) {
  const { bits, qmin, qmax, scale, zeroPoint } = made;
  const rounded = dequantizedKernel(made);
  const out = kernel.shape[kernel.shape.length - 1];
  const perChannel = Array.from({ length: out }, (_, c) => ({
    float: channelOf(kernel, c),
    rounded: channelOf(rounded, c),
  }));
  const extremes = perChannel.map(({ float }) => extremesOf(float));
  return {
    bits,
    qmin,
    qmax,
    lo: Float32Array.from(extremes, ([least]) => least),
    hi: Float32Array.from(extremes, ([, greatest]) => greatest),
    scale: Float32Array.from({ length: out }, (_, c) => scale[c % scale.length]),
    zeroPoint: Int32Array.from({ length: out }, (_, c) => zeroPoint[c % zeroPoint.length]),
    sqnr: Float64Array.from(perChannel, ({ float, rounded: near }) => sqnr(float, near)),
  };
}
