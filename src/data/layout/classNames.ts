/** Names of classes compared as people read them, and shown in words where they are synsets. */
import { IMAGENETTE_CLASSES } from '../imagenette.ts';
import { foldedName, shownName } from './names.ts';

export type NamedPicture = {
  /** The name as its folder has it. */
  readonly name: string;
  /** The folder that the class's folder lies in. */
  readonly parent: string;
};

const WORDS = new Map(
  IMAGENETTE_CLASSES.flatMap(({ synset, name }) => [[synset, name] as const, [foldedName(name), name] as const]),
);

/** Folded names of which two spellings lie side by side: a and A are two letters. */
function sideBySide(pictures: readonly NamedPicture[]): ReadonlySet<string> {
  const spellings = new Map<string, Set<string>>();
  for (const { name, parent } of pictures) {
    const key = `${parent}/${foldedName(name)}`;
    spellings.set(key, (spellings.get(key) ?? new Set()).add(shownName(name)));
  }
  return new Set(
    [...spellings].filter(([, names]) => names.size > 1).map(([key]) => key.slice(key.lastIndexOf('/') + 1)),
  );
}

export type ClassNames = {
  /** The class of each picture. */
  readonly names: readonly string[];
  readonly notes: readonly string[];
};

/**
 * One name for each class: spellings that differ by case, Unicode's forms or outer spaces are one class, unless they lie
 * side by side. Where every class is one of Imagenette's, synsets become words.
 */
export function classNames(pictures: readonly NamedPicture[]): ClassNames {
  const apart = sideBySide(pictures);
  const keyOf = (name: string): string => (apart.has(foldedName(name)) ? shownName(name) : foldedName(name));
  const shown = new Map<string, string>();
  const spellings = new Map<string, Set<string>>();
  for (const { name } of pictures) {
    const key = keyOf(name);
    if (!shown.has(key)) shown.set(key, shownName(name));
    spellings.set(key, (spellings.get(key) ?? new Set()).add(name));
  }
  const known = [...shown.keys()].every((key) => WORDS.has(key));
  const notes = [...spellings]
    .filter(([, names]) => names.size > 1)
    .map(
      ([key, names]) =>
        `${shown.get(key)} is one class, though its folders are spelled in ${names.size} ways (${[...names].map((name) => JSON.stringify(name)).join(', ')}).`,
    );
  const separate = [...apart].map(
    (name) => `${name} is spelled in several ways side by side: these are classes of their own.`,
  );
  const nameOf = (name: string): string => {
    const key = keyOf(name);
    return (known ? WORDS.get(key) : undefined) ?? shown.get(key) ?? name;
  };
  return { names: pictures.map(({ name }) => nameOf(name)), notes: [...notes, ...separate] };
}
