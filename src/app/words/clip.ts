/** Words of Clip or round?: what a clipping threshold costs. */
import { plural } from '../../base/text/plural.ts';
import { rangeMarks } from './rangeMethods.ts';

export const clip = {
  of: 'What is clipped',
  weights: 'its weights',
  activation: 'its activation',
  tensorOf: (of: 'weights' | 'activation', layer: string) =>
    of === 'weights' ? `the weights of ${layer}` : `the activation of ${layer}`,
  title: (tensor: string, channel: number | null) =>
    `Squared error of ${tensor}${channel === null ? '' : `, channel ${channel}`}, as a share of the signal, by clipping threshold`,
  finding: (bits: string, tensor: string, threshold: string, ofLargest: string, times: string) =>
    `At ${bits} clipping ${tensor} at ${threshold}, ${ofLargest} of the largest, costs least: ${times} less error than min/max.`,
  findingHardly: (bits: string, tensor: string, threshold: string, ofLargest: string, more: string) =>
    `At ${bits} clipping ${tensor} at ${threshold}, ${ofLargest} of the largest, costs least, but little is won: min/max has ${more} more error.`,
  findingWhole: (bits: string, tensor: string) =>
    `At ${bits} nothing is won by clipping ${tensor}: min/max is as good as any threshold.`,
  provenance: (model: string, preset: string, count: string, calibrated: string) =>
    `${plural(count, 'value')} of ${model}, ${preset} preset${calibrated}; measured here`,
  calibrated: (images: string) => `, over ${plural(images, 'training image')}`,
  threshold: 'Clipping threshold',
  thresholdValue: (threshold: string, sum: string) => `${threshold}, error ${sum}`,
  yours: (threshold: string, clipping: string, rounding: string, sum: string, times: string) =>
    `At ${threshold}: clipping ${clipping} + rounding ${rounding} = ${sum} of the signal, ${times} the least.`,
  clipping: 'clipping error',
  rounding: 'rounding error',
  sum: 'their sum',
  values: 'the values',
  axis: 'threshold',
  choices: 'Thresholds that methods choose',
  choose: (method: string, threshold: string) => `${method}: ${threshold}`,
  methods: rangeMarks,
  columns: {
    method: 'Method',
    low: 'Low',
    high: 'High',
    clipping: 'Clipping error',
    rounding: 'Rounding error',
    sum: 'Sum',
    ofSignal: 'Of the signal',
  },
};
