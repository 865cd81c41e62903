/** What the page and the datasets' worker say to each other. Types only. */

/** A public source as the page shows it. */
export type SourceOffer = {
  readonly id: string;
  readonly title: string;
  readonly licence: string;
  /** Where the files are: the first one's address. */
  readonly url: string;
  /** null where nobody has published the length. */
  readonly bytes: number | null;
  /** Whether a published SHA-256 or content digest is compared, or the first import's is recorded. */
  readonly verified: 'published' | 'first use';
  /** False: the server lets no page read it; the user downloads the file and drops it. */
  readonly cors: boolean;
};

export type DatasetStatus = {
  /** The key: cifar10, imagenette, or a name of the user's. */
  readonly name: string;
  readonly title: string;
  readonly state: 'absent' | 'partial' | 'ready';
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
};

export type DatasetList = {
  readonly datasets: readonly DatasetStatus[];
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

export type DatasetCalls = {
  list: { args: Record<string, never>; result: DatasetList };
  /** `name` null: the files say what they are, or the folder's name is taken. */
  import: { args: { readonly name: string | null; readonly from: ImportFrom }; result: { readonly name: string; readonly message: string | null } };
  remove: { args: { readonly name: string }; result: null };
  sheet: { args: { readonly name: string; readonly perClass: number; readonly side: number }; result: ContactSheet };
};

export type DatasetCallKind = keyof DatasetCalls;

export type ImportReport = { readonly doneBytes: number; readonly totalBytes: number | null; readonly images: number };

export type DatasetRequest =
  | { readonly [K in DatasetCallKind]: { readonly id: number; readonly kind: K; readonly args: DatasetCalls[K]['args'] } }[DatasetCallKind]
  | { readonly id: number; readonly kind: 'cancel' };

export type DatasetResponse =
  | { readonly id: number; readonly kind: 'progress'; readonly progress: ImportReport }
  | { readonly id: number; readonly kind: 'result'; readonly result: DatasetCalls[DatasetCallKind]['result'] }
  | { readonly id: number; readonly kind: 'error'; readonly message: string }
  | { readonly id: number; readonly kind: 'cancelled' };
