/** What the lab needs from where it runs (a page's worker, or Node): files, and how the backends start. */
import type { StartHelper } from '../integer/wasm/host/helpers.ts';
import type { Network } from '../data/predict.ts';
import type { Dataset } from '../data/types.ts';
import type { Decode } from '../data/photos/picture.ts';
import type { Lane } from '../runtime/lane.ts';
import type { Provenance } from '../contract/grid/grid.ts';
import type { Platform } from '../tensor/backend.ts';
import type { Machine } from '../contract/calls/race.ts';
import type { RunResult } from '../contract/run.ts';
import type { LaneName } from '../contract/engines.ts';

/** Where a training that is cut goes on from: files by name. */
export type CheckpointStore = {
  readonly load: (name: string) => Promise<Uint8Array<ArrayBuffer> | null>;
  /** Leaves the one before until the new one is whole. */
  readonly save: (name: string, bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
  readonly remove: (name: string) => Promise<void>;
  /** Whether the trained network of a run that has ended stays, so that it is there after a reload of the page. */
  readonly keepsEnded: boolean;
};

/** The checkpoints of one run. */
export type NamedCheckpoints = CheckpointStore & { readonly name: string };

export type OpenedLane = {
  readonly lane: Lane;
  readonly threads: number;
  /** Whether it has float16; a build of ONNX Runtime that is given such a file all the same answers nothing any more. */
  readonly float16: boolean;
  /** Ends the lane, whatever it is doing. */
  readonly end: () => void;
  /** Whether it was ended, or has stopped by itself: nothing in it answers any more. */
  readonly hasEnded: () => boolean;
};

/** Where files race: see src/runtime/lane.ts. */
export type Lanes = {
  readonly machine: () => Promise<Machine>;
  /** The reason why a lane is not here, or null. */
  readonly whyAbsent: (name: LaneName) => Promise<string | null>;
  /** @throws Error with the reason, where there is no such lane here */
  readonly open: (name: LaneName) => Promise<OpenedLane>;
  /**
   * ONNX Runtime's WebAssembly with as many threads as help. It stays open for whoever asks next: loading it takes its time.
   * @throws Error with a sentence where the runtime does not load
   */
  readonly resident: () => Promise<OpenedLane>;
};

/** Threads that help our own engine. */
export type HelperThreads = {
  /** As many as help, the one that asks among them: 1 where memory cannot be shared. */
  readonly threads: number;
  readonly start: StartHelper;
};

/** Evaluations that were made before, by a key that says all that decides them. */
export type ResultStore = {
  readonly load: (key: string) => Promise<{ readonly result: RunResult; readonly day: string } | null>;
  readonly save: (key: string, result: RunResult, day: string) => Promise<void>;
};

export type Resources = {
  readonly platform: Platform;
  readonly helpers: HelperThreads;
  /** The bytes of a model's .safetensors file, and the name to call it by in messages. @throws for a name it does not know */
  readonly readModel: (name: string) => Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly fileName: string }>;
  /** Keeps a network's file in place of what was there; absent: nothing is kept. @returns what the user must know; null: nothing */
  readonly keepModel?: (name: string, fileName: string, bytes: Uint8Array<ArrayBuffer>) => Promise<string | null>;
  /**
   * @param side height and width of the images, by default the dataset's own
   * @throws for a name it does not know, or a damaged file
   */
  readonly readDataset: (name: string, side?: number) => Promise<Dataset>;
  readonly lanes: Lanes;
  /** Opens an ONNX file in the native ONNX Runtime, where a script brings one. */
  readonly openNative?: (bytes: Uint8Array) => Promise<Network>;
  /** Decoder of photos, made when the first is dropped. */
  readonly createDecode: () => Decode;
  /** What runs here, for rows that others repeat. */
  readonly provenance?: Provenance;
  /** Absent, or null where the browser keeps nothing: a training that is cut starts again. */
  readonly checkpoints?: () => Promise<CheckpointStore | null>;
  /** What must be said of what is stored here; absent, or null: nothing. */
  readonly storageProblem?: () => Promise<string | null>;
  /** Absent, or null where the browser keeps nothing: each session measures anew. */
  readonly results?: () => Promise<ResultStore | null>;
};
