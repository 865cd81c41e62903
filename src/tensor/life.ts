/** Every kernel that TensorFlow.js runs is a sign of life: one evaluation or training step is many of them. */
import * as tf from '@tensorflow/tfjs';
import { alive } from '../base/work/life.ts';

let isHooked = false;

/** Once for each worker; operations and gradients alike go through the engine's `runKernel`. */
export function beatWithKernels(): void {
  if (isHooked) return;
  isHooked = true;
  const engine = tf.engine();
  const runKernel = engine.runKernel.bind(engine);
  engine.runKernel = (...args) => {
    alive();
    return runKernel(...args);
  };
}
