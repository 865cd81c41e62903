/** Named arrays: how many elements a shape has, and finding one by name. */
import type { NamedArray, Weights } from './types.ts';

/** The number of elements of an array of this shape; a scalar's shape is []. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * The array of this name.
 * @throws Error naming it if the weights have no such array.
 */
export function namedArray(weights: Weights, name: string): NamedArray {
  const array = weights.get(name);
  if (array === undefined) throw new Error(`The weights have no array ${name}.`);
  return array;
}

/** @throws Error naming an array that holds what is no weight: a value that is not finite, a variance below zero */
export function requireUsable(name: string, data: Float32Array, isVariance: boolean): void {
  const broken = data.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0) throw new Error(`${name} holds ${data[broken]}, which is no weight.`);
  const negative = isVariance ? data.findIndex((value) => value < 0) : -1;
  if (negative >= 0)
    throw new Error(`${name} holds ${data[negative]}, and a variance cannot be below zero: the file is damaged.`);
}
