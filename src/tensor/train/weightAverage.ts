/**
 * An exponential moving average of a model's weights, which is often better than the weights themselves while the rate
 * is still high (Polyak & Juditsky 1992; Tarvainen & Valpola 2017). Running statistics are averaged with the rest: they
 * are of the same steps.
 */
import * as tf from '@tensorflow/tfjs';
import type { NamedArray, Weights } from '../../graph/types.ts';

/** What stays of the average in a step (0, 1, ...): less at first, or random initial weights would weigh in for long. */
export const keptShare = (decay: number, step: number): number => Math.min(decay, (1 + step) / (10 + step));

export type WeightAverage = {
  /** Takes in the variables' values after a step (0, 1, ...). */
  update(step: number): void;
  state(): Promise<Map<string, NamedArray>>;
  dispose(): void;
};

/**
 * @param decay what stays of the average in each step, once it has settled
 * @param state an average to go on from; the variables' present values where it lacks one
 */
export function weightAverage(
  variables: ReadonlyMap<string, tf.LayerVariable>,
  decay: number,
  state?: Weights,
): WeightAverage {
  const averages = new Map<string, tf.Variable>();
  for (const [name, variable] of variables) {
    const from = state?.get(name);
    tf.tidy(() => {
      averages.set(name, tf.variable(from ? tf.tensor(from.data, [...from.shape]) : variable.read().clone(), false));
    });
  }
  return {
    update(step) {
      const share = 1 - keptShare(decay, step);
      tf.tidy(() => {
        for (const [name, average] of averages) {
          const value = variables.get(name)?.read();
          if (value) average.assign(average.add(value.sub(average).mul(share)));
        }
      });
    },
    async state() {
      const arrays = new Map<string, NamedArray>();
      for (const [name, average] of averages) {
        arrays.set(name, { shape: average.shape, data: (await average.data()) as Float32Array });
      }
      return arrays;
    },
    dispose() {
      for (const average of averages.values()) average.dispose();
    },
  };
}
