/** What follows from the state: the settings that are chosen, and the results that belong to them. */
import type { Race } from '../../contract/calls/race.ts';
import { SCHEME_CHANGES } from '../../contract/schemeChanges.ts';
import {
  changedPtqSettings,
  float32Settings,
  PREVIEW_IMAGES,
  settingsKey,
  type Workload,
} from '../../contract/settings.ts';
import { concealed } from './guess.ts';
import type { Hideable, Link } from './link.ts';
import type { PreviewResult, ScoreResult, RunResult, RunSettings } from '../../contract/run.ts';
import type { Choice } from './choice.ts';
import type { State } from './state.ts';
import { spoken } from '../words/spoken.ts';
import type { Words } from '../words/words.ts';

/** Whether the page's link hides this control. */
export const hides = ({ link }: State, control: Hideable): boolean => link.hide.includes(control);

/** The link to what is shown now. */
export const linkOf = ({ link, choice }: State): Link => ({ ...link, ...choice });

export const subjectOf = ({ link: { model, dataset, side } }: State): Pick<Workload, 'model' | 'dataset' | 'side'> => ({
  model,
  dataset,
  ...(side === 0 ? {} : { side }),
});

export const workloadOf = (state: State): Workload => ({
  ...subjectOf(state),
  images: state.link.images,
  seed: state.link.seed,
  ...(state.opened?.against && { against: state.opened.against.kind }),
});

/** Whether settings are of the chosen network on the chosen test images: only such results stand side by side. */
export function onChosenImages(state: State, settings: RunSettings): boolean {
  const chosen = workloadOf(state);
  return (['model', 'dataset', 'side', 'images', 'against'] as const).every((name) => settings[name] === chosen[name]);
}

export const float32Of = (state: State): RunSettings => float32Settings(workloadOf(state));

/** The settings that a choice stands for. */
export function settingsOf(state: State, { preset, bits, ...changes }: Choice): RunSettings {
  const made = Object.fromEntries(SCHEME_CHANGES.filter((name) => changes[name]).map((name) => [name, changes[name]]));
  const settings = changedPtqSettings(workloadOf(state), preset, bits, made);
  // A class's own photos are often fewer than a calibration takes.
  const most = state.opened?.dataset.trainImages ?? Infinity;
  return { ...settings, calibrationImages: Math.min(state.link.calibration, most) };
}

/** The same on a preview's few images. */
export function previewSettingsOf(state: State, choice: Choice): RunSettings {
  const settings = settingsOf(state, choice);
  return { ...settings, images: Math.min(PREVIEW_IMAGES, settings.images) };
}

export const runOf = (state: State, settings: RunSettings): RunResult | undefined =>
  state.runs.get(settingsKey(settings));

/**
 * What answers are compared with, one class for each test image: the labels, or the float network's own answers where
 * nobody knows better; empty until there are some.
 */
export const labelsOf = (state: State): Int32Array =>
  state.opened?.against
    ? (runOf(state, float32Of(state))?.predictions ?? new Int32Array())
    : (state.opened?.labels ?? new Int32Array());

/** The name of what an image is compared with; empty until it is known. */
export const truthOf = (state: State, image: number): string =>
  state.opened?.dataset.classes[labelsOf(state)[image] ?? -1] ?? '';

/** The words for what is measured: accuracy or agreement. */
export const wordsOf = (state: State): Words => spoken(state.opened?.against?.kind);

export const scoreOf = (state: State, settings: RunSettings): ScoreResult | undefined =>
  state.scores.get(settingsKey(settings));

export const previewOf = (state: State, settings: RunSettings): PreviewResult | undefined =>
  state.previews.get(settingsKey(settings));

/**
 * The quantized run to show: the chosen one if it is measured, else the last one that was. A run that is still to be
 * guessed is not shown.
 */
export function shownRun(state: State): RunResult | undefined {
  const workload = workloadOf(state);
  const ofWorkload = ({ settings }: RunResult): boolean =>
    settingsKey(float32Settings(settings)) === settingsKey(float32Settings(workload));
  const shown = (run: RunResult): boolean =>
    run.settings.method === 'ptq' &&
    run.settings.file === undefined &&
    ofWorkload(run) &&
    !concealed(state, run.settings.scheme?.weightBits ?? null);
  const own = runOf(state, settingsOf(state, state.choice));
  return own && shown(own) ? own : [...state.runs.values()].findLast(shown);
}

export type RacedRow = Race['rows'][number];

/** What the last race measured of this network on these images. */
export const racedHere = ({ raced, link: { model, dataset } }: State): readonly RacedRow[] =>
  (raced?.rows ?? []).filter(({ settings }) => settings.model === model && settings.dataset === dataset);

/** Whether a person must look at the order of the classes before anything is measured. */
export const isOrderAsked = ({ opened, orderConfirmed }: State): boolean =>
  typeof opened?.order === 'string' && !orderConfirmed;
