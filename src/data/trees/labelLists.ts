/** Lists of labels that lie beside pictures, as Tiny ImageNet's validation split has one. */
import type { ListedFile } from '../layout/types.ts';
import type { Bytes } from '../types.ts';

const LIST = /(?:^|\/)(?:val|valid|validation|test)_annotations\.txt$/i;

export const isLabelList = (path: string): boolean => LIST.test(path);

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

/**
 * Each line is a file's name, a tab, its class's name, and what else there may be (Tiny ImageNet: a box).
 * @param lists by their paths
 * @returns the classes of those pictures that are there, by their paths
 */
export function labelsOf(lists: ReadonlyMap<string, Bytes>, files: readonly ListedFile[]): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  if (lists.size === 0) return labels;
  const there = new Set(files.filter(({ kind }) => kind === 'picture').map(({ path }) => path));
  for (const [path, bytes] of lists)
    for (const line of new TextDecoder().decode(bytes).split(/\r?\n/)) {
      const [name, label] = line.split('\t');
      if (!label) continue;
      const found = ['', 'images/'].map((below) => `${folderOf(path)}${below}${name}`).find((each) => there.has(each));
      if (found !== undefined) labels.set(found, label.trim());
    }
  return labels;
}
