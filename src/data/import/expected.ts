/** What an import must have brought before it counts as complete. */
import { plural } from '../../base/text/plural.ts';
import type { ClassCounts, ImageManifest } from '../store/imageStore.ts';
import type { SplitName } from './folder.ts';

/** What is known of a published set; what is left out is not known. */
export type Expected = {
  readonly images?: Readonly<Record<SplitName, number>>;
  /** Every class has as many images. */
  readonly balanced?: boolean;
  /** In the order of the labels. */
  readonly classes?: readonly string[];
  /** Digest of each split's images, see content.ts. */
  readonly content?: Readonly<Record<SplitName, string>>;
};

const CLASS_LIMIT = 1000;

function checkCounts(name: string, counts: ClassCounts, leftOut: string): void {
  for (const split of ['train', 'test'] as const) {
    if (counts[split].every((count) => count === 0)) {
      throw new Error(
        `${name} has no ${split === 'test' ? 'test' : 'training'} images. Add some, or folders named train and test, and import again.${leftOut}`,
      );
    }
  }
}

/** @throws naming what is not as it must be, and `leftOut` of what was left out on the way */
export function checkExpected(manifest: ImageManifest, expected: Expected, leftOut = ''): void {
  const { name, classes, counts, images, content } = manifest;
  if (images.train + images.test === 0)
    throw new Error(
      `${name} holds no JPEG or PNG images in folders. Put the images of each class into a folder of its own.`,
    );
  if (classes.length < 2 || classes.length > CLASS_LIMIT)
    throw new Error(
      `${name} has ${plural(classes.length, 'class', 'classes')}; a set needs 2 to ${CLASS_LIMIT}, each in a folder of its own. Put the pictures of the others beside them and import again.`,
    );
  if (expected.classes && expected.classes.join() !== classes.join())
    throw new Error(
      `${name} should have the classes ${expected.classes.join(', ')}, but it has ${classes.join(', ')}. Nothing was kept.`,
    );
  for (const split of ['train', 'test'] as const) {
    const wanted = expected.images?.[split];
    if (wanted !== undefined && images[split] !== wanted)
      throw new Error(
        `${name} should have ${plural(wanted, 'image')} in its ${split} split, but ${images[split]} came. Nothing was kept.${leftOut}`,
      );
    const share = images[split] / classes.length;
    const odd = expected.balanced ? counts[split].findIndex((count) => count !== share) : -1;
    if (odd >= 0)
      throw new Error(
        `${name} should have ${plural(share, 'image')} of each class in its ${split} split, but there are ${counts[split][odd]} of ${classes[odd]}. Nothing was kept.`,
      );
    if (expected.content && expected.content[split] !== content[split]) {
      throw new Error(
        `${name} has been changed or damaged: the pixels or labels of its ${split} split are not the published ones. Nothing was kept.`,
      );
    }
  }
  checkCounts(name, counts, leftOut);
}
