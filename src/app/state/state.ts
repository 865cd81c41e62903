/** All that the page knows. Every change of it is in reducer.ts; what to compute next follows from it, in nextJob.ts. */
import type { Race } from '../../contract/calls/race.ts';
import type { PresetName } from '../../contract/settings.ts';
import { startingGuess, startingLayerGuess, type Guess, type LayerGuess } from './guess.ts';
import type { Link } from './link.ts';
import type { PreviewResult, ScoreResult, RunResult, RunSettings } from '../../contract/run.ts';
import type { Progress } from '../../contract/progress.ts';
import type { ImageStrip, Opened } from '../../contract/calls/opened.ts';
import { choiceOf, type Choice } from './choice.ts';
import type { Job } from './job.ts';
import { startingPace, type Pace } from '../pace/testImages.ts';
import type { Records } from '../recorded/records.ts';

export type State = {
  /** What the link asked for; `images` is clamped to the dataset once it is open. */
  readonly link: Link;
  /** Test images that the link asked for, however few a dataset has. */
  readonly askedImages: number;
  /** Where the control stands now. */
  readonly choice: Choice;
  /** Where the control last came to rest: this is measured. */
  readonly wanted: Choice;
  /** The preset of which every bitwidth is wanted, or null. */
  readonly wantedAll: PresetName | null;
  /** A quantized file that was brought, to be measured beside what is made here. */
  readonly wantedFile: RunSettings | null;
  readonly opened: Opened | null;
  /** Whether a person has said that the network's classes are in the order that they were taken for. */
  readonly orderConfirmed: boolean;
  readonly images: ImageStrip | null;
  /** Results by settingsKey, oldest first. */
  readonly runs: ReadonlyMap<string, RunResult>;
  /** Results that came with the page. */
  readonly recorded: Records;
  readonly previews: ReadonlyMap<string, PreviewResult>;
  readonly scores: ReadonlyMap<string, ScoreResult>;
  /** The last race. */
  readonly raced: Race | null;
  readonly progress: Progress | null;
  /** What is known of this machine's speed, by which the number of test images is chosen. */
  readonly pace: Pace;
  /** True after a cancel: nothing starts until the user asks for something. */
  readonly paused: boolean;
  readonly failure: Failure | null;
  readonly guess: Guess;
  readonly layerGuess: LayerGuess;
};

/**
 * `absent`: what it needs has not been brought yet; `unknownClasses`: the network does not know the images' classes.
 * Neither is a fault: the page offers the way on.
 */
export type Failure = {
  readonly job: Job;
  readonly message: string;
  readonly absent?: boolean;
  readonly unknownClasses?: boolean;
};

/** @param recorded results that came with the page */
export function initialState(link: Link, recorded: Records): State {
  const choice = choiceOf(link);
  return {
    link,
    askedImages: link.images,
    choice,
    wanted: choice,
    wantedAll: null,
    wantedFile: null,
    opened: null,
    orderConfirmed: false,
    images: null,
    runs: new Map(),
    recorded,
    previews: new Map(),
    scores: new Map(),
    raced: null,
    progress: null,
    pace: startingPace(link.images),
    paused: false,
    failure: null,
    guess: startingGuess(link),
    layerGuess: startingLayerGuess(link),
  };
}
