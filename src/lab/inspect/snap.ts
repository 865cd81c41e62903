/** One layer's weights snapping to the grid of every bitwidth: all that a slider needs to redraw without the lab. */
import { namedArray } from '../../graph/arrays.ts';
import type { NamedArray } from '../../graph/types.ts';
import { dequantizeValue, quantizeValue } from '../../quant/affine.ts';
import { rne } from '../../base/rounding.ts';
import { PRESET_NAMES, schemeFor, weightRangeOf } from '../../quant/schemes.ts';
import { BITS, type AffineParams, type Bits, type QuantizedWeights, type QuantScheme } from '../../quant/types.ts';
import { quantizeWeights } from '../../quant/weights.ts';
import { breathe } from '../../base/breathe.ts';
import { extremesOf } from './channels.ts';
import type { Stages } from '../stages/stages.ts';
import { weightedNode } from './layers.ts';
import type { InspectCalls, Snap, SnapGrid } from '../../contract/calls/inspect.ts';
import type { Control } from '../../contract/progress.ts';

/** Weights whose whole way is told: enough for a slider from the least to the greatest. */
const WAYS = 257;
const MOST_BINS = 256;
const FEWEST_BINS = 24;

const f32 = Math.fround;

type Grids = Omit<QuantizedWeights, 'bias'>;

/** Which of a kernel's weights are looked at: from `first` on, every `stride`th. */
type Selection = { readonly first: number; readonly stride: number; readonly count: number };

/**
 * Rounds the layer to the nearest at 2 to 8 bits, by the settings' granularity, symmetry and range method. What the
 * network's own bias may ask of a nearly dead channel's scale is left out: it would need a calibration.
 * @throws when the settings have no scheme, or the layer no weights or no such channel; the signal's reason, between bitwidths
 */
export async function snap(
  stages: Pick<Stages, 'subject'>,
  { settings, layer, channel }: InspectCalls['snap']['args'],
  control: Control = {},
): Promise<Snap> {
  const { model } = await stages.subject(settings);
  const { scheme } = settings;
  if (!scheme) throw new Error(`${layer} has no grid in 32-bit float: choose a bitwidth.`);
  const node = weightedNode(model.graph, layer);
  const kernel = namedArray(model.weights, `${layer}.kernel`);
  const channels = kernel.shape[kernel.shape.length - 1];
  if (channel !== null && !(Number.isInteger(channel) && channel >= 0 && channel < channels)) {
    throw new RangeError(`${layer} has no output channel ${channel}: they are 0 to ${channels - 1}.`);
  }
  const chosen: Selection =
    channel === null
      ? { first: 0, stride: 1, count: kernel.data.length }
      : { first: channel, stride: channels, count: kernel.data.length / channels };
  const weights = someWeights(kernel.data, chosen);
  const grids: SnapGrid[] = [];
  for (const bits of BITS) {
    await breathe();
    control.signal?.throwIfAborted();
    const { weights: rules } = schemeAt(scheme, bits);
    const made = quantizeWeights(node, kernel, bits, {
      ...rules,
      range: weightRangeOf({ ...scheme, weights: rules }, node),
    });
    grids.push(gridOf(kernel, made, bits, chosen, weights.index));
    control.report?.({ stage: `Snapping ${layer}`, done: grids.length, total: BITS.length, unit: 'bitwidths' });
  }
  return { settings, layer, channel, channels, count: chosen.count, weights, grids };
}

/** A preset has its own range method at each bitwidth; any other scheme has one for all. */
function schemeAt(scheme: QuantScheme, bits: Bits): QuantScheme {
  const preset = PRESET_NAMES.find((name) => name === scheme.name);
  return preset ? schemeFor(preset, bits, scheme.activationBits) : scheme;
}

/** Values evenly spread over the sorted weights, ascending and each once, with the first place where each occurs. */
function someWeights(data: Float32Array, { first, stride, count }: Selection): Snap['weights'] {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = data[first + i * stride];
  const sorted = values.toSorted();
  const ways = Math.min(WAYS, count);
  const wanted = new Map<number, number>();
  for (let i = 0; i < ways; i++) wanted.set(sorted[Math.round((i * (count - 1)) / Math.max(ways - 1, 1))], -1);
  for (let i = count - 1; i >= 0; i--) if (wanted.has(values[i])) wanted.set(values[i], first + i * stride);
  return { value: Float32Array.from(wanted.keys()), index: Uint32Array.from(wanted.values()) };
}

/** Scale and zero point of the channel that the weight at `index` belongs to. */
function gridAt({ scale, zeroPoint, qmin, qmax }: Grids, index: number): AffineParams {
  const c = index % scale.length;
  return { scale: scale[c], zeroPoint: zeroPoint[c], qmin, qmax };
}

function gridOf(
  { data }: NamedArray,
  made: Grids,
  bits: Bits,
  { first, stride, count }: Selection,
  some: Uint32Array,
): SnapGrid {
  const { codes, scale, zeroPoint, qmin, qmax } = made;
  const groups = scale.length;
  const groupOf = (at: number): number => at % groups;
  const used = stride === 1 ? made : { scale: [scale[groupOf(first)]], zeroPoint: [zeroPoint[groupOf(first)]] };
  const [leastZero, greatestZero] = extremesOf(Float32Array.from(used.zeroPoint));
  const ratios = new Float32Array(count);
  const firstLevel = qmin - greatestZero;
  const spikes = new Uint32Array(qmax - leastZero - firstLevel + 1);
  let clipped = 0;
  let signal = 0;
  let noise = 0;
  for (let i = 0, at = first; i < count; i++, at += stride) {
    const group = at % groups;
    const ratio = f32(data[at] / scale[group]);
    const level = codes[at] - zeroPoint[group];
    ratios[i] = ratio;
    spikes[level - firstLevel]++;
    if (rne(ratio) !== level) clipped++;
    signal += data[at] * data[at];
    noise += (data[at] - f32(level * scale[group])) ** 2;
  }
  const [least, greatest] = extremesOf(ratios);
  const lo = Math.min(least, firstLevel) - 0.5;
  const hi = Math.max(greatest, firstLevel + spikes.length - 1) + 0.5;
  return {
    bits,
    qmin,
    qmax,
    lo,
    hi,
    spikes,
    clipped,
    first: firstLevel,
    float: counted(ratios, lo, hi),
    sqnr: noise === 0 ? Infinity : 10 * Math.log10(signal / noise),
    scales: extremesOf(Float32Array.from(used.scale)),
    ways: waysOf(data, made, some),
  };
}

function counted(ratios: Float32Array, lo: number, hi: number): Uint32Array {
  const bins = new Uint32Array(Math.min(MOST_BINS, Math.max(FEWEST_BINS, Math.round(2 * Math.sqrt(ratios.length)))));
  const perBin = bins.length / (hi - lo);
  for (const ratio of ratios) bins[Math.min(Math.floor((ratio - lo) * perBin), bins.length - 1)]++;
  return bins;
}

function waysOf(data: Float32Array, made: Grids, some: Uint32Array): SnapGrid['ways'] {
  const grids = Array.from(some, (index) => gridAt(made, index));
  const ratio = Float32Array.from(some, (index, i) => data[index] / grids[i].scale);
  const code = Int32Array.from(some, (index, i) => quantizeValue(data[index], grids[i]));
  return {
    scale: Float32Array.from(grids, ({ scale }) => scale),
    zeroPoint: Int32Array.from(grids, ({ zeroPoint }) => zeroPoint),
    ratio,
    rounded: ratio.map(rne),
    code,
    back: Float32Array.from(code, (q, i) => dequantizeValue(q, grids[i])),
  };
}
