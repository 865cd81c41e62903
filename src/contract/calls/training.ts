/** What the page and the worker say to each other about a training that is watched. Types only. */
import type { RunSettings } from '../run.ts';
import type { Progress } from '../progress.ts';
import type { Validation } from '../trainingReport.ts';

/** How far a run is, and all that it has measured. */
export type TrainingState = {
  /** Their `training` is the whole recipe. */
  readonly settings: RunSettings;
  readonly step: number;
  readonly steps: number;
  readonly stepsPerEpoch: number;
  /** One value for each step done. */
  readonly losses: Float32Array;
  readonly accuracies: Float32Array;
  readonly validations: readonly Validation[];
  /** The validation whose weights are kept; null without one. */
  readonly best: Validation | null;
  /** The step to which a reload of the page goes back; null: the browser keeps nothing. */
  readonly savedStep: number | null;
  /** Why the last checkpoint could not be kept, if it could not; training goes on. */
  readonly problem: string | null;
  /** Its network is what `evaluate`, `score` and `exportOnnx` use for these settings. */
  readonly finished: boolean;
};

/** The network of the user's own classes, without the frozen layers that it stands on. */
export type ClassesNetwork = {
  /** Head and class names, some kilobytes: what a session saves of it. */
  readonly file: Uint8Array;
  readonly classes: readonly string[];
  /** The network beneath, by its name in the catalogue, and what its file is called. */
  readonly base: string;
  readonly baseFile: string;
  /** Photos that it was learned from. */
  readonly images: number;
  /** Side of its input, in pixels. */
  readonly side: number;
  /** What the user must know of how it is kept; null: nothing. */
  readonly message: string | null;
};

/** The calls about a training that is watched. */
export type TrainingCalls = {
  /** How far the run with these settings is: in the worker, or in its last checkpoint. */
  trainingState: { args: RunSettings; result: TrainingState };
  /**
   * Goes on with the run, or begins it: `steps` steps, or to its end. Cancelling pauses it after the step under way.
   * Progress carries each step's TrainingReport.
   */
  train: {
    args: { readonly settings: RunSettings; readonly steps: number | null; readonly watch: string | null };
    result: TrainingState;
    progress: Progress;
  };
  /** From the next step on, the weights of another layer are reported. */
  watchLayer: { args: { readonly layer: string }; result: null };
  /**
   * Gives a network that does not know the images' classes a last layer for them, learned from its training images and
   * kept in this browser; all other layers stay. From then on the network of these names is this one.
   */
  learnHead: {
    args: Pick<RunSettings, 'model' | 'dataset' | 'side' | 'seed'> & {
      /** Training images, at most; by default 1,000. */
      readonly images?: number;
    };
    result: { readonly images: number; readonly seconds: number };
    progress: Progress;
  };
  /** Learns the network of the user's own classes: a new end on the frozen layers of another network. It is kept. */
  learnClasses: {
    args: {
      /** The network beneath, by its name in the catalogue. */
      readonly base: string;
      readonly dataset: string;
      readonly seed: number;
    };
    result: ClassesNetwork & { readonly seconds: number };
    progress: Progress;
  };
  /** The network of own classes that is kept here; null: there is none. */
  ownClasses: { args: Record<string, never>; result: ClassesNetwork | null };
  /** Keeps one that a session brought. */
  keepClasses: { args: { readonly file: Uint8Array }; result: ClassesNetwork };
  /**
   * Ends the run. `keep`: its best weights become the network of these settings; otherwise it is forgotten and can
   * begin again.
   */
  endTraining: {
    args: { readonly settings: RunSettings; readonly keep: boolean };
    result: TrainingState;
    progress: Progress;
  };
};
