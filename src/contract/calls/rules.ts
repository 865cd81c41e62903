/** How each worker handles each kind of call: one complete table for each worker. A kind without a row does not compile. */
import type { Calls } from './calls.ts';
import type { DatasetCalls } from './data.ts';
import type { CallMap, KindOf, ProgressOf } from './messages.ts';

export type CallRule<C extends CallMap, K extends KindOf<C>> = {
  /**
   * 'all': it starts at once, and no other call waits for it. A list: it waits for its turn among the calls that have a
   * list, until those that still run are all of the kinds listed. An empty list: it runs alone among them.
   */
  readonly beside: 'all' | readonly KindOf<C>[];
  /** Whether the arrays of the result are made for the caller alone: then they are handed over instead of copied. */
  readonly handsOver: boolean;
  /** Which reports reach the caller: each one, or at most ten a second. */
  readonly progress: [ProgressOf<C, K>] extends [never] ? 'none' : 'each' | 'sampled';
};

export type CallRules<C extends CallMap> = { readonly [K in KindOf<C>]: CallRule<C, K> };

/**
 * Calls that compute wait for each other, so that none disturbs another's timing. A preview takes moments and a training
 * takes minutes: the training lets the preview in between two steps.
 */
export const LAB_RULES: CallRules<Calls> = {
  open: { beside: 'all', handsOver: false, progress: 'none' },
  images: { beside: 'all', handsOver: false, progress: 'none' },
  firstAnswers: { beside: [], handsOver: false, progress: 'each' },
  evaluate: { beside: [], handsOver: false, progress: 'each' },
  preview: { beside: ['train'], handsOver: false, progress: 'each' },
  score: { beside: [], handsOver: false, progress: 'each' },
  quantizedFile: { beside: 'all', handsOver: false, progress: 'none' },
  exportOnnx: { beside: [], handsOver: false, progress: 'each' },

  layers: { beside: 'all', handsOver: false, progress: 'each' },
  channels: { beside: 'all', handsOver: true, progress: 'each' },
  snap: { beside: 'all', handsOver: true, progress: 'each' },
  clipCurve: { beside: 'all', handsOver: true, progress: 'each' },
  featureMaps: { beside: 'all', handsOver: true, progress: 'each' },
  numberPath: { beside: 'all', handsOver: true, progress: 'each' },
  sensitivity: { beside: [], handsOver: false, progress: 'each' },

  trainingState: { beside: 'all', handsOver: false, progress: 'none' },
  train: { beside: [], handsOver: false, progress: 'each' },
  watchLayer: { beside: 'all', handsOver: false, progress: 'none' },
  endTraining: { beside: [], handsOver: false, progress: 'each' },

  absentLanes: { beside: 'all', handsOver: false, progress: 'none' },
  race: { beside: [], handsOver: false, progress: 'each' },
  classify: { beside: [], handsOver: false, progress: 'each' },

  gridCell: { beside: [], handsOver: false, progress: 'each' },
  gridRecords: { beside: 'all', handsOver: false, progress: 'none' },
  keepGridRecord: { beside: 'all', handsOver: false, progress: 'none' },
  forgetGridRecords: { beside: 'all', handsOver: false, progress: 'none' },
};

/** Nothing is timed here: all calls run beside each other. */
export const DATASET_RULES: CallRules<DatasetCalls> = {
  list: { beside: 'all', handsOver: false, progress: 'none' },
  describe: { beside: 'all', handsOver: false, progress: 'none' },
  import: { beside: 'all', handsOver: false, progress: 'sampled' },
  remove: { beside: 'all', handsOver: false, progress: 'none' },
  check: { beside: 'all', handsOver: false, progress: 'none' },
  weights: { beside: 'all', handsOver: false, progress: 'none' },
  normalize: { beside: 'all', handsOver: false, progress: 'none' },
  sheet: { beside: 'all', handsOver: false, progress: 'none' },
};
