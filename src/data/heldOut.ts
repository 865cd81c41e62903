/** Training images kept apart, to choose a recipe on: never the test set. */
import { plural } from '../base/text/plural.ts';
import { subset } from './imageSet.ts';
import { balancedIndices, randomFor, STREAM } from '../base/shuffle.ts';
import type { ImageSet } from './types.ts';

/** What is learned from, in the set's order, and what is kept apart: drawn with a seed, as many of each class. */
export type Split = { readonly train: ImageSet; readonly heldOut: ImageSet };

/** @throws RangeError when the classes cannot give equal parts of `count` */
export function splitHeldOut(set: ImageSet, count: number, seed: number): Split {
  const perClass = count / set.classes.length;
  const chosen = balancedIndices(set.labels, set.classes.length, Math.floor(perClass), randomFor(STREAM.split, seed));
  if (count <= 0 || chosen.length !== count || count >= set.count) {
    throw new RangeError(
      `${plural(count, 'image')} cannot be kept apart, as many of each of ${plural(set.classes.length, 'class', 'classes')}, from ${set.count}.`,
    );
  }
  const apart = new Set(chosen);
  const rest = Array.from({ length: set.count }, (_, i) => i).filter((i) => !apart.has(i));
  return { train: subset(set, rest), heldOut: subset(set, chosen) };
}
