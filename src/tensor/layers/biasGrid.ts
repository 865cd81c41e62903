/** The int32 grid of a bias: a step of it is a step of the input times a step of the weights, as integers accumulate. */
import * as tf from '@tensorflow/tfjs';
import type { Quantizer } from './quantizer.ts';

/** Layers whose output lies on their input's grid. */
const KEEPS_GRID = new Set(['QuantMaxPooling2D', 'MaxPooling1D', 'MaxPooling2D', 'Flatten', 'Reshape']);

/** The grid that a layer's output lies on; null where it lies on none, or on none that is known. */
export function gridOf({ sourceLayer, inputs }: tf.SymbolicTensor): Quantizer | null {
  if (KEEPS_GRID.has(sourceLayer.getClassName())) return gridOf(inputs[0]);
  return 'outputQuantizer' in sourceLayer ? (sourceLayer.outputQuantizer as Quantizer | null) : null;
}

/** A value that no gradient passes through: what it is computed from is not on the tape. */
export const detached = <T extends tf.Tensor>(value: () => T): T =>
  tf.customGrad(() => ({ value: value(), gradFunc: () => [] }))() as T;

/**
 * What the int32 code of a bias stands for: rne(bias / step) * step. The gradient passes straight through.
 * @param bias [C]
 * @param step [C] or [1], above zero
 */
export function onBiasGrid(bias: tf.Tensor1D, step: tf.Tensor1D): tf.Tensor1D {
  const rounded = tf.customGrad((b) => ({
    value: (b as tf.Tensor).div(step).round().mul(step),
    gradFunc: (dy: tf.Tensor) => [dy],
  }));
  return rounded(bias) as tf.Tensor1D;
}
