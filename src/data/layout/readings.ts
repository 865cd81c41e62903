/** Which of the folders above a picture names its class: every reading that makes sense, the likely one first. */
import { areGroups, foldedName, isGeneric } from './names.ts';

/** The folders of the labelled pictures, from the split (or the top) down to the picture; one at least. */
type Folders = readonly (readonly string[])[];

export type Depths = {
  /** Numbers of folders, the outermost 1, the likely one first. */
  readonly depths: readonly number[];
  /** Nothing in the names decides. */
  readonly ambiguous: boolean;
};

/** A share of pictures that lie right in the outer folders: then these are the classes, not what groups them. */
const ENOUGH_IN_OUTER = 0.1;

export const folderAt = (folders: readonly string[], depth: number): string =>
  folders[Math.min(depth, folders.length) - 1];

const namesAt = (folders: Folders, depth: number): readonly string[] => [
  ...new Set(folders.map((each) => folderAt(each, depth))),
];

/** Each outer folder has one inner folder, and no two the same. */
function isOneForOne(folders: Folders, depth: number): boolean {
  const key = (each: readonly string[], at: number): string => foldedName(folderAt(each, at));
  const count = (of: (each: readonly string[]) => string): number => new Set(folders.map(of)).size;
  const pairs = count((each) => `${key(each, depth)}/${key(each, depth + 1)}`);
  return pairs === count((each) => key(each, depth)) && pairs === count((each) => key(each, depth + 1));
}

/** From `depth` on, whether the class is named by this folder or by one further in. */
function from(folders: Folders, depth: number, deepest: number): Depths {
  if (depth >= deepest) return { depths: [depth], ambiguous: false };
  const [outer, inner] = [namesAt(folders, depth), namesAt(folders, depth + 1)];
  const direct = folders.filter((each) => each.length <= depth).length / folders.length;
  const further = (): Depths => from(folders, depth + 1, deepest);
  if (outer.length < 2) return further();
  // cat/images, dog/photos: the inner folder says nothing that the outer one does not.
  if (isOneForOne(folders, depth)) return { depths: [depth], ambiguous: false };
  const deeper = inner.filter((name) => !outer.includes(name));
  const innerGroups = areGroups(deeper);
  if (direct >= ENOUGH_IN_OUTER || deeper.every(isGeneric) || (innerGroups && !areGroups(outer)))
    return { depths: [depth, ...further().depths], ambiguous: false };
  if (areGroups(outer) && !innerGroups) return { depths: [...further().depths, depth], ambiguous: further().ambiguous };
  return { depths: [depth, ...further().depths], ambiguous: true };
}

/** @param folders of the labelled pictures, wrappers and splits taken out; one folder each at least */
export function classDepths(folders: Folders): Depths {
  const deepest = folders.reduce((most, each) => Math.max(most, each.length), 1);
  return from(folders, 1, deepest);
}
