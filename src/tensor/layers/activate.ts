/** What stands behind a layer, in tensors. */
import type * as tf from '@tensorflow/tfjs';
import type { Activation } from '../../graph/types.ts';

/** The activation of values that no kernel has put through it. */
export const activate = <T extends tf.Tensor>(x: T, activation: Activation | null): T =>
  activation ? capped(x.relu(), activation) : x;

/** What is left to do of an activation where a kernel has done its ReLU: its upper bound. */
export const capped = <T extends tf.Tensor>(x: T, activation: Activation | null): T =>
  activation === null || activation.max === null ? x : x.minimum(activation.max);
