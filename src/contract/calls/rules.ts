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
  /**
   * Whether it lets every call go first that does not: nobody waits at the control for it. It stands aside between two
   * pieces of its work, and goes on where it was.
   */
  readonly standsAside: boolean;
  /**
   * Somebody waits for it, but for minutes: between two pieces of its work it lets calls go first that take moments, and goes
   * before those that stand aside.
   */
  readonly inTurns?: boolean;
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
  open: { beside: 'all', standsAside: false, handsOver: false, progress: 'none' },
  images: { beside: 'all', standsAside: false, handsOver: false, progress: 'none' },
  firstAnswers: { beside: [], standsAside: false, handsOver: false, progress: 'each' },
  evaluate: { beside: [], standsAside: true, handsOver: false, progress: 'each' },
  preview: { beside: ['train'], standsAside: false, handsOver: false, progress: 'each' },
  // Its runs take a millisecond each: a word after each would disturb them, and crowd the page.
  score: { beside: [], standsAside: true, handsOver: false, progress: 'sampled' },
  quantizedFile: { beside: 'all', standsAside: false, handsOver: false, progress: 'none' },
  exportOnnx: { beside: [], standsAside: false, handsOver: false, progress: 'each' },
  exportTfjs: { beside: [], standsAside: false, handsOver: false, progress: 'each' },

  layers: { beside: 'all', standsAside: false, handsOver: false, progress: 'each' },
  channels: { beside: 'all', standsAside: false, handsOver: true, progress: 'each' },
  snap: { beside: 'all', standsAside: false, handsOver: true, progress: 'each' },
  clipCurve: { beside: 'all', standsAside: false, handsOver: true, progress: 'each' },
  featureMaps: { beside: 'all', standsAside: false, handsOver: true, progress: 'each' },
  numberPath: { beside: 'all', standsAside: false, handsOver: true, progress: 'each' },
  sensitivity: { beside: [], standsAside: false, handsOver: false, progress: 'each' },

  trainingState: { beside: 'all', standsAside: false, handsOver: false, progress: 'none' },
  train: { beside: [], standsAside: false, inTurns: true, handsOver: false, progress: 'each' },
  learnHead: { beside: [], standsAside: false, handsOver: false, progress: 'each' },
  learnClasses: { beside: [], standsAside: false, handsOver: false, progress: 'each' },
  ownClasses: { beside: 'all', standsAside: false, handsOver: false, progress: 'none' },
  keepClasses: { beside: 'all', standsAside: false, handsOver: false, progress: 'none' },
  watchLayer: { beside: 'all', standsAside: false, handsOver: false, progress: 'none' },
  endTraining: { beside: [], standsAside: false, handsOver: false, progress: 'each' },

  absentLanes: { beside: 'all', standsAside: false, handsOver: false, progress: 'none' },
  race: { beside: [], standsAside: false, handsOver: false, progress: 'each' },
  classify: { beside: [], standsAside: false, handsOver: false, progress: 'each' },

  gridCell: { beside: [], standsAside: true, handsOver: false, progress: 'each' },
  gridRecords: { beside: 'all', standsAside: false, handsOver: false, progress: 'none' },
  keepGridRecord: { beside: 'all', standsAside: false, handsOver: false, progress: 'none' },
  forgetGridRecords: { beside: 'all', standsAside: false, handsOver: false, progress: 'none' },
};

/** Nothing is timed here: all calls run beside each other. */
export const DATASET_RULES: CallRules<DatasetCalls> = {
  list: { beside: 'all', standsAside: false, handsOver: false, progress: 'none' },
  describe: { beside: 'all', standsAside: false, handsOver: false, progress: 'none' },
  import: { beside: 'all', standsAside: false, handsOver: false, progress: 'sampled' },
  remove: { beside: 'all', standsAside: false, handsOver: false, progress: 'none' },
  check: { beside: 'all', standsAside: false, handsOver: false, progress: 'none' },
  weights: { beside: 'all', standsAside: false, handsOver: false, progress: 'none' },
  normalize: { beside: 'all', standsAside: false, handsOver: false, progress: 'none' },
  importClasses: { beside: 'all', standsAside: false, handsOver: false, progress: 'none' },
  ownPhotos: { beside: 'all', standsAside: false, handsOver: false, progress: 'none' },
  unzip: { beside: 'all', standsAside: false, handsOver: false, progress: 'none' },
  sheet: { beside: 'all', standsAside: false, handsOver: false, progress: 'none' },
};
