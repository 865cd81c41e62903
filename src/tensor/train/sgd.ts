/** Stochastic gradient descent with momentum and L2 decay, in PyTorch's form; its velocities are data, for checkpoints. */
import * as tf from '@tensorflow/tfjs';
import { lookUp } from '../../base/lookUp.ts';
import type { NamedArray, Weights } from '../../graph/types.ts';

export type SgdSettings = {
  readonly momentum: number;
  readonly weightDecay: number;
  /** Steps along the velocity that the next step would have if the gradient stayed; false by default. */
  readonly nesterov?: boolean;
  /** What the rate is multiplied by for a variable: 0 leaves it as it is. 1 for all by default. */
  readonly rateFactor?: (name: string) => number;
};

/** Any optimizer whose state is data, for checkpoints. */
export type Optimizer = {
  /** Changes each variable that has a gradient. Disposes of nothing it was given. */
  step(gradients: ReadonlyMap<string, tf.Tensor>, rate: number): void;
  state(): Promise<Map<string, NamedArray>>;
  dispose(): void;
};

/** What a step does to one variable; `decay` and `rate` are its own. */
export type SgdUpdate = {
  readonly momentum: number;
  readonly decay: number;
  readonly rate: number;
  readonly nesterov: boolean;
};

type Updated = { readonly weight: tf.Tensor; readonly velocity: tf.Tensor };
export type SgdRule = (weight: tf.Tensor, velocity: tf.Tensor, gradient: tf.Tensor, update: SgdUpdate) => Updated;

/** tfjs's own ops: right on every backend, four to six for a variable. */
export const composedSgd: SgdRule = (weight, velocity, gradient, { momentum, decay, rate, nesterov }) => {
  const pull = decay > 0 ? gradient.add(weight.mul(decay)) : gradient;
  const next = velocity.mul(momentum).add(pull);
  const direction = nesterov ? next.mul(momentum).add(pull) : next;
  return { weight: weight.sub(direction.mul(rate)), velocity: next };
};

/** Backends with a kernel of their own; the others compose. */
export const sgdRules = new Map<string, SgdRule>();

/** p = g + decay w;  v = momentum v + p;  w -= rate v, or with Nesterov's look ahead w -= rate (momentum v + p). */
export type Sgd = Optimizer;

/** Decay is for kernels only: biases and batch norm's gamma and beta are left alone. */
export const decays = (name: string): boolean => name.endsWith('.kernel');

/**
 * @param variables the trainable variables by name
 * @param state velocities to go on from; zeros for those it lacks
 */
export function sgd(variables: ReadonlyMap<string, tf.LayerVariable>, settings: SgdSettings, state?: Weights): Sgd {
  const velocities = new Map<string, tf.Variable>();
  for (const [name, variable] of variables) {
    const from = state?.get(name);
    tf.tidy(() => {
      const start = from ? tf.tensor(from.data, [...from.shape]) : tf.zerosLike(variable.read());
      velocities.set(name, tf.variable(start, false));
    });
  }
  return {
    step(gradients, rate) {
      const rule = sgdRules.get(tf.getBackend()) ?? composedSgd;
      const { momentum, weightDecay, nesterov = false } = settings;
      tf.tidy(() => {
        for (const [name, gradient] of gradients) {
          const factor = settings.rateFactor?.(name) ?? 1;
          if (factor === 0) continue;
          const variable = lookUp(variables, name, 'variable');
          const velocity = lookUp(velocities, name, 'velocity');
          const decay = decays(name) ? weightDecay : 0;
          const next = rule(variable.read(), velocity, gradient, { momentum, decay, rate: rate * factor, nesterov });
          velocity.assign(next.velocity);
          variable.write(next.weight);
        }
      });
    },
    async state() {
      const arrays = new Map<string, NamedArray>();
      for (const [name, velocity] of velocities) {
        arrays.set(name, { shape: velocity.shape, data: (await velocity.data()) as Float32Array });
      }
      return arrays;
    },
    dispose() {
      for (const velocity of velocities.values()) velocity.dispose();
    },
  };
}
