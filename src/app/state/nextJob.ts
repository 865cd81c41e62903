/**
 * What the lab does next. It follows from the state alone, so nothing has to remember a job or to forget a stale
 * one.
 */
import type { State } from './state.ts';
import type { RunSettings } from '../../contract/run.ts';
import { choiceOf, same, WIDTHS } from './choice.ts';
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

/**
 * The first thing that is wanted and missing, or null. While the control moves its position is previewed; where it
 * rests accuracy goes before latency, and the control's own bitwidth before the others'.
 */
export function nextJob(state: State): Job | null {
  if (state.paused || state.failure) return null;
  if (!state.opened) return { kind: 'open', backend: state.link.backend, ...subjectOf(state) };
  if (isOrderAsked(state)) return null;
  if (!state.images) return { kind: 'images', count: state.link.images };
  const preview = missingPreview(state);
  if (preview && !same(state.choice, state.wanted)) return preview;
  const float32 = float32Of(state);
  // Whoever moves the control does not wait for the baseline.
  const moved = !same(state.choice, choiceOf(state.link));
  if (preview && (moved || runOf(state, float32))) return preview;
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
  const unscored = wanted.find((settings) => !scoreOf(state, settings));
  return unscored ? { kind: 'score', settings: unscored } : null;
}
