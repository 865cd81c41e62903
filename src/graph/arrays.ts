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
