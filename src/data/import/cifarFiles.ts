/** The batches of CIFAR-10 among an archive's files, as samples. */
import { CIFAR10_CLASSES, CIFAR10_FILES, parseCifarBinary } from '../formats/cifarBinary.ts';
import { parseCifarPython } from '../formats/cifarPython.ts';
import { imageBytes } from '../imageSet.ts';
import type { Picture } from '../photos/picture.ts';
import type { Bytes, ImageSet } from '../types.ts';
import type { SplitName } from './folder.ts';
import type { LoadedImage, Sample } from './sample.ts';

type CifarFile = { readonly split: SplitName; readonly parse: (file: Bytes, name: string) => ImageSet };

/** What a file is by its name; null where it is none of CIFAR's. */
export function cifarFile(path: string): CifarFile | null {
  const name = path.split('/').at(-1) ?? path;
  const known = CIFAR10_FILES.find((file) => file.name === name || file.name === `${name}.bin`);
  return known ? { split: known.split, parse: known.name === name ? parseCifarBinary : parseCifarPython } : null;
}

function pictureOf(set: ImageSet, image: number): Picture {
  const size = imageBytes(set);
  return { height: set.height, width: set.width, pixels: set.pixels.slice(image * size, (image + 1) * size) };
}

/** The images of one batch. */
export function* cifarSamples({ split, parse }: CifarFile, content: Bytes, path: string): Generator<Sample> {
  const set = parse(content, path);
  for (let image = 0; image < set.count; image++) {
    const name = `${path}, image ${image}`;
    const load = async (): Promise<LoadedImage> => ({
      path: name,
      className: CIFAR10_CLASSES[set.labels[image]],
      content: pictureOf(set, image),
    });
    yield { split, path: name, load };
  }
}
