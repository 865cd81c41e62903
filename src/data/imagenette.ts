/** Imagenette: ten classes of ImageNet that are easy to tell apart (https://github.com/fastai/imagenette). */

export type ImagenetteClass = {
  /** WordNet's id, the name of the class's folder in the archives. */
  readonly synset: string;
  readonly name: string;
  /** Place among the 1000 logits of a network trained on ImageNet. */
  readonly imagenetIndex: number;
};

/** In the order of the synsets, which is that of the labels in every copy of Imagenette. */
export const IMAGENETTE_CLASSES: readonly ImagenetteClass[] = Object.freeze([
  { synset: 'n01440764', name: 'tench', imagenetIndex: 0 },
  { synset: 'n02102040', name: 'English springer', imagenetIndex: 217 },
  { synset: 'n02979186', name: 'cassette player', imagenetIndex: 482 },
  { synset: 'n03000684', name: 'chain saw', imagenetIndex: 491 },
  { synset: 'n03028079', name: 'church', imagenetIndex: 497 },
  { synset: 'n03394916', name: 'French horn', imagenetIndex: 566 },
  { synset: 'n03417042', name: 'garbage truck', imagenetIndex: 569 },
  { synset: 'n03425413', name: 'gas pump', imagenetIndex: 571 },
  { synset: 'n03445777', name: 'golf ball', imagenetIndex: 574 },
  { synset: 'n03888257', name: 'parachute', imagenetIndex: 701 },
]);

/**
 * Which of ImageNet's 1000 logits score these classes, so that a network trained on ImageNet can be judged on them
 * untrained: by the argmax over these ten.
 * @param classes names or synsets
 * @returns one index for each class, or null when one of them is none of Imagenette's
 */
export function imagenetLogits(classes: readonly string[]): readonly number[] | null {
  const found = classes.map((name) => IMAGENETTE_CLASSES.find((known) => known.name === name || known.synset === name));
  return found.every((known) => known !== undefined) ? found.map(({ imagenetIndex }) => imagenetIndex) : null;
}
