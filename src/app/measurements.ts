/** The measured bitwidths as rows and as marks: what the table and the charts draw. */
import type { RaceResult, RunResult } from '../lab/protocol.ts';
import { PRESET_NAMES, type PresetName } from '../lab/settings.ts';
import type { Bits } from '../quant/types.ts';
import { WIDTHS } from './jobs.ts';
import { float32Of, raceOf, runOf, settingsOf, type State } from './state.ts';

/** One line of the table: a bitwidth of a preset (null: 32-bit float), with what is known of it. */
export type Row = {
  readonly preset: PresetName | null;
  readonly bits: Bits | null;
  readonly run: RunResult | undefined;
  readonly race: RaceResult | undefined;
};

export const float32Row = (state: State): Row => {
  const settings = float32Of(state);
  return { preset: null, bits: null, run: runOf(state, settings), race: raceOf(state, settings) };
};

/** Eight bits first, one row for each width, measured or not. */
export const presetRows = (state: State, preset: PresetName): readonly Row[] =>
  WIDTHS.map((bits) => {
    const settings = settingsOf(state, { preset, bits });
    return { preset, bits, run: runOf(state, settings), race: raceOf(state, settings) };
  });

/** The preset that the control does not stand on. */
export const otherPreset = ({ choice }: State): PresetName => PRESET_NAMES.find((preset) => preset !== choice.preset) ?? choice.preset;

/** 32-bit float, every width of the control's preset, and what was measured of the other one. */
export const tableRows = (state: State): readonly Row[] => [
  float32Row(state),
  ...presetRows(state, state.choice.preset),
  ...presetRows(state, otherPreset(state)).filter(({ run }) => run),
];
