/** Finds the folders that name splits, by their names and by what stands beside them. */
import { foldedName, isGeneric, plainWords, splitWord } from './names.ts';
import type { SplitKind, SplitWord } from './names.ts';

/** The folders of one picture: those above its split, and those below it. */
export type Trail = {
  /** null where no folder names one. */
  readonly split: SplitKind | null;
  /** The split's folder, whole: pictures of one are read together. Empty where there is none. */
  readonly scope: string;
  /** Where a split is named, the folders above it; else none. */
  readonly above: readonly string[];
  /** The folders below it. */
  readonly below: readonly string[];
  /** It lies beside folders of splits, in none of them. */
  readonly beside: boolean;
};

type Folder = { readonly name: string; readonly parent: string; readonly children: Map<string, Folder> };

export const foldersOf = (path: string): readonly string[] =>
  path
    .split('/')
    .slice(0, -1)
    .filter((part) => part !== '' && part !== '.');

function toTree(trails: readonly (readonly string[])[]): Folder {
  const root: Folder = { name: '', parent: '', children: new Map() };
  for (const folders of trails) {
    let at = root;
    for (const name of folders) {
      const next = at.children.get(name) ?? { name, parent: at.name, children: new Map() };
      at.children.set(name, next);
      at = next;
    }
  }
  return root;
}

type Level = ReadonlyMap<string, SplitWord>;

/** cat_train, cat_test, dog_train, dog_test: what is left of each name is in both splits. */
function areClassesWithSplits(words: readonly SplitWord[]): boolean {
  const of = (kind: SplitKind): string =>
    words
      .filter((word) => word.kind === kind)
      .map(({ rest }) => rest)
      .toSorted()
      .join('|');
  return words.every(({ rest }) => rest !== '') && of('train') !== '' && of('train') === of('test');
}

/** Which of a folder's sub-folders name splits; none where they name classes (train beside bus and car is a vehicle). */
function splitsIn({ name, children }: Folder): Level {
  const names = [...children.keys()];
  const words = new Map(names.flatMap((child) => (splitWord(child) ? [[child, splitWord(child) as SplitWord]] : [])));
  const found = [...words.values()];
  const others = names.filter((child) => !words.has(child));
  const strong = (kind: SplitKind): boolean => found.some((word) => word.kind === kind && word.rest === '');
  if (found.length === 0) return new Map();
  // A split that wraps itself: seg_train/seg_train.
  if (names.length === 1) return foldedName(names[0]) === foldedName(name) || found[0].rest !== '' ? new Map() : words;
  if (others.length === 0) {
    const rests = new Set(found.map(({ rest }) => rest).filter((rest) => rest !== ''));
    return rests.size <= 1 || (strong('train') && strong('test')) || areClassesWithSplits(found) ? words : new Map();
  }
  if (strong('train') && strong('test')) return words;
  // horse-or-human beside validation-horse-or-human.
  const [other] = others;
  const isTrain = others.length === 1 && found.every(({ kind, rest }) => kind === 'test' && rest === plainWords(other));
  return isTrain ? new Map([...words, [other, { kind: 'train' as const, rest: plainWords(other) }]]) : new Map();
}

/** Folders that follow a split and say it again, or say nothing: seg_train/seg_train/CLASS. */
const repeats = (folder: string, above: string): boolean => foldedName(folder) === foldedName(above);

/** @param paths of pictures */
export function trailsOf(paths: readonly string[]): readonly Trail[] {
  const all = paths.map(foldersOf);
  const root = toTree(all);
  const levels = new Map<Folder, Level>();
  const levelOf = (folder: Folder): Level => {
    const known = levels.get(folder) ?? splitsIn(folder);
    levels.set(folder, known);
    return known;
  };

  return all.map((folders) => {
    let at = root;
    let split: SplitKind | null = null;
    let scope = '';
    let above: readonly string[] = [];
    let below: string[] = [];
    let beside = false;
    for (const [depth, folder] of folders.entries()) {
      const level = levelOf(at);
      const word = level.get(folder);
      const wrapped =
        split !== null && below.length === 0 && at.children.size === 1 && repeats(folder, folders[depth - 1]);
      if (word) {
        [above, below] = [folders.slice(0, depth), []];
        [split, scope, beside] = [word.kind, folders.slice(0, depth + 1).join('/'), false];
        if (word.rest !== '' && areClassesWithSplits([...level.values()])) below.push(word.rest);
      } else if (!wrapped) {
        if (level.size > 0) beside = true;
        below.push(folder);
      }
      at = at.children.get(folder) as Folder;
    }
    return { split, scope, above: split === null ? [] : above, below, beside };
  });
}

/** Drops the folders that all of a scope's pictures share and that name no class: pets/cat/1.jpg lies in cat. */
export function withoutWrappers(
  trails: readonly (readonly string[])[],
  namedElsewhere: ReadonlySet<string>,
): readonly (readonly string[])[] {
  let rest = trails;
  for (;;) {
    const labelled = rest.filter((folders) => folders.length > 0);
    if (labelled.length === 0) return rest;
    const [[first]] = labelled;
    const shared = labelled.every(([name]) => name === first);
    // Pictures that lie loose in a wrapper are in no class.
    const deeper = labelled.some((folders) => folders.length > 1);
    const saysNothing = isGeneric(first) && namedElsewhere.size > 0;
    if (!shared || namedElsewhere.has(foldedName(first)) || !(deeper || saysNothing)) return rest;
    rest = rest.map((folders) => folders.slice(1));
  }
}
