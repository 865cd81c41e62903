/** Says each new result, and each failure, to a screen reader as it comes in. */
import { useEffect } from 'react';
import { announce } from './announce.ts';
import { headline } from './finding.ts';
import { describeFailure } from './jobs.ts';
import { float32For } from './measurements.ts';
import { shownRun, type State } from './state.ts';

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
