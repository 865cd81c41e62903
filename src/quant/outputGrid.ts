/** The codes that a layer may write: those of its tensor's grid that its activation lets through. */
import type { Activation } from '../graph/types.ts';
import { quantizeValue } from './affine.ts';
import type { ActivationParams } from './types.ts';

/**
 * The grid with its greatest code lowered to that of the activation's bound. Rounding keeps order, so clamping a code
 * there is rounding the clamped number: quantize(min(x, max)) = min(quantize(x), quantize(max)).
 *
 * @param grid the tensor's
 * @throws Error naming the layer whose grid has codes below zero behind a ReLU
 */
export function outputGrid(name: string, grid: ActivationParams, activation: Activation | null): ActivationParams {
  if (!activation) return grid;
  if (grid.zeroPoint !== grid.qmin)
    throw new Error(`${name}: after a ReLU the zero point must be ${grid.qmin}, not ${grid.zeroPoint}.`);
  return activation.max === null ? grid : { ...grid, qmax: quantizeValue(Math.fround(activation.max), grid) };
}
