/**
 * The files of the chosen network that can be compared: two in floats, one for each bitwidth of the chosen scheme,
 * and one that the user brought.
 */
import type { RaceEntry } from '../../contract/calls/race.ts';
import type { State } from './state.ts';
import type { RunSettings } from '../../contract/run.ts';
import { WIDTHS } from './choice.ts';
import { float32Of, settingsOf } from './selectors.ts';

/** The part of an entry that tells it from the others. */
export type Entry = { readonly settings: RunSettings; readonly form?: RaceEntry['form'] };

const BROUGHT = 'brought';

export const bitsOf = ({ settings: { scheme }, form }: Entry): number =>
  form === 'float16' ? 16 : (scheme?.weightBits ?? 32);

/** "32", "16" (float16), "8" to "2", or "brought". */
export const contenderId = (entry: Entry): string =>
  entry.settings.file === undefined ? String(bitsOf(entry)) : BROUGHT;
export const isFloat = (entry: Entry): boolean => bitsOf(entry) >= 16;

/** In the order in which they are shown. */
export const contendersOf = (state: State): readonly RaceEntry[] => [
  { settings: float32Of(state), form: 'float32' },
  { settings: float32Of(state), form: 'float16' },
  ...WIDTHS.map((bits) => ({ settings: settingsOf(state, { ...state.choice, bits }), form: 'packed' as const })),
  ...(state.wantedFile === null ? [] : [{ settings: state.wantedFile, form: 'packed' as const }]),
];

/** Those that are chosen by their ids and are still there. */
export const chosenOf = (all: readonly RaceEntry[], ids: readonly string[]): readonly RaceEntry[] =>
  all.filter((entry) => ids.includes(contenderId(entry)));
