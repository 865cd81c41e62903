/** What a run has measured so far, and how it lies in a checkpoint. */
import { namedArray } from '../../graph/arrays.ts';
import type { NamedArray, Weights } from '../../graph/types.ts';
import { prefixed, taken } from '../../tensor/checkpoint.ts';
import type { Validation } from '../trainingProtocol.ts';

export type Best = Validation & { readonly weights: Weights };

export type TrainingRecord = {
  readonly losses: number[];
  readonly accuracies: number[];
  readonly validations: Validation[];
  best: Best | null;
  /** The weights are the run's result: nothing is trained any more. */
  ended: boolean;
};

export const emptyRecord = (): TrainingRecord => ({ losses: [], accuracies: [], validations: [], best: null, ended: false });

const BEST = 'best/';

const row = (values: readonly number[]): NamedArray => ({ shape: [values.length], data: Float32Array.from(values) });

/** As a checkpoint's extras. */
export function recordArrays({ losses, accuracies, validations, best, ended }: TrainingRecord): Weights {
  return new Map([
    ['ended', row([Number(ended)])], ['losses', row(losses)], ['accuracies', row(accuracies)],
    ['validationSteps', row(validations.map(({ step }) => step))], ['validationTop1', row(validations.map(({ top1 }) => top1))],
    ...(best ? [['bestAt', row([best.step, best.top1])] as const, ...prefixed(BEST, best.weights)] : []),
  ]);
}

/** @throws naming the array that is missing */
export function readRecord(extras: Weights): TrainingRecord {
  const values = (name: string): number[] => Array.from(namedArray(extras, name).data);
  const top1 = values('validationTop1');
  const at = extras.has('bestAt') ? values('bestAt') : null;
  return {
    losses: values('losses'), accuracies: values('accuracies'),
    validations: values('validationSteps').map((step, i) => ({ step, top1: top1[i] })),
    ended: values('ended')[0] === 1,
    best: at && { step: at[0], top1: at[1], weights: taken(BEST, extras) },
  };
}
