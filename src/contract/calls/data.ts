/** What the page and the datasets' worker say to each other. */
import type { Normalization } from '../../graph/types.ts';

/** A public source as the page shows it. */
export type SourceOffer = {
  readonly id: string;
  readonly title: string;
  readonly licence: string;
  /** Where the files are: the first one's address. */
  readonly url: string;
  /** null where nobody has published the length. */
  readonly bytes: number | null;
  /** About what the browser will keep of it, in bytes; null where it is not known. */
  readonly keptBytes?: number | null;
  /** Whether a published SHA-256 or content digest is compared, or the first import's is recorded. */
  readonly verified: 'published' | 'first use';
  /** False: the server lets no page read it; the user downloads the file and drops it. */
  readonly cors: boolean;
};

export type DatasetStatus = {
  /** The key: cifar10, imagenette, or a name of the user's. */
  readonly name: string;
  readonly title: string;
  readonly state: 'absent' | 'partial' | 'ready' | 'damaged';
  readonly doneBytes: number;
  readonly totalBytes: number | null;
  /** Where it came from; empty while absent. */
  readonly from: string;
  readonly storage: 'indexeddb' | 'memory' | 'folder';
  readonly storedBytes: number;
  readonly images: { readonly train: number; readonly test: number };
  readonly classes: readonly string[];
  readonly counts: { readonly train: readonly number[]; readonly test: readonly number[] };
  readonly verified: 'published' | 'first use';
  readonly sources: readonly SourceOffer[];
  /** null while it is not whole, and of sets of an older Fewbit. */
  readonly description?: DatasetDescription | null;
};

/** The normalization of a file that does not name its own. unit: pixels from 0 to 1; signed: from -1 to 1. */
export const NORMALIZATION_NAMES = ['imagenet', 'cifar10', 'unit', 'signed'] as const;
export type NormalizationName = (typeof NORMALIZATION_NAMES)[number];

/**
 * Where a network's normalization is from: its file's metadata, its graph's first operators, buffers of a normalizing
 * layer, the custom of such networks, the user, or nowhere.
 */
export type NormalizationReason = 'file' | 'graph' | 'buffers' | 'convention' | 'chosen' | 'assumed';

/** What a file of a network holds, before anything is measured. */
export type WeightsDescription = {
  readonly architecture: string;
  /** Side of its images, in pixels. */
  readonly inputSize: number;
  readonly classes: number;
  /** Whether the file names its classes. */
  readonly namesClasses: boolean;
  /** Of the weights in the file: 32 for a float network. */
  readonly bits: number;
  /** Which was used, and why. */
  readonly normalization: Normalization & {
    /** A sentence's end, as the twin says it. */
    readonly from: string;
    readonly reason: NormalizationReason;
    /** What was chosen. */
    readonly name?: NormalizationName;
  };
  /** Weighted layers, in order: what they are called here and in the file. */
  readonly layers: readonly { readonly name: string; readonly fileName: string; readonly kind: string }[];
  readonly notes: readonly string[];
};

/** Pretrained weights of one network, or the place of a file of the user's, as the page shows them. */
export type WeightsStatus = {
  /** The key: `weights:resnet18`. */
  readonly name: string;
  readonly model: string;
  readonly title: string;
  readonly state: 'absent' | 'partial' | 'ready';
  readonly doneBytes: number;
  readonly totalBytes: number | null;
  /** The file's name; empty while absent. */
  readonly from: string;
  readonly storage: 'indexeddb' | 'memory';
  /** Whether the file kept has the SHA-256 that is published of `source`. */
  readonly verified: 'published' | 'first use';
  /** null: there is none, only the user has such a file. */
  readonly source: {
    readonly title: string;
    readonly url: string;
    readonly bytes: number | null;
    readonly licence: string;
  } | null;
};

export type DatasetList = {
  readonly datasets: readonly DatasetStatus[];
  readonly weights: readonly WeightsStatus[];
  /** Whether the browser has promised not to clear the storage by itself; null where it says nothing. */
  readonly persisted: boolean | null;
  /** The browser's estimate, in bytes; null where it gives none. */
  readonly usage: number | null;
  readonly quota: number | null;
};

export type DroppedFile = { readonly path: string; readonly file: File };

export type ImportFrom =
  | { readonly kind: 'source'; readonly id: string }
  | { readonly kind: 'link'; readonly url: string }
  | { readonly kind: 'files'; readonly files: readonly DroppedFile[] };

/** Images for display, [classes * perClass, side, side, 3], class by class; fewer where a class has fewer. */
export type ContactSheet = {
  readonly side: number;
  readonly count: number;
  readonly pixels: Uint8Array;
  readonly labels: Int32Array;
};

/** One way to tell the classes by their folders. */
export type ClassReading = {
  /** What --classes-from takes. */
  readonly id: string;
  readonly says: string;
  readonly classes: readonly ClassImages[];
};

export type ClassImages = { readonly name: string; readonly train: number; readonly test: number };

/** What is to be known of a set before anything is measured on it. */
export type DatasetDescription = {
  readonly classes: readonly ClassImages[];
  /** Files that are no part of it: how many for each reason. */
  readonly leftOut: Readonly<Record<string, number>>;
  /** Some of them, by the reason. */
  readonly examples: Readonly<Record<string, readonly string[]>>;
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
  /** The reading taken, and all that make sense; none where no folder names classes. */
  readonly reading?: string;
  readonly readings: readonly ClassReading[];
  /** Nothing in the names decides between the readings: ask. */
  readonly ambiguous: boolean;
};

/** The photos of one of the user's own classes, as image files: those to learn from, and those kept apart. */
export type ClassPhotos = { readonly name: string; readonly train: readonly Blob[]; readonly test: readonly Blob[] };

export type DatasetCalls = {
  /** Looks at files and reads none of their pictures; null where there is nothing to say (weights, links). */
  describe: { args: { readonly name: string | null; readonly from: ImportFrom }; result: DatasetDescription | null };
  list: { args: Record<string, never>; result: DatasetList };
  /** `name` null: the files say what they are, or the folder's name is taken; `weights:MODEL` are weights. */
  import: {
    args: {
      readonly name: string | null;
      readonly from: ImportFrom;
      readonly normalization?: NormalizationName;
      /** The id of a reading. */
      readonly reading?: string;
      /** Goes on though more than a fifth of the pictures cannot be read. */
      readonly allowLeftOut?: boolean;
    };
    result: {
      readonly name: string;
      readonly message: string | null;
      /** It waits for an answer: call again with `allowLeftOut`, or remove the set. */
      readonly question?: string;
      /** Files of weights that an .onnx file lacks: call again with them, too. */
      readonly missing?: readonly string[];
    };
    progress: ImportReport;
  };
  remove: { args: { readonly name: string }; result: null };
  /** Reads all of a set, or weights, and compares every part with its SHA-256; says how it went. */
  check: { args: { readonly name: string }; result: { readonly message: string } };
  /** What kept weights hold. */
  weights: { args: { readonly name: string }; result: WeightsDescription };
  /** Another normalization for kept weights whose maker says none. */
  normalize: { args: { readonly name: string; readonly normalization: NormalizationName }; result: null };
  /** Keeps the photos of the user's own classes as a set, in place of those before; `keep`: beyond this page's life. */
  importClasses: {
    args: { readonly classes: readonly ClassPhotos[]; readonly keep: boolean };
    result: { readonly message: string | null };
  };
  /** The photos of the user's own classes that are here; `kept`: beyond this page's life. null: none. */
  ownPhotos: {
    args: Record<string, never>;
    result: { readonly classes: readonly ClassPhotos[]; readonly kept: boolean } | null;
  };
  /** The pictures in a zip, with their paths. */
  unzip: { args: { readonly file: File }; result: readonly DroppedFile[] };
  sheet: { args: { readonly name: string; readonly perClass: number; readonly side: number }; result: ContactSheet };
};

export type DatasetCallKind = keyof DatasetCalls;

/** `images` null: what comes holds none. */
export type ImportReport = {
  readonly doneBytes: number;
  readonly totalBytes: number | null;
  readonly images: number | null;
  /** The set's name, as soon as it is known. */
  readonly name?: string;
};
