/** A list of files to classes and splits: what lies where, what is left out and why. Pure: it reads nothing. */
import type { SplitName } from '../import/folder.ts';
import { createSplitter } from '../import/folder.ts';
import { classNames } from './classNames.ts';
import { baseName, doubledTrees, sameBytes } from './duplicates.ts';
import { foldedName, isLitter, isUnknown } from './names.ts';
import type { SplitKind } from './names.ts';
import { classDepths, folderAt } from './readings.ts';
import { trailsOf, withoutWrappers } from './splits.ts';
import type { Trail } from './splits.ts';
import { countClasses, leftOutBy, layoutNotes, layoutWarnings, readingOf } from './summary.ts';
import type { Layout, LeftOutReason, ListedFile, Place } from './types.ts';

/** A picture whose class a folder (or a list of labels) names. */
type Labelled = {
  readonly place: number;
  readonly split: SplitKind | null;
  readonly folders: readonly string[];
  /** From a list of labels. */
  readonly label?: string;
};

export type LayoutOptions = {
  /** Of the split, where no folder says it. */
  readonly seed: number;
  /** The id of a reading, or outer, or inner; by default the likely one. */
  readonly reading?: string;
  /** Classes that lists beside the pictures give (val_annotations.txt), by path. */
  readonly labels?: ReadonlyMap<string, string>;
};

const REASONS: Readonly<Record<Exclude<ListedFile['kind'], 'picture'>, LeftOutReason>> = {
  archive: 'archive inside',
  link: 'symbolic link',
  other: 'not a picture',
};

/** Classes below their split, unless every split lies inside a class: cat/train/1.jpg. */
function foldersOfClasses(trails: readonly Trail[]): readonly (readonly string[])[] {
  const isBelow = trails.some(({ split, below }) => split !== null && below.length > 0);
  const splitInside = !isBelow && trails.some(({ split }) => split !== null);
  const raw = trails.map((trail) =>
    trail.beside && trail.split === null ? [] : splitInside && trail.split !== null ? trail.above : trail.below,
  );
  const marked = trails.some(({ split }) => split !== null);
  // A picture above the splits is of none of them.
  const lying = raw.map((folders, i) => (marked && isBelow && trails[i].split === null ? [] : folders));
  const scopes = new Map<string, number[]>();
  trails.forEach(({ scope }, i) => {
    const key = splitInside ? '' : scope;
    const members = scopes.get(key);
    if (members) members.push(i);
    else scopes.set(key, [i]);
  });
  const firstNames = (rows: readonly (readonly string[])[]): ReadonlySet<string> =>
    new Set(rows.flatMap(([first]) => (first === undefined ? [] : [foldedName(first)])));
  const bare = new Map(
    [...scopes].map(([scope, members]) => [
      scope,
      firstNames(
        withoutWrappers(
          members.map((i) => lying[i]),
          new Set(),
        ),
      ),
    ]),
  );
  const result: (readonly string[])[] = lying.map(() => []);
  for (const [scope, members] of scopes) {
    const elsewhere = new Set(
      [...bare].filter(([other, names]) => other !== scope && names.size > 1).flatMap(([, names]) => [...names]),
    );
    withoutWrappers(
      members.map((i) => lying[i]),
      elsewhere,
    ).forEach((folders, at) => (result[members[at]] = folders));
  }
  return result;
}

/** Folders of the test split that say nothing of the class: unknown, or one folder that training has not. */
function unlabelledFolders(labelled: readonly Labelled[], depth: number): ReadonlySet<string> {
  const names = (split: SplitKind): ReadonlySet<string> =>
    new Set(
      labelled
        .filter((picture) => picture.split === split && picture.label === undefined)
        .map(({ folders }) => foldedName(folderAt(folders, depth))),
    );
  const [train, test] = [names('train'), names('test')];
  const strangers = [...test].filter((name) => !train.has(name));
  if (train.size === 0) return new Set();
  const none = strangers.length === test.size && test.size === 1 && train.size > 1;
  return new Set(none ? strangers : strangers.filter(isUnknown));
}

type Placed = Labelled & { readonly className: string; readonly side: SplitName };

/** The sides of pictures that no folder gives one: by lot, and pictures of the same bytes on the same side. */
function drawSides(
  pictures: readonly (Labelled & { readonly className: string })[],
  groups: readonly (readonly number[])[],
  seed: number,
  byLot: boolean,
): readonly Placed[] {
  const split = createSplitter(seed);
  const groupOf = new Map(groups.flatMap((group, id) => group.map((place) => [place, id] as const)));
  const drawn = new Map<number, SplitName>();
  return pictures.map((picture) => {
    const given = picture.split === 'train' || picture.split === 'test' ? picture.split : null;
    if (given && !byLot) return { ...picture, side: given };
    const lot = split(picture.className);
    const group = groupOf.get(picture.place);
    const side = (group === undefined ? undefined : drawn.get(group)) ?? lot;
    if (group !== undefined) drawn.set(group, side);
    return { ...picture, side };
  });
}

/**
 * Reads a folder's or an archive's layout. Every file gets a place or a reason.
 * @throws RangeError when `reading` is none of the readings
 */
export function readLayout(files: readonly ListedFile[], { seed, reading, labels }: LayoutOptions): Layout {
  const leftOut = new Map<number, LeftOutReason>();
  const pictures: number[] = [];
  files.forEach(({ path, kind }, place) => {
    if (isLitter(path)) leftOut.set(place, 'system file');
    else if (kind === 'picture') pictures.push(place);
    else leftOut.set(place, REASONS[kind]);
  });
  const copies = doubledTrees(files, pictures);
  const isCopy = (path: string): boolean => copies.some((folder) => path.startsWith(`${folder}/`));
  const once = pictures.filter((place) => !isCopy(files[place].path));
  for (const place of pictures) if (isCopy(files[place].path)) leftOut.set(place, 'copy');

  const trails = trailsOf(once.map((place) => files[place].path));
  const folders = foldersOfClasses(trails);
  const labelled: Labelled[] = [];
  once.forEach((place, i) => {
    const { split, beside } = trails[i];
    const label = labels?.get(files[place].path);
    if (split !== 'unlabelled' && (folders[i].length > 0 || label !== undefined))
      labelled.push({ place, split, folders: folders[i], ...(label === undefined ? {} : { label }) });
    else leftOut.set(place, beside && split === null ? 'beside the splits' : 'unlabelled');
  });

  const { depths, ambiguous } = classDepths(
    labelled.flatMap((picture) => (picture.label === undefined ? [picture.folders] : [])),
  );
  const groups = sameBytes(files, once);

  const layOut = (depth: number) => {
    const out = new Map(leftOut);
    const unknown = unlabelledFolders(labelled, depth);
    const isUnlabelled = ({ split, label, folders: below }: Labelled): boolean =>
      split === 'test' && label === undefined && unknown.has(foldedName(folderAt(below, depth)));
    const kept = labelled.filter((picture) => !isUnlabelled(picture));
    for (const { place } of labelled.filter(isUnlabelled)) out.set(place, 'unlabelled');
    const { names, notes } = classNames(
      kept.map(({ split, folders: below, label }) => ({
        name: label ?? folderAt(below, depth),
        parent: [split, ...below.slice(0, Math.min(depth, below.length) - 1)].join('/'),
      })),
    );
    const kinds = new Set(kept.map(({ split }) => split));
    const byLot = !(kinds.has('train') && kinds.has('test'));
    const sided = drawSides(
      kept.map((picture, i) => ({ ...picture, className: names[i] })),
      groups,
      seed,
      byLot,
    );
    const at = new Map(sided.map((picture) => [picture.place, picture]));
    let twoClasses = 0;
    for (const group of groups) {
      const members = group.flatMap((place) => at.get(place) ?? []);
      const tested = members.some(({ side }) => side === 'test');
      const seen = new Set<string>();
      for (const { place, side, className } of members) {
        const key = JSON.stringify([side, className, baseName(files[place].path)]);
        if (tested && side === 'train') out.set(place, 'in both splits');
        else if (seen.has(key)) out.set(place, 'copy');
        seen.add(key);
      }
      if (new Set(members.map(({ className }) => className)).size > 1) twoClasses += members.length;
    }
    const places = files.map((_, place): Place => {
      const reason = out.get(place);
      const picture = at.get(place);
      if (reason !== undefined || !picture) return { leftOut: reason ?? 'unlabelled' };
      return { className: picture.className, split: picture.side };
    });
    return { places, classes: countClasses(places), notes, byLot, kinds, twoClasses };
  };

  const made = depths.map((depth) => ({ depth, ...layOut(depth) }));
  const readings = made.map(({ depth, classes }) => readingOf(depth, depths.length, classes));
  const ends: Readonly<Record<string, number>> = { outer: Math.min(...depths), inner: Math.max(...depths) };
  const taken = reading === undefined ? 0 : depths.indexOf(ends[reading] ?? Number(reading));
  if (taken < 0)
    throw new RangeError(
      `There is no reading ${reading} of these folders; there are ${readings.map(({ id, says }) => `${id} (${says})`).join(', ')}.`,
    );
  const { places, classes, notes, byLot, kinds, twoClasses } = made[taken];
  const left = leftOutBy(files, places);
  return {
    places,
    classes,
    leftOut: left,
    reading: readings[taken],
    readings,
    ambiguous,
    notes: [...notes, ...layoutNotes({ copies, byLot, kinds, leftOut: left })],
    warnings: layoutWarnings({
      classes,
      byLot,
      kinds,
      twoClasses,
      leftOut: left,
      readings,
      ambiguous,
      taken,
      given: reading !== undefined,
    }),
  };
}
