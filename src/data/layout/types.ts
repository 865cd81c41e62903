/** What a layout is read from and comes to. */
import type { SplitName } from '../import/folder.ts';

export type ListedFile = {
  /** Inside the folder or archive, with slashes. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Equal for files of the same bytes; left out where the file is known to be like no other. */
  readonly digest?: string;
  /** Told by the content, where the name does not say. */
  readonly kind: 'picture' | 'archive' | 'link' | 'other';
};

/** Why a file is no picture of the set. */
export type LeftOutReason =
  | 'unlabelled'
  | 'copy'
  | 'in both splits'
  | 'beside the splits'
  | 'symbolic link'
  | 'archive inside'
  | 'not a picture'
  | 'system file'
  | 'damaged'
  | 'format';

/** How many files are left out for one reason, with the first of them. */
export type LeftOut = {
  readonly reason: LeftOutReason;
  readonly count: number;
  readonly examples: readonly string[];
};

export type ClassCount = { readonly name: string; readonly train: number; readonly test: number };

/** One way to tell the classes: by the first folder below the splits, or the second, and so on. */
export type Reading = {
  /** What --classes-from takes: the number of the folder, the outermost 1. */
  readonly id: string;
  /** A sentence's end: "the outermost folder names the class". */
  readonly says: string;
  readonly classes: readonly ClassCount[];
};

/** Where a picture goes, or why it does not. */
export type Place = { readonly className: string; readonly split: SplitName } | { readonly leftOut: LeftOutReason };

export type Layout = {
  /** One for each file, in the order given. */
  readonly places: readonly Place[];
  readonly classes: readonly ClassCount[];
  readonly leftOut: readonly LeftOut[];
  /** The reading taken. */
  readonly reading: Reading;
  /** Every reading that makes sense, the likely one first. */
  readonly readings: readonly Reading[];
  /** Nothing in the names decides between the readings. */
  readonly ambiguous: boolean;
  /** Sentences: what was taken for what. */
  readonly notes: readonly string[];
  /** Sentences: what may make a measurement other than it seems. */
  readonly warnings: readonly string[];
};
