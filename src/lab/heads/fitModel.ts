/** Fitting a model to a dataset: its input takes the dataset's size, its classifier the dataset's classes. */
import { plural } from '../../base/text/plural.ts';
import { CIFAR10_CLASSES } from '../../data/formats/cifarBinary.ts';
import { imagenetLogits } from '../../data/imagenette.ts';
import { inLabelOrder, inWords } from '../../data/import/folder.ts';
import type { Dataset } from '../../data/types.ts';
import { withInputSize, withLogits } from '../../graph/adapt.ts';
import type { FloatModel } from '../../graph/types.ts';
import { LabError } from '../../contract/errors.ts';

const IMAGENET_CLASSES = 1000;

/** A file without class names gives its model these (src/weights/model.ts). */
const isUnnamed = (classes: readonly string[]): boolean => classes.every((name, i) => name === `class ${i}`);

const plain = (name: string): string => inWords(name).toLowerCase().replaceAll('_', ' ');

/** Each class's place in the order that networks number these classes in: of Imagenette's that of the synsets. */
function unnamedLogits(wanted: readonly string[]): readonly number[] {
  const inOrder = isPublished(wanted) ? inLabelOrder(wanted) : wanted;
  return wanted.map((name) => inOrder.indexOf(name));
}

const isPublished = (classes: readonly string[]): boolean => imagenetLogits(classes) !== null;

/**
 * What the logits of a file without class names were taken for; null where they are named, or their order is known.
 * @returns a sentence for whoever measures
 */
export function assumedOrder(known: readonly string[], wanted: readonly string[]): string | null {
  const published = isPublished(wanted) || wanted.join() === CIFAR10_CLASSES.join();
  if (!isUnnamed(known) || known.length !== wanted.length || published) return null;
  return `The network's file names no classes: its ${known.length} outputs were taken for ${wanted.join(', ')}, in this order. If it was trained in another order, every number here is wrong.`;
}

/**
 * Which of a model's logits score a dataset's classes: those of the same names; of an ImageNet network those of
 * Imagenette's classes; of a file that names none, as many as there are, in the order that is known of them (Imagenette's
 * is that of the synsets), else in the dataset's.
 * @returns null when the model does not know them
 */
export function logitsFor(known: readonly string[], wanted: readonly string[]): readonly number[] | null {
  const names = known.map(plain);
  const byName = wanted.map((name) => names.indexOf(plain(name)));
  if (byName.every((logit) => logit >= 0)) return byName;
  if (known.length === IMAGENET_CLASSES) return imagenetLogits(wanted);
  return isUnnamed(known) && known.length === wanted.length ? unnamedLogits(wanted) : null;
}

const SHOWN_CLASSES = 3;

const listed = (names: readonly string[]): string =>
  names.length > SHOWN_CLASSES ? `${names.slice(0, SHOWN_CLASSES).join(', ')}, …` : names.join(', ');

/** The model at the dataset's image size; its classes are its own. @throws when an image becomes too small on its way */
export const atSizeOf = (model: FloatModel, { test }: Dataset): FloatModel =>
  withInputSize(model, [test.height, test.width]);

/**
 * The model as it scores the dataset's images among the dataset's classes, without any training. Batch norms may be
 * folded or not.
 * @throws when the model does not know the classes: it must be fine-tuned first
 */
export function fitModel(model: FloatModel, dataset: Dataset): FloatModel {
  const { classes } = dataset.test;
  const logits = logitsFor(model.classes, classes);
  if (!logits) {
    throw new LabError(
      'unknownClasses',
      `${model.graph.name} does not know the classes of ${dataset.name} (${listed(classes)}): it was trained on ${plural(model.classes.length, 'other')}. ` +
        'Choose images that it knows, or fine-tune it, which gives it a classifier for these.',
    );
  }
  return withLogits(atSizeOf(model, dataset), logits, classes);
}
