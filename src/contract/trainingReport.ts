/** What each step of a training reports. */
import type { EpochMean, WeightSample } from '../quant/training/types.ts';

/** Top-1 and cross-entropy (nats) on the images kept apart, after this many steps; 0: as it was only rounded. */
export type Validation = { readonly step: number; readonly top1: number; readonly loss: number };

/** Whether `next` stands instead of `best`: it knows more of the images kept apart; of two that know as many, at less loss. */
export const isBetter = (next: Validation, best: Validation | null): boolean =>
  best === null || next.top1 > best.top1 || (next.top1 === best.top1 && next.loss < best.loss);

/** One step: measured on the step's own batch, before its update; on a GPU the mean over the steps since the last report. */
export type TrainingReport = {
  /** 1 after the first step. */
  readonly step: number;
  /** 0 in the first epoch. */
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly rate: number;
  /** Where this step ended an epoch, and images are kept apart; the first step also brings that of step 0. */
  readonly validations?: readonly Validation[];
  /** Weights of the layer that is watched, after the update. */
  readonly sample?: WeightSample & { readonly layer: string };
  /** The means of each epoch so far. */
  readonly curve?: readonly EpochMean[];
};
