/** What the lab is to do next, worked out from the state alone: so a stale job has no place to hide. */
import { settingsKey } from '../../contract/settings.ts';
import { BITS } from '../../quant/types.ts';
import { bitsName } from '../text/format.ts';
import { WORDS } from '../words/words.ts';
import {
  float32Of,
  previewOf,
  previewSettingsOf,
  raceOf,
  runOf,
  same,
  settingsOf,
  subjectOf,
  type State,
} from './state.ts';
import type { BackendName } from '../../contract/device.ts';
import type { RunSettings } from '../../contract/run.ts';

export type Job =
  | ({ readonly kind: 'open'; readonly backend: BackendName | 'auto' } & Pick<
      RunSettings,
      'model' | 'dataset' | 'side'
    >)
  | { readonly kind: 'images'; readonly count: number }
  | { readonly kind: 'preview'; readonly settings: RunSettings }
  | { readonly kind: 'evaluate'; readonly settings: RunSettings }
  | { readonly kind: 'race'; readonly settings: RunSettings };

/** Widths in the order in which the page shows and measures them: 8 first. */
export const WIDTHS = BITS.toReversed();

/**
 * The first thing that is wanted and missing, or null. While the control moves its position is previewed; where it
 * rests accuracy goes before latency, and the control's own bitwidth before the others'.
 */
export function nextJob(state: State): Job | null {
  if (state.paused || state.failure) return null;
  if (!state.opened) return { kind: 'open', backend: state.link.backend, ...subjectOf(state) };
  if (!state.images) return { kind: 'images', count: state.link.images };
  const preview = missingPreview(state);
  if (preview && !same(state.choice, state.wanted)) return preview;
  const float32 = float32Of(state);
  if (preview && runOf(state, float32)) return preview;
  const { wantedAll } = state;
  const rest =
    wantedAll === null ? [] : WIDTHS.map((bits) => settingsOf(state, { ...state.wanted, preset: wantedAll, bits }));
  const file = state.wantedFile === null ? [] : [state.wantedFile];
  return missing(state, [float32, ...file, settingsOf(state, state.wanted)]) ?? missing(state, rest);
}

/** A position that is measured needs no preview. */
function missingPreview(state: State): Job | null {
  const settings = previewSettingsOf(state, state.choice);
  return runOf(state, settingsOf(state, state.choice)) || previewOf(state, settings)
    ? null
    : { kind: 'preview', settings };
}

function missing(state: State, wanted: readonly RunSettings[]): Job | null {
  const unmeasured = wanted.find((settings) => !runOf(state, settings));
  if (unmeasured) return { kind: 'evaluate', settings: unmeasured };
  const unraced = wanted.find((settings) => !raceOf(state, settings));
  return unraced ? { kind: 'race', settings: unraced } : null;
}

/** Equal jobs have equal keys. */
export function jobKey(job: Job): string {
  switch (job.kind) {
    case 'open':
      return `open ${job.backend} ${job.model} ${job.side ?? ''} ${job.dataset}`;
    case 'images':
      return `images ${job.count}`;
    default:
      return `${job.kind} ${settingsKey(job.settings)}`;
  }
}

/** The job in a few words, as the page says them while it works. */
export function describeJob(job: Job): string {
  switch (job.kind) {
    case 'open':
      return WORDS.shell.openingLab;
    case 'images':
      return WORDS.shell.fetchingImages;
    case 'preview':
      return WORDS.shell.previewing(nameOf(job.settings));
    case 'evaluate':
      return WORDS.shell.measuring(nameOf(job.settings));
    case 'race':
      return WORDS.shell.timing(nameOf(job.settings));
  }
}

/** What failed and why; where something is only not here yet, that alone. */
export const describeFailure = ({ job, message, absent }: NonNullable<State['failure']>): string =>
  absent ? message : WORDS.shell.failed(describeJob(job), message);

/** "4 bits (modern)" or "32-bit float"; of a file that was brought its name, too. */
export function nameOf({ scheme, file }: Pick<RunSettings, 'scheme' | 'file'>): string {
  return scheme
    ? `${bitsName(scheme.weightBits)} (${scheme.name}${file === undefined ? '' : `, ${file}`})`
    : bitsName(null);
}
