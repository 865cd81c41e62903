/** What a training is told, and what it tells: plain data that the page and src/tensor both read. */
import type { Schedule } from './schedule.ts';
import type { Bits } from '../types.ts';

export type TrainingSettings = {
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  /** Random crop with 4 pixels of padding, and horizontal flip. */
  readonly augment: boolean;
  readonly peakRate: number;
  readonly schedule: Schedule;
  readonly momentum: number;
  readonly weightDecay: number;
  /** Probability mass taken from the true class and spread evenly; 0 for none. */
  readonly labelSmoothing: number;
  /** Nesterov's momentum; false by default. */
  readonly nesterov?: boolean;
  /** How much of the average over past steps' weights stays in each step (weightAverage.ts); none is kept by default. */
  readonly averageDecay?: number;
  /** Whether each half of a batch has batch statistics of its own (halves.ts); whoever trains sees to it. */
  readonly halves?: boolean;
  /** How many training images whoever trains keeps apart: a run that goes on must keep apart the same. */
  readonly heldOut?: number;
};

/** Means over the steps of one epoch, each measured on its training batch before the update. */
export type EpochMean = {
  readonly epoch: number;
  readonly steps: number;
  readonly loss: number;
  readonly accuracy: number;
};

export type QatSettings = TrainingSettings & {
  readonly trainImages: number;
  readonly validationImages: number;
  readonly optimizer: 'sgd' | 'adam';
  readonly weightRanges: 'learned' | 'minmax';
  readonly activationRanges: ActivationRanges;
  readonly freezeStatistics: number;
  readonly reestimateBatches: number;
  readonly distillation: number;
  readonly lowerBits: readonly Bits[];
};

/** Where the steps of the activations come from: the calibration, a moving average of min and max, or gradients (LSQ). */
export type ActivationRanges = 'fixed' | 'ema' | 'learned';

export type WeightSample = {
  /** In steps of the grid, zero point included: a boundary lies at each half. */
  readonly positions: Float32Array;
  /** clamp(rne(position), qmin, qmax): what the weights round to. */
  readonly codes: Int16Array;
  readonly qmin: number;
  readonly qmax: number;
};
