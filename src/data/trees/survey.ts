/** Looks through what is to be imported before any of it is: the files, what they are, and how they are laid out. */
import { isLitter } from '../layout/names.ts';
import { readLayout } from '../layout/layout.ts';
import type { Layout, ListedFile, Place } from '../layout/types.ts';
import { createSplitter, placeOf } from '../import/folder.ts';
import { notASet } from './openStream.ts';
import { HEAD_BYTES, recognise } from '../import/recognise.ts';
import { nameOfInput } from '../import/sample.ts';
import type { ImportInput } from '../import/sample.ts';
import { folderTree, tarTree, zipTree } from './trees.ts';
import type { Tree } from './trees.ts';
import type { Bytes } from '../types.ts';

export type SurveyOptions = {
  /** Of the split, where no folder says it. */
  readonly seed: number;
  /** The id of a reading of the folders; by default the likely one. */
  readonly reading?: string;
  /** It is a published set, whose folders are known: nothing is read into them. */
  readonly published: boolean;
};

export type Survey = {
  /** null where there are no pictures in folders: CIFAR-10's batches, parquet, what is still to be downloaded. */
  readonly layout: Layout | null;
  /** null for an input that is no tree, or not one yet. */
  readonly treeOf: (input: ImportInput) => Tree | null;
  /** Where each of a tree's files goes. */
  readonly placesOf: (input: ImportInput) => readonly Place[];
};

/** The tree of a file or folder that is here. @throws when it is no set of images, or damaged */
async function treeOfInput(
  input: ImportInput,
  published: boolean,
  again: () => ReadableStream<Bytes>,
): Promise<Tree | null> {
  if (input.kind === 'folder') return folderTree(input);
  const { source } = input;
  if (source.url !== null) return null;
  const head = await source.slice(0, Math.min(HEAD_BYTES, await source.size()));
  const kind = recognise(head);
  switch (kind) {
    case 'zip':
      return zipTree(source);
    case 'gzip':
    case 'tar':
      return published ? null : tarTree(source, again);
    case 'parquet':
      return null;
    default:
      throw notASet(source.name, kind, head.length);
  }
}

/** A published set's folders, as they are known to be: train/CLASS and val/CLASS. */
function publishedPlaces(files: readonly ListedFile[], seed: number): readonly Place[] {
  const split = createSplitter(seed);
  return files.map(({ path, kind }): Place => {
    if (kind !== 'picture' || isLitter(path)) return { leftOut: 'not a picture' };
    const place = placeOf(path);
    return { className: place.className, split: place.split ?? split(place.className) };
  });
}

/** Says why there is nothing to learn from, and what to do. */
function nothingLabelled(name: string, { leftOut }: Layout): Error | null {
  const first = (reason: string): string | undefined => leftOut.find((row) => row.reason === reason)?.examples[0];
  const [unlabelled, archive] = [first('unlabelled'), first('archive inside')];
  if (unlabelled !== undefined)
    return new Error(
      `${unlabelled} lies in no class's folder. Put the images of each class into a folder of its own and import again.`,
    );
  if (archive !== undefined)
    return new Error(`${name} holds another archive (${archive}) and no pictures. Unpack it and drop the folder.`);
  return null;
}

/** The name that an input's files lie under, where there are several inputs. */
const prefixOf = (input: ImportInput): string => `${nameOfInput(input).replace(/\.(?:tar|tgz|gz|zip)\b.*$/i, '')}/`;

/**
 * @param again the stream of a file once more, for its import: it is watched, the look before is not
 * @throws when something is no set of images, or damaged; RangeError when there is no such reading
 */
export async function surveyInputs(
  inputs: readonly ImportInput[],
  { seed, reading, published }: SurveyOptions,
  again: (input: ImportInput) => ReadableStream<Bytes> = () => {
    throw new Error('What was only looked at cannot be imported.');
  },
): Promise<Survey> {
  const trees = new Map<ImportInput, Tree>();
  for (const input of inputs) {
    const tree = await treeOfInput(input, published, () => again(input));
    if (tree) trees.set(input, tree);
  }
  const files: ListedFile[] = [];
  const labels = new Map<string, string>();
  const starts = new Map<ImportInput, number>();
  for (const [input, tree] of trees) {
    starts.set(input, files.length);
    const prefix = trees.size > 1 ? prefixOf(input) : '';
    for (const file of tree.files) files.push({ ...file, path: prefix + file.path });
    for (const [path, label] of tree.labels) labels.set(prefix + path, label);
  }
  const hasPictures = files.some(({ kind }) => kind !== 'other');
  const layout = published || !hasPictures ? null : readLayout(files, { seed, reading, labels });
  const nothing = layout?.classes.length === 0 ? nothingLabelled(inputs.map(nameOfInput).join(', '), layout) : null;
  if (nothing) throw nothing;
  const places = layout?.places ?? publishedPlaces(files, seed);
  return {
    layout,
    treeOf: (input) => trees.get(input) ?? null,
    placesOf: (input) => {
      const start = starts.get(input) ?? 0;
      return places.slice(start, start + (trees.get(input)?.files.length ?? 0));
    },
  };
}
