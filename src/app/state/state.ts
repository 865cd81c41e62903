/** All that the page knows, and every way it can change. What to compute next follows from it: see jobs.ts. */
import type { RaceField } from '../../contract/calls/race.ts';
import { SCHEME_CHANGES, type SchemeChange } from '../../contract/schemeChanges.ts';
import {
  changedPtqSettings,
  float32Settings,
  PREVIEW_IMAGES,
  settingsKey,
  type Bench,
} from '../../contract/settings.ts';
import type { PresetName } from '../../contract/settings.ts';
import type { Job } from './jobs.ts';
import { concealed, startingGuess, startingLayerGuess, type Guess, type LayerGuess } from './guess.ts';
import type { Hideable, Link } from './link.ts';
import { FIRST_RECORDS, type Records } from './recorded.ts';
import type { PreviewResult, RaceResult, RunResult } from '../../contract/run.ts';
import type { RunSettings } from '../../contract/run.ts';
import type { Progress } from '../../contract/progress.ts';
import type { ImageStrip, Opened } from '../../contract/calls/opened.ts';

/** The position of the bitwidth control, and what is changed in its preset. */
export type Choice = Pick<Link, 'preset' | 'bits' | SchemeChange>;

const UNCHANGED = Object.fromEntries(SCHEME_CHANGES.map((name) => [name, ''])) as { readonly [K in SchemeChange]: '' };

/** A preset as it is. */
export const plain = (choice: Pick<Choice, 'preset' | 'bits'>): Choice => ({ ...UNCHANGED, ...choice });

const choiceOf = ({ preset, bits, range, granularity, repair, 'first-last': firstLast }: Link): Choice => ({
  preset,
  bits,
  range,
  granularity,
  repair,
  'first-last': firstLast,
});

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
  readonly images: ImageStrip | null;
  /** Results by settingsKey, oldest first. */
  readonly runs: ReadonlyMap<string, RunResult>;
  /** Results that came with the page. */
  readonly recorded: Records;
  readonly previews: ReadonlyMap<string, PreviewResult>;
  readonly races: ReadonlyMap<string, RaceResult>;
  /** The last race. */
  readonly raced: RaceField | null;
  readonly progress: Progress | null;
  /** True after a cancel: nothing starts until the user asks for something. */
  readonly paused: boolean;
  /** `absent`: what it needs has not been brought yet, which is no fault. */
  readonly failure: { readonly job: Job; readonly message: string; readonly absent?: boolean } | null;
  readonly guess: Guess;
  readonly layerGuess: LayerGuess;
};

export type Action =
  | { readonly kind: 'guess'; readonly guess: Guess }
  | { readonly kind: 'layerGuess'; readonly guess: LayerGuess }
  /** A saved session was opened: its results stand beside those that are here. */
  | {
      readonly kind: 'restore';
      readonly runs: readonly RunResult[];
      readonly races: readonly RaceResult[];
      readonly guess: Guess;
      readonly layerGuess: LayerGuess;
    }
  | { readonly kind: 'preview'; readonly result: PreviewResult }
  /** What was recorded of the subject in view has arrived. */
  | { readonly kind: 'recorded'; readonly records: Records }
  /** A link of this page was followed: it restores all of its choices but the backend and the images, which are fixed once open. */
  | { readonly kind: 'follow'; readonly link: Link }
  /** Another model, dataset or size: the lab opens on it. */
  | { readonly kind: 'subject'; readonly subject: Partial<Pick<Link, 'model' | 'dataset' | 'side'>> }
  /** How the page looks; nothing is computed for it. */
  | { readonly kind: 'look'; readonly look: Partial<Pick<Link, 'theme' | 'view' | 'hide'>> }
  /** Which layer the screens about single layers look at. */
  | { readonly kind: 'layer'; readonly layer: string }
  | { readonly kind: 'choose'; readonly choice: Partial<Choice> }
  | { readonly kind: 'rest' }
  | { readonly kind: 'measureAll' }
  | { readonly kind: 'raced'; readonly field: RaceField }
  | { readonly kind: 'file'; readonly settings: RunSettings }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'failed'; readonly job: Job; readonly message: string; readonly absent?: boolean }
  | { readonly kind: 'opened'; readonly opened: Opened }
  | { readonly kind: 'images'; readonly images: ImageStrip }
  | { readonly kind: 'run'; readonly result: RunResult }
  | { readonly kind: 'race'; readonly result: RaceResult };

export function initialState(link: Link): State {
  const choice = choiceOf(link);
  return {
    link,
    askedImages: link.images,
    choice,
    wanted: choice,
    wantedAll: null,
    wantedFile: null,
    opened: null,
    images: null,
    runs: new Map(),
    recorded: FIRST_RECORDS,
    previews: new Map(),
    races: new Map(),
    raced: null,
    progress: null,
    paused: false,
    failure: null,
    guess: startingGuess(link),
    layerGuess: startingLayerGuess(link),
  };
}

/** Work goes on: what was cancelled or has failed is tried again. */
const RESUMED = { paused: false, failure: null, progress: null } as const;

export function reduce(state: State, action: Action): State {
  switch (action.kind) {
    case 'follow': {
      const { screen, theme, view, hide, layer, model, dataset, side } = action.link;
      const choice = choiceOf(action.link);
      const there = onSubject(state, { model, dataset, side });
      const moved = { ...there, link: { ...there.link, screen, theme, view, hide, layer }, choice };
      return same(choice, state.wanted) ? moved : { ...moved, ...RESUMED, wanted: choice };
    }
    case 'layer':
      return { ...state, link: { ...state.link, layer: action.layer } };
    case 'restore':
      return {
        ...state,
        guess: action.guess,
        layerGuess: action.layerGuess,
        runs: action.runs.reduce((runs, run) => withLast(runs, settingsKey(run.settings), run), state.runs),
        races: action.races.reduce((races, race) => withLast(races, settingsKey(race.settings), race), state.races),
      };
    case 'guess':
      return { ...state, guess: action.guess };
    case 'layerGuess':
      return { ...state, layerGuess: action.guess };
    case 'subject':
      return onSubject(state, action.subject);
    case 'look':
      return { ...state, link: { ...state.link, ...action.look } };
    case 'choose':
      return { ...state, choice: { ...state.choice, ...action.choice } };
    case 'rest':
      return same(state.choice, state.wanted) ? state : { ...state, ...RESUMED, wanted: state.choice };
    case 'measureAll':
      return { ...state, ...RESUMED, wanted: state.choice, wantedAll: state.choice.preset };
    case 'raced':
      return { ...state, raced: action.field };
    case 'file':
      return { ...state, ...RESUMED, wantedFile: action.settings };
    case 'cancel':
      return { ...state, paused: true, wantedAll: null, progress: null };
    case 'resume':
      return { ...state, ...RESUMED, wanted: state.choice };
    case 'progress':
      return state.paused ? state : { ...state, progress: action.progress };
    case 'failed':
      return { ...state, progress: null, failure: { job: action.job, message: action.message, absent: action.absent } };
    case 'opened': {
      const images = Math.min(state.link.images, action.opened.dataset.testImages);
      return { ...state, progress: null, opened: action.opened, link: { ...state.link, images } };
    }
    case 'images':
      return { ...state, progress: null, images: action.images };
    case 'run':
      return {
        ...state,
        progress: null,
        runs: withLast(state.runs, settingsKey(action.result.settings), action.result),
      };
    case 'recorded':
      return { ...state, recorded: new Map([...state.recorded, ...action.records]) };
    case 'preview':
      return {
        ...state,
        progress: null,
        previews: withLast(state.previews, settingsKey(action.result.settings), action.result),
      };
    case 'race':
      return {
        ...state,
        progress: null,
        races: withLast(state.races, settingsKey(action.result.settings), action.result),
      };
  }
}

/** What was measured of another subject is kept under its own settings; what is shown of it, and what was guessed of it, goes. */
function onSubject(state: State, subject: Partial<Pick<Link, 'model' | 'dataset' | 'side'>>): State {
  const link = { ...state.link, ...subject };
  const { model, dataset, side } = state.link;
  if (link.model === model && link.dataset === dataset && link.side === side) return state;
  return {
    ...state,
    ...RESUMED,
    link: { ...link, images: state.askedImages },
    opened: null,
    images: null,
    wantedAll: null,
    wantedFile: null,
    guess: state.guess.kind === 'made' ? startingGuess({ ...link, bits: state.choice.bits }) : state.guess,
    layerGuess: state.layerGuess.kind === 'made' ? startingLayerGuess(link) : state.layerGuess,
  };
}

/** Whether two choices are one. */
export const same = (a: Choice, b: Choice): boolean =>
  (Object.keys(a) as (keyof Choice)[]).every((name) => a[name] === b[name]);

function withLast<T>(map: ReadonlyMap<string, T>, key: string, value: T): ReadonlyMap<string, T> {
  const next = new Map(map);
  next.delete(key);
  return next.set(key, value);
}

/** Whether the page's link hides this control. */
export const hides = ({ link }: State, control: Hideable): boolean => link.hide.includes(control);

/** The link to what is shown now. */
export const linkOf = ({ link, choice }: State): Link => ({ ...link, ...choice });

export const subjectOf = ({ link: { model, dataset, side } }: State): Pick<Bench, 'model' | 'dataset' | 'side'> => ({
  model,
  dataset,
  ...(side === 0 ? {} : { side }),
});

export const benchOf = (state: State): Bench => ({
  ...subjectOf(state),
  images: state.link.images,
  seed: state.link.seed,
});

export const float32Of = (state: State): RunSettings => float32Settings(benchOf(state));

/** The settings that a choice stands for. */
export function settingsOf(state: State, { preset, bits, ...changes }: Choice): RunSettings {
  const made = Object.fromEntries(SCHEME_CHANGES.filter((name) => changes[name]).map((name) => [name, changes[name]]));
  return changedPtqSettings(benchOf(state), preset, bits, made);
}

export type RacedRow = RaceField['rows'][number];

/** What the last race measured of this network on these images. */
export const racedHere = ({ raced, link: { model, dataset } }: State): readonly RacedRow[] =>
  (raced?.rows ?? []).filter(({ settings }) => settings.model === model && settings.dataset === dataset);

/** The same on a preview's few images. */
export function previewSettingsOf(state: State, choice: Choice): RunSettings {
  const settings = settingsOf(state, choice);
  return { ...settings, images: Math.min(PREVIEW_IMAGES, settings.images) };
}

export const runOf = (state: State, settings: RunSettings): RunResult | undefined =>
  state.runs.get(settingsKey(settings));

export const raceOf = (state: State, settings: RunSettings): RaceResult | undefined =>
  state.races.get(settingsKey(settings));

export const previewOf = (state: State, settings: RunSettings): PreviewResult | undefined =>
  state.previews.get(settingsKey(settings));

/** The quantized run to show: the control's own where it is measured, else the last one that was; none that is yet to be guessed. */
export function shownRun(state: State): RunResult | undefined {
  const bench = benchOf(state);
  const ofBench = ({ settings }: RunResult): boolean =>
    settingsKey(float32Settings(settings)) === settingsKey(float32Settings(bench));
  const shown = (run: RunResult): boolean =>
    run.settings.method === 'ptq' &&
    run.settings.file === undefined &&
    ofBench(run) &&
    !concealed(state, run.settings.scheme?.weightBits ?? null);
  const own = runOf(state, settingsOf(state, state.choice));
  return own && shown(own) ? own : [...state.runs.values()].findLast(shown);
}
