/** A folder's paths to classes and splits: the sub-folder is the class, a folder above it may be the split. */
import { shownName } from '../layout/names.ts';
import { IMAGENETTE_CLASSES } from '../imagenette.ts';
import { randomBelow, randomFor, STREAM } from '../../base/shuffle.ts';

export type SplitName = 'train' | 'test';

const SPLITS: ReadonlyMap<string, SplitName> = new Map([
  ['train', 'train'],
  ['training', 'train'],
  ['val', 'test'],
  ['valid', 'test'],
  ['validation', 'test'],
  ['test', 'test'],
  ['testing', 'test'],
]);

const SYNSETS = new Map(IMAGENETTE_CLASSES.map(({ synset, name }) => [synset, name]));

/** A class by its words, where it is given as one of Imagenette's synsets. */
export const inWords = (className: string): string => SYNSETS.get(className) ?? className;

/** Names of classes in the order that networks number them: by their folders' names, which are synsets for Imagenette's. */
export function inLabelOrder(names: readonly string[]): string[] {
  const synsets = new Map(IMAGENETTE_CLASSES.map(({ synset, name }) => [name, synset]));
  const known = names.every((name) => synsets.has(name));
  const key = (name: string): string => (known ? (synsets.get(name) ?? name) : name);
  return names.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

export type Place = {
  readonly className: string;
  /** null where no folder says it. */ readonly split: SplitName | null;
};

/**
 * `photos/train/cat/1.jpg` is a cat of the training split, `cat/1.jpg` a cat of no split. Imagenette's synsets become
 * words.
 * @throws when the image lies in no class's folder
 */
export function placeOf(path: string): Place {
  const folders = path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .slice(0, -1);
  const className = folders.at(-1);
  if (className === undefined || SPLITS.has(className.toLowerCase())) {
    throw new Error(
      `${shownName(path)} lies in no class's folder. Put the images of each class into a folder of its own and import again.`,
    );
  }
  const split = folders
    .slice(0, -1)
    .reduceRight<SplitName | null>((found, folder) => found ?? SPLITS.get(folder.toLowerCase()) ?? null, null);
  return { className: inWords(className), split };
}

/** Which split a parquet file belongs to, by its path; the training split where none is named. */
export function splitOfFile(path: string): SplitName {
  const words = path.toLowerCase().split(/[^a-z]+/);
  return words.reduce<SplitName | null>((found, word) => found ?? SPLITS.get(word) ?? null, null) ?? 'train';
}

const FOLD = 5;

/**
 * Splits by seed where no folder does: of every five images of a class one, drawn by lot, is a test image. Depends on
 * the images' order, not on how many follow, so that a stream can be split as it arrives.
 */
export function createSplitter(seed: number): (className: string) => SplitName {
  const seen = new Map<string, number>();
  return (className) => {
    const place = seen.get(className) ?? 0;
    seen.set(className, place + 1);
    const key = Array.from(className, (letter) => letter.codePointAt(0) ?? 0);
    const drawn = randomBelow(randomFor(STREAM.split, seed, Math.floor(place / FOLD), ...key), FOLD);
    return place % FOLD === drawn ? 'test' : 'train';
  };
}
