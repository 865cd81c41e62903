/** A training of eight steps that has not begun. */
import type { RunSettings } from '../../contract/run.ts';
import type { TrainingState } from '../../contract/calls/training.ts';

export const freshTraining = (settings: RunSettings): TrainingState => ({
  settings,
  step: 0,
  steps: 8,
  stepsPerEpoch: 2,
  losses: new Float32Array(0),
  accuracies: new Float32Array(0),
  validations: [],
  best: null,
  savedStep: 0,
  problem: null,
  finished: false,
});
