/** The measured bitwidths as rows and as marks: what the table and the charts draw. */
import type { PresetName } from '../../contract/settings.ts';
import type { Bits } from '../../quant/types.ts';
import { concealed } from './guess.ts';
import type { State } from './state.ts';
import type { ScoreResult, RunSettings } from '../../contract/run.ts';
import { plain, WIDTHS } from './choice.ts';
import { pairOf, type Pair } from './times.ts';
import { float32Of, onChosenImages, scoreOf, runOf, settingsOf, shownRun } from './selectors.ts';
import { recordedRun, type Summary } from '../recorded/records.ts';

/** One line of the table: a bitwidth of a preset (null: 32-bit float), with what is known of it. */
export type Row = {
  readonly preset: PresetName | null;
  readonly bits: Bits | null;
  readonly run: Summary | undefined;
  readonly score: ScoreResult | undefined;
  /** Its time beside float32's, from one race. */
  readonly time?: Pair | undefined;
};

/** Measured here, or else recorded; nothing that is yet to be guessed. */
export function summaryOf(state: State, settings: RunSettings): Summary | undefined {
  if (concealed(state, settings.scheme?.weightBits ?? null)) return undefined;
  return runOf(state, settings) ?? comparableRecord(state, settings);
}

/**
 * What was recorded, on the same test images as what is measured here: where it is known only of other images it is
 * left out as soon as this machine has measured anything of this subject.
 */
function comparableRecord(state: State, settings: RunSettings): Summary | undefined {
  const run = recordedRun(state.recorded, settings);
  return run?.settings.images === settings.images || !isMeasured(state) ? run : undefined;
}

/** Whether this machine, or a session that was opened, measured anything on the chosen images. */
const isMeasured = (state: State): boolean =>
  [...state.runs.values()].some(({ settings }) => onChosenImages(state, settings));

export function float32Row(state: State): Row {
  const settings = float32Of(state);
  return {
    preset: null,
    bits: null,
    run: summaryOf(state, settings),
    score: scoreOf(state, settings),
    time: pairOf(state, settings),
  };
}

/** Eight bits first, one row for each width, measured or not. */
export const presetRows = (state: State, preset: PresetName): readonly Row[] =>
  WIDTHS.map((bits) => {
    const settings = settingsOf(state, plain({ preset, bits }));
    const run = summaryOf(state, settings);
    return { preset, bits, run, score: run && scoreOf(state, settings), time: run && pairOf(state, settings) };
  });

/** The quantized run to show: the control's own, measured or recorded, else the last one that was measured. */
export const shownSummary = (state: State): Summary | undefined =>
  summaryOf(state, settingsOf(state, state.choice)) ?? shownRun(state);

/**
 * The 32-bit run that a run is compared with. A recorded run is compared with the recorded one: both saw the same
 * images.
 */
export const float32For = (state: State, run: Summary | undefined): Summary | undefined =>
  run?.recorded ? comparableRecord(state, float32Of(state)) : summaryOf(state, float32Of(state));
