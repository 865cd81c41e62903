/** Files with their paths to classes: the folder that a picture lies in names its class. */
import type { DroppedFile } from '../../contract/calls/data.ts';

export type BroughtClass = {
  /** null: no folder names it. */
  readonly name: string | null;
  readonly files: readonly File[];
};

const isHidden = (path: string): boolean => path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX');

/** By the last folder, whatever is above it: cat/1.jpg, photos/train/cat/1.jpg. */
export function classesIn(files: readonly DroppedFile[]): readonly BroughtClass[] {
  const found = new Map<string | null, File[]>();
  for (const { path, file } of files.filter((each) => !isHidden(each.path))) {
    const name =
      path
        .split('/')
        .filter((part) => part !== '')
        .at(-2) ?? null;
    const list = found.get(name);
    if (list) list.push(file);
    else found.set(name, [file]);
  }
  return [...found].map(([name, list]) => ({ name, files: list }));
}

/** "mug-samples (1).zip", as Teachable Machine calls one class's, holds photos of mug. */
export const nameOfZip = (fileName: string): string =>
  fileName
    .replace(/\.zip$/i, '')
    .replace(/ ?\(\d+\)$/, '')
    .replace(/[-_ ]samples?$/i, '')
    .trim();

export const isZip = ({ name }: File): boolean => /\.zip$/i.test(name);

/** So many of a long list, evenly spread. */
export const spread = <T>(list: readonly T[], most: number): readonly T[] =>
  list.length <= most ? list : Array.from({ length: most }, (_, i) => list[Math.floor((i * list.length) / most)]);
