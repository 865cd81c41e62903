/** A step of SGD on WebGPU, one launch a variable: composed it is four to six, which were half of all launches of a training step. */
import type { SgdRule } from '../train/sgd.ts';
import { overAll, THREADS, walkers } from './elementwise.ts';
import { run, tensorsOf, type Shader } from './run.ts';

const update: Shader = {
  name: 'sgd',
  inputs: ['weight', 'velocity', 'gradient'],
  outputs: ['newWeight', 'newVelocity'],
  uniforms: { size: 'i32', nesterov: 'i32', momentum: 'f32', decay: 'f32', rate: 'f32' },
  workgroup: [THREADS, 1, 1],
  body: overAll(`
    let pull = gradient[i] + u.decay * weight[i];
    let next = u.momentum * velocity[i] + pull;
    newVelocity[i] = next;
    newWeight[i] = weight[i] - u.rate * select(next, u.momentum * next + pull, u.nesterov == 1);`),
};

/** See sgd.ts for the formula. */
export const webgpuSgd: SgdRule = (weight, velocity, gradient, { momentum, decay, rate, nesterov }) => {
  const made = run(update, {
    inputs: [weight, velocity, gradient],
    outputs: [weight.shape, weight.shape],
    uniforms: [weight.size, Number(nesterov), momentum, decay, rate],
    dispatch: [walkers(weight.size), 1, 1],
  });
  const [newWeight, newVelocity] = tensorsOf(made);
  return { weight: newWeight, velocity: newVelocity };
};
