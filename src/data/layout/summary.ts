/** A layout in counts and sentences. */
import { shownName } from './names.ts';
import { plural, pluralOf } from '../../base/text/plural.ts';
import type { SplitKind } from './names.ts';
import type { ClassCount, LeftOut, LeftOutReason, ListedFile, Place, Reading } from './types.ts';

/** How many files of a kind are named. */
const EXAMPLES = 5;

/** What is said of files that are left out. */
export const REASON_WORDS: Readonly<Record<LeftOutReason, string>> = {
  unlabelled: 'in no class’s folder',
  copy: 'copies of pictures that are here already',
  'in both splits': 'training pictures that are test pictures, too, byte for byte',
  'beside the splits': 'beside the folders of the splits, in none of them',
  'symbolic link': 'symbolic links, which are not followed',
  'archive inside': 'archives inside the archive or folder: unpack them first',
  'not a picture': 'no pictures',
  'system file': 'left behind by a system',
  damaged: 'damaged or cut short',
  format: 'in a format that is not decoded here',
};

export function countClasses(places: readonly Place[]): readonly ClassCount[] {
  const counts = new Map<string, { train: number; test: number }>();
  for (const place of places) {
    if ('leftOut' in place) continue;
    const count = counts.get(place.className) ?? { train: 0, test: 0 };
    count[place.split]++;
    counts.set(place.className, count);
  }
  return [...counts].map(([name, count]) => ({ name, ...count })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function leftOutBy(files: readonly ListedFile[], places: readonly Place[]): readonly LeftOut[] {
  const found = new Map<LeftOutReason, { count: number; examples: string[] }>();
  places.forEach((place, i) => {
    if (!('leftOut' in place)) return;
    const row = found.get(place.leftOut) ?? { count: 0, examples: [] };
    row.count++;
    if (row.examples.length < EXAMPLES) row.examples.push(shownName(files[i].path));
    found.set(place.leftOut, row);
  });
  return [...found].map(([reason, row]) => ({ reason, ...row }));
}

/** Adds one more to what is left out. */
export function withLeftOut(leftOut: readonly LeftOut[], reason: LeftOutReason, example: string): readonly LeftOut[] {
  const row = leftOut.find((other) => other.reason === reason) ?? { reason, count: 0, examples: [] };
  const examples = row.examples.length < EXAMPLES ? [...row.examples, shownName(example)] : row.examples;
  const more = { reason, count: row.count + 1, examples };
  return leftOut.includes(row) ? leftOut.map((other) => (other === row ? more : other)) : [...leftOut, more];
}

const ORDINALS = ['outermost', 'second', 'third', 'fourth', 'fifth'];

const listed = (names: readonly string[]): string =>
  names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');

export function readingOf(depth: number, readings: number, classes: readonly ClassCount[]): Reading {
  const which = ORDINALS[depth - 1] ?? `${depth}th`;
  const says = readings === 1 ? 'the folder of the pictures names the class' : `the ${which} folder names the class`;
  return { id: String(depth), says: `${says}: ${listed(classes.map(({ name }) => name))}`, classes };
}

type Found = {
  readonly byLot: boolean;
  readonly kinds: ReadonlySet<SplitKind | null>;
  readonly leftOut: readonly LeftOut[];
};

const countOf = (leftOut: readonly LeftOut[], reason: LeftOutReason): number =>
  leftOut.find((row) => row.reason === reason)?.count ?? 0;

export function layoutNotes({
  copies,
  byLot,
  kinds,
  leftOut,
}: Found & { readonly copies: readonly string[] }): readonly string[] {
  const notes: string[] = [];
  const [copy] = copies.toSorted((a, b) => a.length - b.length);
  if (copy !== undefined)
    notes.push(
      `${copy} holds once more what lies beside it: ${plural(countOf(leftOut, 'copy'), 'copy is', 'copies are')} left out.`,
    );
  if (byLot && kinds.has(null))
    notes.push('No folder names a split: of every five images of a class one, drawn by lot, is a test image.');
  return notes;
}

/** Classes without images in a split, one sentence for each split. */
export function emptyClasses(classes: readonly ClassCount[]): readonly string[] {
  return (['test', 'train'] as const).flatMap((split) => {
    const empty = classes.filter((each) => each[split] === 0).map(({ name }) => name);
    if (empty.length === 0) return [];
    const what = split === 'test' ? 'test' : 'training';
    return [`${empty.join(', ')} ${pluralOf(empty.length, 'has', 'have')} no ${what} images.`];
  });
}

type Judged = Found & {
  readonly classes: readonly ClassCount[];
  readonly twoClasses: number;
  readonly readings: readonly Reading[];
  readonly ambiguous: boolean;
  readonly taken: number;
  readonly given: boolean;
};

export function layoutWarnings(found: Judged): readonly string[] {
  const { classes, byLot, kinds, twoClasses, leftOut, readings, ambiguous, taken, given } = found;
  const warnings: string[] = [];
  if (ambiguous && !given)
    warnings.push(
      `The folders can be read in ${readings.length} ways; taken: ${readings[taken].says}. Another: ${readings
        .filter((_, i) => i !== taken)
        .map(({ id, says }) => `${says} (--classes-from ${id})`)
        .join('; ')}.`,
    );
  const unlabelled = countOf(leftOut, 'unlabelled');
  if (unlabelled > 0)
    warnings.push(
      `${plural(unlabelled, 'picture')} ${pluralOf(unlabelled, 'lies', 'lie')} in no class’s folder and ${pluralOf(unlabelled, 'is', 'are')} left out.`,
    );
  const [only] = [...kinds].filter((kind) => kind === 'train' || kind === 'test');
  if (byLot && only !== undefined)
    warnings.push(
      `No class has ${only === 'train' ? 'labelled test' : 'training'} images of its own: of every five images of a class one, drawn by lot, is a test image.`,
    );
  warnings.push(...emptyClasses(classes));
  const shared = countOf(leftOut, 'in both splits');
  if (shared > 0)
    warnings.push(
      `${plural(shared, 'picture')} ${pluralOf(shared, 'was', 'were')} in training and test, byte for byte: ${pluralOf(shared, 'it is a test picture', 'they are test pictures')} only.`,
    );
  if (twoClasses > 0)
    warnings.push(
      `${plural(twoClasses, 'picture')} ${pluralOf(twoClasses, 'lies', 'lie')} in more than one class, byte for byte.`,
    );
  return warnings;
}
