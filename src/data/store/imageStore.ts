/** Where imported images are kept: the records, and what a store must do. */
import type { LeftOut, Reading } from '../layout/types.ts';
import type { SplitName } from '../import/folder.ts';
import type { Bytes } from '../types.ts';

/** How an image lies in its shard. */
export const ENCODING = { rgb: 0, file: 1 } as const;

/** What is known of the images in a shard; the shard itself is their bytes end to end. */
export type ShardIndex = {
  readonly count: number;
  /** Of the shard's bytes, checked on every read. */
  readonly sha256: string;
  /** Class names that `labels` index into; a shard's own, for more classes may follow. */
  readonly classes: readonly string[];
  /** [count] */
  readonly labels: Int32Array<ArrayBuffer>;
  /** [count + 1], where each image begins. */
  readonly offsets: Int32Array<ArrayBuffer>;
  /** [count], decoded size. */
  readonly heights: Int32Array<ArrayBuffer>;
  readonly widths: Int32Array<ArrayBuffer>;
  /** [count], ENCODING. */
  readonly encodings: Uint8Array<ArrayBuffer>;
  /** Sum of the images' digests, see content.ts. */
  readonly content: Uint32Array<ArrayBuffer>;
};

export type Shard = { readonly index: ShardIndex; readonly bytes: Bytes };

/** Images in each class, in the order of the manifest's classes. */
export type ClassCounts = Readonly<Record<SplitName, readonly number[]>>;

export type ImageManifest = {
  /** The key: cifar10, imagenette, or a name of the user's. */
  readonly name: string;
  /** What was imported, and how: an import is resumed only where this is the same. */
  readonly origin: string;
  /** What the user sees of the origin: a file's name or an address. */
  readonly from: string;
  /** Addresses whose parts are kept until it is complete. */
  readonly downloads: readonly string[];
  /** True only once all images are stored and every check has passed. */
  readonly complete: boolean;
  /** A part was found to have changed since: it is offered no more, and an import begins anew. */
  readonly damaged?: true;
  readonly doneBytes: number;
  /** null where it is not known. */
  readonly totalBytes: number | null;
  readonly images: Readonly<Record<SplitName, number>>;
  /** Empty until complete. */
  readonly classes: readonly string[];
  readonly counts: ClassCounts;
  /** The files' SHA-256 as measured, by name; and whether they or the images were compared with a published value. */
  readonly sha256: Readonly<Record<string, string>>;
  readonly verified: 'published' | 'first use';
  /** Digest of each split's images in any order, see content.ts. */
  readonly content: Readonly<Record<SplitName, string>>;
  /** Bytes that it takes up. */
  readonly storedBytes: number;
  /** Files that are no part of it, by the reason. Sets of an older Fewbit do not say, nor any of what follows. */
  readonly leftOut?: readonly LeftOut[];
  /** Sentences for whoever measures on it. */
  readonly warnings?: readonly string[];
  readonly notes?: readonly string[];
  /** How its folders were read, and how else they could be. */
  readonly reading?: string;
  readonly readings?: readonly Reading[];
  /** While it is not complete: paths of pictures that could not be read. */
  readonly skipped?: readonly string[];
};

export type ImageStore = {
  /** Memory lasts until the page closes; a folder is the headless twin's. */
  readonly kind: 'indexeddb' | 'memory' | 'folder';
  readonly manifests: () => Promise<ImageManifest[]>;
  readonly manifest: (name: string) => Promise<ImageManifest | undefined>;
  readonly putManifest: (manifest: ImageManifest) => Promise<void>;
  /** Writes one shard, whole or not at all. @throws QuotaExceededError */
  readonly putShard: (name: string, split: SplitName, place: number, shard: Shard) => Promise<void>;
  /** In order. */
  readonly indexes: (name: string, split: SplitName) => Promise<ShardIndex[]>;
  readonly shard: (name: string, split: SplitName, place: number) => Promise<Bytes | undefined>;
  /** Removes the manifest and every shard at once. */
  readonly remove: (name: string) => Promise<void>;
};
