/** Words of Snap: a layer's weights over the grid of a bitwidth. */
import { plural } from '../../base/text/plural.ts';
export const snap = {
  weightsOf: (layer: string) => `the weights of ${layer}`,
  title: (layer: string, channel: number | null) =>
    `Weights of ${layer}${channel === null ? '' : `, channel ${channel}`}: how many, by w / s`,
  finding: (bits: string, count: string, values: number, shared: boolean, sqnr: string, clamped: string) =>
    `At ${bits} each of the ${plural(count, 'weight')} becomes one of ${shared ? 'its channel’s ' : ''}${values} values: ` +
    `SQNR ${sqnr} dB, ${clamped} of them clamped.`,
  /** A preset that gives this layer other bits than the control says. */
  keptAt: (preset: string, layer: string, bits: string) =>
    `In the network the ${preset} preset keeps ${layer} at ${bits}; here it is shown at the slider’s.`,
  /** Where the preset does not clip although that has the smaller error. */
  unclipped: (bits: string) =>
    `At ${bits} the modern preset keeps the full range of the weights, even where clipping a few would make the error smaller: what is clipped shrinks its filter, layer after layer, and rounding errors cancel out.`,
  seeClip: 'See what clipping would do',
  seeBill: 'Clip all the same, and see the accuracy',
  provenance: (model: string, preset: string, scales: string) =>
    `Weights of ${model} as loaded, rounded here to the nearest by the ${preset} preset; ${scales}`,
  oneScale: (scale: string) => `scale s = ${scale}`,
  manyScales: (least: string, greatest: string) => `a scale for each channel, s = ${least} to ${greatest}`,
  float32: '32-bit float weights, on a scale of their own',
  spikeAxis: 'Share of the weights at each level',
  quantized: 'quantized weights',
  clamped: 'beyond the grid: clamped',
  codeAxis: 'q',
  levelAxis: 'q − z',
  realAxis: 'w',
  columns: { code: 'Code', value: 'Value', weights: 'Weights', share: 'Share' },

  way: 'The way of one weight',
  pick: 'The weight, from the least to the greatest',
  pickHint: 'Click on the chart, or move this slider, to pick a weight.',
  steps: {
    weight: {
      name: 'w',
      note: (channel: number, index: string) => `a weight of channel ${channel}, number ${index} in the kernel`,
    },
    ratio: { name: 'w / s', note: (scale: string) => `s = ${scale}` },
    rounded: { name: 'round', note: 'to the nearest, ties to even' },
    shifted: { name: '+ z', note: (zeroPoint: string) => `z = ${zeroPoint}` },
    code: {
      name: 'clamp = q',
      note: (least: string, greatest: string, pattern: string, clamped: boolean) =>
        `${clamped ? 'clamped ' : ''}to ${least} … ${greatest}; stored as ${pattern}`,
    },
    back: { name: 's (q − z)', note: 'what the code stands for' },
    error: { name: 'error', note: 'what was lost on the way' },
  },
};
