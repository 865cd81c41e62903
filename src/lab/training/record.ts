/** What a run has measured so far, and how it lies in a checkpoint. */
import { namedArray } from '../../graph/arrays.ts';
import type { NamedArray, Weights } from '../../graph/types.ts';
import { prefixed, taken } from '../../tensor/train/checkpoint.ts';
import type { Validation } from '../../contract/trainingReport.ts';

export type Best = Validation & { readonly weights: Weights };

export type TrainingRecord = {
  readonly losses: number[];
  readonly accuracies: number[];
  readonly validations: Validation[];
  best: Best | null;
  /** The weights are the run's result: nothing is trained any more. */
  ended: boolean;
};

export const emptyRecord = (): TrainingRecord => ({
  losses: [],
  accuracies: [],
  validations: [],
  best: null,
  ended: false,
});

const BEST = 'best/';
const FIELDS = ['step', 'top1', 'loss'] as const;

const row = (values: readonly number[]): NamedArray => ({ shape: [values.length], data: Float32Array.from(values) });

/** As a checkpoint's extras. */
export function recordArrays({ losses, accuracies, validations, best, ended }: TrainingRecord): Weights {
  return new Map([
    ['ended', row([Number(ended)])],
    ['losses', row(losses)],
    ['accuracies', row(accuracies)],
    ...FIELDS.map((field) => [`validation/${field}`, row(validations.map((validation) => validation[field]))] as const),
    ...(best ? [['best', row(FIELDS.map((field) => best[field]))] as const, ...prefixed(BEST, best.weights)] : []),
  ]);
}

/** @throws naming the array that is missing */
export function readRecord(extras: Weights): TrainingRecord {
  const values = (name: string): number[] => Array.from(namedArray(extras, name).data);
  const [steps, top1, loss] = FIELDS.map((field) => values(`validation/${field}`));
  const at = extras.has('best') ? values('best') : null;
  return {
    losses: values('losses'),
    accuracies: values('accuracies'),
    validations: steps.map((step, i) => ({ step, top1: top1[i], loss: loss[i] })),
    ended: values('ended')[0] === 1,
    best: at && { step: at[0], top1: at[1], loss: at[2], weights: taken(BEST, extras) },
  };
}
