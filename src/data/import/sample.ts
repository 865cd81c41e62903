/** What an import goes through: inputs, and the images in them. */
import type { Picture } from '../photos/picture.ts';
import type { Bytes } from '../types.ts';
import type { ByteSource } from './byteSource.ts';
import type { SplitName } from './folder.ts';

/** A loaded image: still encoded, or pixels where the file holds pixels. */
export type LoadedImage = { readonly path: string; readonly className: string; readonly content: Bytes | Picture };

/** An image that has come up; one that is stored already is never loaded. */
export type Sample = {
  readonly split: SplitName;
  /** Told from every other image of the import by it. */
  readonly path: string;
  readonly load: () => Promise<LoadedImage>;
};

export type FileInput = { readonly kind: 'file'; readonly source: ByteSource; readonly split?: SplitName };

export type FolderInput = {
  readonly kind: 'folder';
  readonly name: string;
  readonly files: readonly { readonly path: string; readonly blob: Blob }[];
  /** Paths of symbolic links in it, which are not followed. */
  readonly links?: readonly string[];
};

/** What to import: one file (an archive, a parquet file), or the files of a folder. */
export type ImportInput = FileInput | FolderInput;

export const nameOfInput = (input: ImportInput): string => (input.kind === 'file' ? input.source.name : input.name);
