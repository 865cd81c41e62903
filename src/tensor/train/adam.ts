/** Adam with decoupled weight decay (Kingma & Ba 2015; Loshchilov & Hutter 2019); its moments are data, for checkpoints. */
import * as tf from '@tensorflow/tfjs';
import { lookUp } from '../../base/lookUp.ts';
import type { NamedArray, Weights } from '../../graph/types.ts';
import { decays, type Optimizer } from './sgd.ts';

export type AdamSettings = {
  readonly weightDecay: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
};

const STEP = 'step';

type Moments = { readonly mean: tf.Variable; readonly square: tf.Variable };

/**
 * m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;  w -= rate (m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps) + decay w)
 * @param state what `state()` gave, to go on from
 */
export function adam(
  variables: ReadonlyMap<string, tf.LayerVariable>,
  { weightDecay, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamSettings,
  state?: Weights,
): Optimizer {
  let count = state?.get(STEP)?.data[0] ?? 0;
  const start = (key: string, variable: tf.LayerVariable): tf.Variable =>
    tf.tidy(() => {
      const from = state?.get(key);
      return tf.variable(from ? tf.tensor(from.data, [...from.shape]) : tf.zerosLike(variable.read()), false);
    });
  const moments = new Map<string, Moments>();
  for (const [name, variable] of variables) {
    moments.set(name, { mean: start(`${name}/mean`, variable), square: start(`${name}/square`, variable) });
  }
  return {
    step(gradients, rate) {
      count++;
      const [bias1, bias2] = [1 - beta1 ** count, 1 - beta2 ** count];
      tf.tidy(() => {
        for (const [name, gradient] of gradients) {
          const { mean, square } = lookUp(moments, name, 'moments');
          const variable = lookUp(variables, name, 'variable');
          mean.assign(mean.mul(beta1).add(gradient.mul(1 - beta1)));
          square.assign(square.mul(beta2).add(gradient.square().mul(1 - beta2)));
          const weight = variable.read();
          const move = mean.div(bias1).div(square.div(bias2).sqrt().add(epsilon));
          const pull = decays(name) && weightDecay > 0 ? move.add(weight.mul(weightDecay)) : move;
          variable.write(weight.sub(pull.mul(rate)));
        }
      });
    },
    async state() {
      const arrays = new Map<string, NamedArray>([[STEP, { shape: [1], data: Float32Array.of(count) }]]);
      for (const [name, { mean, square }] of moments) {
        arrays.set(`${name}/mean`, { shape: mean.shape, data: (await mean.data()) as Float32Array });
        arrays.set(`${name}/square`, { shape: square.shape, data: (await square.data()) as Float32Array });
      }
      return arrays;
    },
    dispose() {
      for (const { mean, square } of moments.values()) tf.dispose([mean, square]);
    },
  };
}
