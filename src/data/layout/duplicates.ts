/** Pictures that came more than once: a tree that an archive holds twice, copies, pictures of both splits. */
import { foldersOf } from './splits.ts';
import { splitWord } from './names.ts';
import type { ListedFile } from './types.ts';

/** Files of the same bytes, by their places in the list; files like no other are in no group. */
export function sameBytes(files: readonly ListedFile[], places: Iterable<number>): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  for (const place of places) {
    const { size, digest } = files[place];
    if (digest === undefined) continue;
    const key = `${size} ${digest}`;
    const group = groups.get(key);
    if (group) group.push(place);
    else groups.set(key, [place]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

export const baseName = (path: string): string => path.split('/').at(-1) ?? path;

/** Each pair of folders below which two paths are alike, at least by the last folder. */
function twinFolders(a: string, b: string): readonly (readonly [string, string])[] {
  if (baseName(a) !== baseName(b)) return [];
  const [one, other] = [foldersOf(a), foldersOf(b)];
  const pairs: (readonly [string, string])[] = [];
  for (let shared = 1; shared <= Math.min(one.length, other.length) && one.at(-shared) === other.at(-shared); shared++)
    pairs.push([one.slice(0, one.length - shared).join('/'), other.slice(0, other.length - shared).join('/')]);
  return pairs;
}

const splitOf = (folder: string): string | undefined =>
  folder
    .split('/')
    .flatMap((name) => splitWord(name)?.kind ?? [])
    .at(-1);

/** A training split is no copy of a test split, even where all their pictures are the same. */
const areTwoSplits = (a: string, b: string): boolean =>
  splitOf(a) !== undefined && splitOf(b) !== undefined && splitOf(a) !== splitOf(b);

const depthOf = (folder: string): number => (folder === '' ? 0 : folder.split('/').length);

/** The copy is the deeper one; of two as deep the one that is named later. */
const inOrder = (a: string, b: string): readonly [string, string] =>
  depthOf(a) < depthOf(b) || (depthOf(a) === depthOf(b) && a < b) ? [a, b] : [b, a];

/** Pairs of one group that are compared: a picture that came a thousand times would have half a million. */
const MOST_PAIRS = 64;

/** How many pictures lie below each folder. */
function countBelow(files: readonly ListedFile[], pictures: readonly number[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const place of pictures) {
    const folders = foldersOf(files[place].path);
    for (let depth = 0; depth <= folders.length; depth++) {
      const folder = folders.slice(0, depth).join('/');
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
  }
  return counts;
}

/**
 * Folders that hold another folder's pictures once more, each under the same name: the deeper one, or the later.
 * @returns their paths
 */
export function doubledTrees(files: readonly ListedFile[], pictures: readonly number[]): readonly string[] {
  const pairs = new Map<string, { readonly copy: string; readonly found: Set<number> }>();
  for (const group of sameBytes(files, pictures)) {
    const compared = group.flatMap((a, i) => group.slice(i + 1).map((b) => [a, b] as const)).slice(0, MOST_PAIRS);
    for (const [a, b] of compared)
      for (const [one, other] of twinFolders(files[a].path, files[b].path)) {
        if (areTwoSplits(one, other)) continue;
        const [kept, copy] = inOrder(one, other);
        const pair = pairs.get(`${kept}\n${copy}`) ?? { copy, found: new Set() };
        pair.found.add(copy === other ? b : a);
        pairs.set(`${kept}\n${copy}`, pair);
      }
  }
  if (pairs.size === 0) return [];
  const counts = countBelow(files, pictures);
  return [...pairs.values()].filter(({ copy, found }) => found.size === counts.get(copy)).map(({ copy }) => copy);
}
