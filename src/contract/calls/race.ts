/** What the page asks of ONNX Runtime: the race of many files, and photos classified at several bitwidths. */
import type { OperatorTime } from '../../base/operatorTime.ts';
import type { Progress } from '../progress.ts';
import type { RaceLane } from '../engines.ts';
import type { RunSettings } from '../run.ts';

/** How a network is written: floats in either precision, or integers packed to their bits or one byte each. */
export type FileForm = 'float32' | 'float16' | 'packed' | 'int8';

/** A file to race: float forms go with float32 settings, integer forms with a scheme. */
export type RaceEntry = { readonly settings: RunSettings; readonly form: FileForm };

export type RaceArgs = {
  readonly entries: readonly RaceEntry[];
  readonly lanes: readonly RaceLane[];
  /** Images a run. */
  readonly batches: readonly number[];
  /** Milliseconds of timed rounds for each lane and batch. */
  readonly budgetMs?: number;
  /** Which race of the session it is: the same field raced again is measured again. */
  readonly attempt?: number;
};

/** One file on one lane at one batch size. */
export type RaceRow = RaceEntry & {
  readonly lane: RaceLane;
  readonly threads: number;
  readonly batch: number;
  /** Bits of a weight: 32, 16, or the scheme's. */
  readonly bits: number;
  readonly onnxBytes: number;
  readonly loadMs: number;
  readonly firstRunMs: number;
  readonly medianMs: number;
  /** The median's 95% interval. */
  readonly lowMs: number;
  readonly highMs: number;
  readonly p95Ms: number;
  readonly runs: number;
  readonly warmup: number;
  readonly imagesPerSecond: number;
  /** The lane's WebAssembly memory once this file had run, with those opened before it. */
  readonly heapBytes: number;
  readonly operators: readonly OperatorTime[];
  /** Whether its answers to the timed images are those of the first file of its lane. */
  readonly agrees: boolean;
};

/** The state of the machine, as far as it tells. */
export type Machine = {
  readonly runtime: string;
  readonly cores: number;
  readonly crossOriginIsolated: boolean;
  /** The WebGPU adapter, or null where there is none. */
  readonly adapter: string | null;
};

/** A lane that does not race, and why. */
export type AbsentLane = { readonly lane: RaceLane; readonly reason: string };

export type Race = {
  readonly machine: Machine;
  readonly rows: readonly RaceRow[];
  /** Lanes that this browser does not have, or on which a file did not run, each with the reason. */
  readonly absent: readonly AbsentLane[];
  /** What the rows show, in sentences; nothing that was not measured. */
  readonly findings: readonly string[];
};

/** A photo as a file (JPEG, PNG, what the browser decodes), or a test image of the dataset by its place. */
export type Photo =
  { readonly name: string; readonly bytes: Uint8Array } | { readonly name: string; readonly testImage: number };

export type ClassifyArgs = {
  readonly photos: readonly Photo[];
  /** One for each bitwidth. */
  readonly settings: readonly RunSettings[];
};

export type Answer = {
  readonly label: string;
  /** Softmax probability of the label. */
  readonly confidence: number;
  readonly ms: number;
};

export type ClassifiedPhoto = {
  readonly name: string;
  /** The true class of a test image. */
  readonly truth: string | null;
  /** What the network saw: RGB, [side, side, 3]. */
  readonly pixels: Uint8Array;
  /** One for each of the settings, in their order. */
  readonly answers: readonly Answer[];
};

/** What has come of photos so far. Their places are those of the photos that were asked for. */
export type ClassifyProgress = Progress & {
  /** A photo that was read, as the network sees it. */
  readonly seen?: { readonly photo: number } & Omit<ClassifiedPhoto, 'answers' | 'name'> & { readonly side: number };
  /** What one of the settings says of a photo; how long it takes is measured once all have answered. */
  readonly answer?: { readonly photo: number; readonly at: number } & Omit<Answer, 'ms'>;
};

export type Classified = {
  readonly settings: readonly RunSettings[];
  readonly side: number;
  readonly threads: number;
  readonly photos: readonly ClassifiedPhoto[];
  /** Files that are no photos, each with the reason. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
};

export type RuntimeCalls = {
  /** Lanes that this browser does not have. */
  absentLanes: { args: Record<string, never>; result: readonly AbsentLane[] };
  race: { args: RaceArgs; result: Race; progress: Progress };
  classify: { args: ClassifyArgs; result: Classified; progress: ClassifyProgress };
};
