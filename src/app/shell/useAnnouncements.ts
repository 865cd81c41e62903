/** Says each new result, and each failure, to a screen reader as it comes in. */
import { useEffect } from 'react';
import { announce } from '../text/announce.ts';
import { headline } from '../text/finding.ts';
import { float32For } from '../state/measurements.ts';
import type { State } from '../state/state.ts';
import { describeFailure } from '../text/jobs.ts';
import { shownRun } from '../state/selectors.ts';

export function useAnnouncements(state: State): void {
  const run = shownRun(state);
  const { failure } = state;
  const result = run && headline(float32For(state, run), run);

  useEffect(() => {
    if (result) announce(result);
  }, [result]);

  useEffect(() => {
    if (failure) announce(describeFailure(failure));
  }, [failure]);
}
