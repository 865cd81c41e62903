/** Every way in which the page's state can change. */
import type { Race } from '../../contract/calls/race.ts';
import { counted } from '../../contract/counted.ts';
import { float32Settings, settingsKey } from '../../contract/settings.ts';
import { startingGuess, startingLayerGuess, type Guess, type LayerGuess } from './guess.ts';
import type { Link } from './link.ts';
import type { PreviewResult, ScoreResult, RunResult, RunSettings } from '../../contract/run.ts';
import type { Progress } from '../../contract/progress.ts';
import type { ImageStrip, Opened } from '../../contract/calls/opened.ts';
import { choiceOf, same, type Choice } from './choice.ts';
import type { Job } from './job.ts';
import type { Failure, State } from './state.ts';
import { DEFAULT_IMAGES, watch, type Sighting } from '../pace/testImages.ts';
import type { Records } from '../recorded/records.ts';

export type Action =
  | { readonly kind: 'guess'; readonly guess: Guess }
  | { readonly kind: 'layerGuess'; readonly guess: LayerGuess }
  /** A saved session was opened: its results stand beside those that are here. */
  | {
      readonly kind: 'restore';
      readonly runs: readonly RunResult[];
      readonly scores: readonly ScoreResult[];
      readonly guess: Guess;
      readonly layerGuess: LayerGuess;
    }
  | { readonly kind: 'preview'; readonly result: PreviewResult }
  /** What was recorded of the subject in view has arrived. */
  | { readonly kind: 'recorded'; readonly records: Records }
  /**
   * A link of this page was followed. It restores every choice except the backend and the number of images: the one is
   * fixed once the lab is open, the other is this machine's.
   */
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
  | { readonly kind: 'raced'; readonly race: Race }
  | { readonly kind: 'file'; readonly settings: RunSettings }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'resume' }
  /** Somebody chose how many test images are measured. */
  | { readonly kind: 'testImages'; readonly images: number }
  /** `at`: when it came, in milliseconds of the page's clock. */
  | { readonly kind: 'progress'; readonly progress: Progress; readonly job: Job; readonly at: number }
  | ({ readonly kind: 'failed' } & Failure)
  /** A person has looked at the first answers of a network whose order of classes nothing says. */
  | { readonly kind: 'confirmOrder' }
  /** A dataset, or the weights of a network (`weights:MODEL`), came or became another. */
  | { readonly kind: 'changed'; readonly name: string }
  | { readonly kind: 'opened'; readonly opened: Opened }
  | { readonly kind: 'images'; readonly images: ImageStrip }
  | { readonly kind: 'run'; readonly result: RunResult }
  | { readonly kind: 'score'; readonly result: ScoreResult };

export function reduce(state: State, action: Action): State {
  switch (action.kind) {
    case 'follow': {
      const { screen, theme, view, hide, layer, plan, lesson, model, dataset, side } = action.link;
      const choice = choiceOf(action.link);
      const there = onSubject(state, { model, dataset, side });
      const moved = { ...there, link: { ...there.link, screen, theme, view, hide, layer, plan, lesson }, choice };
      return same(choice, state.wanted) ? moved : { ...moved, ...RESUMED, wanted: choice };
    }
    case 'layer':
      return { ...state, link: { ...state.link, layer: action.layer } };
    case 'restore':
      return withTrueResults({
        ...state,
        guess: action.guess,
        layerGuess: action.layerGuess,
        runs: action.runs.reduce(withRestored, state.runs),
        scores: action.scores.reduce(
          (scores, score) => withLast(scores, settingsKey(score.settings), score),
          state.scores,
        ),
      });
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
      return { ...state, raced: action.race };
    case 'file':
      return { ...state, ...RESUMED, wantedFile: action.settings };
    case 'cancel':
      return { ...state, paused: true, wantedAll: null, progress: null };
    case 'resume':
      return { ...state, ...RESUMED, wanted: state.choice };
    case 'progress':
      return state.paused ? state : seen({ ...state, progress: action.progress }, action);
    case 'failed':
      return { ...state, progress: null, failure: failureOf(action) };
    case 'confirmOrder':
      return { ...state, orderConfirmed: true };
    case 'changed':
      return withoutStale(state, action.name);
    case 'testImages':
      return { ...measuring(state, action.images), ...RESUMED, askedImages: action.images, pace: { kind: 'known' } };
    case 'opened': {
      const images = Math.min(state.link.images, action.opened.dataset.testImages);
      return withTrueResults({ ...state, progress: null, opened: action.opened, link: { ...state.link, images } });
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
    case 'score':
      return {
        ...state,
        progress: null,
        scores: withLast(state.scores, settingsKey(action.result.settings), action.result),
      };
  }
}

/** From now on, so many test images are measured; those that are here already stay. */
function measuring(state: State, wanted: number): State {
  const images = Math.min(wanted, state.opened?.dataset.testImages ?? wanted);
  const { images: strip } = state;
  const kept = strip && strip.count >= images ? { ...strip, count: images } : null;
  return { ...state, link: { ...state.link, images }, images: kept };
}

/** A machine that is slow at 32-bit float measures fewer images, unless somebody chose how many. */
function seen(state: State, sighting: Sighting): State {
  const { pace, images } = watch(state.pace, sighting);
  const known = { ...state, pace };
  return images === undefined || images >= state.link.images ? known : measuring(known, images);
}

const failureOf = ({ job, message, absent, unknownClasses }: Failure): Failure => ({
  job,
  message,
  absent,
  ...(unknownClasses && { unknownClasses }),
});

/** Work goes on: what was cancelled or has failed is tried again. */
const RESUMED = { paused: false, failure: null, progress: null } as const;

/**
 * The lab opens on another subject. Results of the old one are kept under their own settings. What was open of it is
 * closed, and guesses about it are forgotten.
 */
function onSubject(state: State, subject: Partial<Pick<Link, 'model' | 'dataset' | 'side'>>): State {
  const link = { ...state.link, ...subject };
  const { model, dataset, side } = state.link;
  if (link.model === model && link.dataset === dataset && link.side === side) return state;
  return {
    ...closed(state),
    link: { ...link, images: state.askedImages },
    pace: state.pace.kind === 'known' && state.askedImages !== DEFAULT_IMAGES ? state.pace : { kind: 'unknown' },
    wantedAll: null,
    wantedFile: null,
    guess: state.guess.kind === 'made' ? startingGuess({ ...link, bits: state.choice.bits }) : state.guess,
    layerGuess: state.layerGuess.kind === 'made' ? startingLayerGuess(link) : state.layerGuess,
  };
}

/** Nothing is open: the lab opens what the link names. */
const closed = (state: State): State => ({
  ...state,
  ...RESUMED,
  opened: null,
  orderConfirmed: false,
  images: null,
});

/** Results of what is not here any more are dropped, and the lab opens anew where it was open on it. */
function withoutStale(state: State, name: string): State {
  const isOf = ({ model, dataset }: Pick<RunSettings, 'model' | 'dataset'>): boolean =>
    `weights:${model}` === name || dataset === name;
  const fresh = <T extends { readonly settings: RunSettings }>(results: ReadonlyMap<string, T>) =>
    new Map([...results].filter(([, { settings }]) => !isOf(settings)));
  const kept = { runs: fresh(state.runs), previews: fresh(state.previews), scores: fresh(state.scores) };
  if (!isOf(state.link)) return { ...state, ...kept };
  return { ...closed(state), ...kept, link: { ...state.link, images: state.askedImages }, raced: null };
}

function withLast<T>(map: ReadonlyMap<string, T>, key: string, value: T): ReadonlyMap<string, T> {
  const next = new Map(map);
  next.delete(key);
  return next.set(key, value);
}

/** What was measured here is not replaced by what a file says. */
function withRestored(runs: State['runs'], run: RunResult): State['runs'] {
  const key = settingsKey(run.settings);
  const isOwn = runs.has(key) && runs.get(key)?.openedFrom === undefined;
  return isOwn && run.openedFrom !== undefined ? runs : withLast(runs, key, run);
}

/** Results of the images that are open are what their predictions give: one that a file brought may say otherwise. */
function withTrueResults(state: State): State {
  const { opened, link } = state;
  if (!opened) return state;
  const none = new Int32Array();
  const labelsFor = (settings: RunSettings): Int32Array => {
    if (settings.against !== undefined)
      return state.runs.get(settingsKey(float32Settings(settings)))?.predictions ?? none;
    return settings.dataset === link.dataset && !opened.against ? opened.labels : none;
  };
  const checked = <T extends RunResult | ScoreResult>(results: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
    new Map([...results].map(([key, result]) => [key, counted(result, labelsFor(result.settings))]));
  return { ...state, runs: checked(state.runs), scores: checked(state.scores) };
}
