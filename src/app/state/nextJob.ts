/**
 * What the lab does next. It follows from the state alone, so nothing has to remember a job or to forget a stale
 * one.
 */
import type { State } from './state.ts';
import type { RunSettings } from '../../contract/run.ts';
import { choiceOf, same, WIDTHS, type Choice } from './choice.ts';
import type { Job } from './job.ts';
import {
  float32Of,
  isOrderAsked,
  previewOf,
  previewSettingsOf,
  scoreOf,
  runOf,
  settingsOf,
  subjectOf,
} from './selectors.ts';

/** Seconds that previews of other widths may take in all before anybody asks for them. */
const AHEAD_SECONDS = 1.5;

/** A first preview of so many seconds may have been calibration for the most part: one more is tried. */
const FIRST_SECONDS = 5;

/**
 * The first thing that is wanted and missing, or null. While the control moves its position is previewed; where it
 * rests accuracy goes before latency, and the control's own bitwidth before the others'. Between the two the other widths
 * are previewed, so that the next move is answered at once.
 */
export function nextJob(state: State): Job | null {
  if (state.paused || state.failure) return null;
  if (!state.opened) return { kind: 'open', backend: state.link.backend, ...subjectOf(state) };
  if (isOrderAsked(state)) return null;
  if (!state.images) return { kind: 'images', count: state.link.images };
  const preview = previewMissingAt(state, state.choice);
  if (preview && !same(state.choice, state.wanted)) return preview;
  const float32 = float32Of(state);
  // Whoever moves the control does not wait for the baseline.
  const moved = !same(state.choice, choiceOf(state.link));
  if (preview && (moved || runOf(state, float32))) return preview;
  const { wantedAll } = state;
  const rest =
    wantedAll === null ? [] : WIDTHS.map((bits) => settingsOf(state, { ...state.wanted, preset: wantedAll, bits }));
  const file = state.wantedFile === null ? [] : [state.wantedFile];
  const asked = [float32, ...file, settingsOf(state, state.wanted)];
  return (
    unmeasured(state, asked) ??
    previewAhead(state) ??
    unscored(state, asked) ??
    unmeasured(state, rest) ??
    unscored(state, rest)
  );
}

/**
 * Of the widths around the one that the control rests on, the nearest that nobody knows anything of. What a preview takes is
 * judged by the quickest so far: the first one also calibrates, and opens what the others find ready.
 */
function previewAhead(state: State): Job | null {
  const { wanted } = state;
  const known = WIDTHS.flatMap((bits) => previewOf(state, previewSettingsOf(state, { ...wanted, bits })) ?? []);
  if (!previewOf(state, previewSettingsOf(state, wanted))) return null;
  const others = WIDTHS.filter((bits) => bits !== wanted.bits);
  const nearest = others.toSorted((a, b) => Math.abs(a - wanted.bits) - Math.abs(b - wanted.bits));
  const quickest = Math.min(...known.map(({ seconds }) => seconds));
  const tried = known.length === 1 && quickest <= FIRST_SECONDS ? 1 : 0;
  const affordable = nearest.slice(0, Math.max(tried, Math.floor(AHEAD_SECONDS / quickest)));
  const next = affordable.map((bits) => previewMissingAt(state, { ...wanted, bits })).find((job) => job !== null);
  return next ? { ...next, ahead: true } : null;
}

/** A position that is measured needs no preview. */
function previewMissingAt(state: State, choice: Choice): Extract<Job, { kind: 'preview' }> | null {
  const settings = previewSettingsOf(state, choice);
  return runOf(state, settingsOf(state, choice)) || previewOf(state, settings) ? null : { kind: 'preview', settings };
}

function unmeasured(state: State, wanted: readonly RunSettings[]): Job | null {
  const settings = wanted.find((each) => !runOf(state, each));
  return settings ? { kind: 'evaluate', settings } : null;
}

function unscored(state: State, wanted: readonly RunSettings[]): Job | null {
  const settings = wanted.find((each) => !scoreOf(state, each));
  return settings ? { kind: 'score', settings } : null;
}
