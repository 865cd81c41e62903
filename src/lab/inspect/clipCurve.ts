/** Clip or round: what every threshold costs one tensor at every bitwidth, and which threshold each range method chooses. */
import { lookUp } from '../../base/lookUp.ts';
import { namedArray } from '../../graph/arrays.ts';
import { affineParams, symmetricParams, type Range } from '../../quant/affine.ts';
import { splitError } from '../../quant/ranges/clip.ts';
import { statisticsOf, type Points, type Statistics } from '../../quant/ranges/observer.ts';
import { rangeOf } from '../../quant/ranges/ranges.ts';
import { qRange, quantizedAt } from '../../quant/schemes.ts';
import type { Grid } from '../../quant/ranges/grid.ts';
import { BITS, type Bits, type RangeMethod } from '../../quant/types.ts';
import { breathe } from '../../base/breathe.ts';
import { channelOf } from './channels.ts';
import type { Stages } from '../stages/stages.ts';
import { weightedNode } from './layers.ts';
import type { ClipCurve, ClipGrid, InspectCalls } from '../../contract/calls/inspect.ts';
import type { Control } from '../../contract/progress.ts';

/** Thresholds of the curve: 1/200, 2/200 .. 1 of the widest. */
export const CLIP_STEPS = 200;
const HISTOGRAM_BINS = 128;

/** The methods that are marked on the curve. */
const METHODS = [
  'minmax',
  'percentile99.9',
  'percentile99.99',
  'mse',
  'mse2',
  'octav',
  'kl',
] as const satisfies readonly RangeMethod[];

type Args = InspectCalls['clipCurve']['args'];
type Tensor = { readonly statistics: Statistics; readonly symmetric: boolean; readonly channels: number };

/**
 * Measured on what the range methods themselves see: up to 1024 values as they are, of more a histogram (of an
 * activation: over the calibration images).
 * @throws when the settings have no scheme, or there is no such tensor or channel; the signal's reason, between bitwidths
 */
export async function clipCurve(stages: Stages, args: Args, control: Control = {}): Promise<ClipCurve> {
  const { statistics, symmetric, channels } = await tensorOf(stages, args, control);
  const { points, count } = statistics;
  const { lo, hi } = widest(statistics, symmetric);
  const grids: ClipGrid[] = [];
  for (const bits of BITS) {
    await breathe();
    control.signal?.throwIfAborted();
    grids.push(gridOf(statistics, { lo, hi }, bits, symmetric));
    control.report?.({ stage: `Clipping ${args.layer}`, done: grids.length, total: BITS.length, unit: 'bitwidths' });
  }
  const power = weightedMean(points, (x) => x * x);
  return { ...args, channels, count, symmetric, lo, hi, power, histogram: histogramOf(points, lo, hi), grids };
}

async function tensorOf(stages: Stages, { settings, layer, of, channel }: Args, control: Control): Promise<Tensor> {
  const { model } = await stages.subject(settings);
  const { scheme } = settings;
  if (!scheme) throw new Error(`${layer} is not clipped in 32-bit float: choose a bitwidth.`);
  if (of === 'activation') {
    const { statistics } = await stages.calibrated(settings, control);
    return {
      statistics: lookUp(statistics, quantizedAt(model.graph, layer), 'activation that is quantized'),
      symmetric: false,
      channels: 0,
    };
  }
  weightedNode(model.graph, layer);
  const kernel = namedArray(model.weights, `${layer}.kernel`);
  const values = channel === null ? kernel.data : channelOf(kernel, channel);
  return {
    statistics: statisticsOf(values, `${layer}.kernel`),
    symmetric: scheme.weights.symmetric,
    channels: kernel.shape[kernel.shape.length - 1],
  };
}

function widest({ min, max }: Statistics, symmetric: boolean): Range {
  const magnitude = Math.max(-min, max);
  return symmetric ? { lo: -magnitude, hi: magnitude } : { lo: Math.min(min, 0), hi: Math.max(max, 0) };
}

function gridOf(statistics: Statistics, { lo, hi }: Range, bits: Bits, symmetric: boolean): ClipGrid {
  const grid: Grid = { ...qRange(bits, symmetric), symmetric };
  const params = (range: Range) =>
    (symmetric ? symmetricParams : affineParams)(range.lo, range.hi, grid.qmin, grid.qmax);
  const errors = Array.from({ length: CLIP_STEPS }, (_, i) => {
    const share = (i + 1) / CLIP_STEPS;
    return splitError(statistics.points, params({ lo: lo * share, hi: hi * share }));
  });
  return {
    bits,
    clipping: Float64Array.from(errors, ({ clipping }) => clipping),
    rounding: Float64Array.from(errors, ({ rounding }) => rounding),
    choices: METHODS.map((method) => {
      const range = rangeOf(method, statistics, grid);
      const own = params(range);
      return { method, ...range, share: own.scale / params({ lo, hi }).scale, ...splitError(statistics.points, own) };
    }),
  };
}

function weightedMean({ values, counts }: Points, of: (x: number) => number): number {
  let sum = 0;
  let total = 0;
  values.forEach((x, i) => {
    sum += counts[i] * of(x);
    total += counts[i];
  });
  return sum / total;
}

function histogramOf({ values, counts }: Points, lo: number, hi: number): Float64Array {
  const bins = new Float64Array(HISTOGRAM_BINS);
  values.forEach((x, i) => {
    // The centre of an outermost bin of the statistics can lie a little beyond the values it stands for.
    const bin = Math.floor(((x - lo) / (hi - lo || 1)) * HISTOGRAM_BINS);
    bins[Math.min(Math.max(bin, 0), HISTOGRAM_BINS - 1)] += counts[i];
  });
  return bins;
}
