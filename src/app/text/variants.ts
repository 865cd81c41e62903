/** What stands side by side in the charts and the table: what is chosen, the presets, and all else that was measured. */
import type { RunSettings } from '../../contract/run.ts';
import { PRESET_NAMES, settingsKey } from '../../contract/settings.ts';
import { plain, same, WIDTHS, type Choice } from '../state/choice.ts';
import { concealed } from '../state/guess.ts';
import { presetRows, summaryOf, type Row } from '../state/measurements.ts';
import { onChosenImages, scoreOf, settingsOf } from '../state/selectors.ts';
import type { State } from '../state/state.ts';
import { pairOf } from '../state/times.ts';
import { schemeInWords } from './names.ts';

export type Variant = {
  /** Names its rows in test ids: "modern", "2021-range-mse", "modern-trained". */
  readonly id: string;
  /** In words, as the charts, the table and the findings call it. */
  readonly name: string;
  readonly trained: boolean;
  /** 8 bits first; of what is chosen every width, measured or not, of the others what is known. */
  readonly rows: readonly (Row & { readonly settings: RunSettings })[];
};

const idOf = ({ scheme, method, file }: RunSettings): string =>
  [scheme?.name ?? 'float32', ...(method === 'qat' ? ['trained'] : []), ...(file === undefined ? [] : [file])]
    .join('-')
    .replace(/[^\w.]+/g, '-');

function rowOf(state: State, settings: RunSettings): Row & { readonly settings: RunSettings } {
  const run = summaryOf(state, settings);
  return {
    settings,
    preset: null,
    bits: settings.scheme?.weightBits ?? null,
    run,
    score: run && scoreOf(state, settings),
    time: run && pairOf(state, settings),
  };
}

const variantOf = (rows: Variant['rows'], settings: RunSettings): Variant => ({
  id: idOf(settings),
  name: schemeInWords(settings),
  trained: settings.method === 'qat',
  rows,
});

/** The chosen scheme at every width. */
export function chosenVariant(state: State): Variant {
  const { preset, bits } = state.choice;
  const isPlain = same(state.choice, plain({ preset, bits }));
  const settings = WIDTHS.map((width) => settingsOf(state, { ...state.choice, bits: width }));
  const rows = isPlain ? presetRows(state, preset) : settings.map((each) => rowOf(state, each));
  return variantOf(
    rows.map((row, at) => ({ ...row, settings: settings[at] })),
    settings[0],
  );
}

/** The presets as they are that are not chosen, and every other quantization that was measured on the chosen images. */
export function otherVariants(state: State): readonly Variant[] {
  const chosen = new Set(chosenVariant(state).rows.map(({ settings }) => settingsKey(settings)));
  const presets = PRESET_NAMES.map((preset) => {
    const choices = WIDTHS.map((bits): Choice => plain({ preset, bits }));
    const rows = presetRows(state, preset).map((row, at) => ({ ...row, settings: settingsOf(state, choices[at]) }));
    return variantOf(rows, rows[0].settings);
  }).filter(({ rows }) => !chosen.has(settingsKey(rows[0].settings)));
  const known = new Set([
    ...chosen,
    ...presets.flatMap(({ rows }) => rows.map(({ settings }) => settingsKey(settings))),
  ]);
  const groups = new Map<string, RunSettings[]>();
  for (const { settings } of state.runs.values()) {
    if (!settings.scheme || known.has(settingsKey(settings)) || !onChosenImages(state, settings)) continue;
    if (concealed(state, settings.scheme.weightBits)) continue;
    const id = idOf(settings);
    // Of two trainings of one width the later counts.
    const before = (groups.get(id) ?? []).filter(({ scheme }) => scheme?.weightBits !== settings.scheme?.weightBits);
    groups.set(id, [...before, settings]);
  }
  const others = [...groups.values()].map((group) => {
    const widest = group.toSorted((a, b) => (b.scheme?.weightBits ?? 0) - (a.scheme?.weightBits ?? 0));
    return variantOf(
      widest.map((settings) => rowOf(state, settings)),
      widest[0],
    );
  });
  return [...presets, ...others]
    .map((variant) => ({ ...variant, rows: variant.rows.filter(({ run }) => run) }))
    .filter(({ rows }) => rows.length > 0);
}
