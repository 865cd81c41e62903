/** The page's one store: every action changes the state, and what the lab does next follows from it at once. */
import type { Lab } from '../../lab/rpc/client.ts';
import { nextJob } from './jobs.ts';
import type { Link } from './link.ts';
import { recordsOf } from './recorded.ts';
import { createRunner } from './runner.ts';
import { initialState, reduce, type Action, type State } from './state.ts';

/** How long the control must stand still before its bitwidth is measured. */
export const REST_MS = 350;

export type Session = {
  readonly getState: () => State;
  readonly subscribe: (listener: () => void) => () => void;
  readonly dispatch: (action: Action) => void;
};

/** Opens the lab, measures what the link asks for, and from then on what the control asks for. */
export function createSession(lab: Lab, link: Link): Session {
  let state = initialState(link);
  let rest: ReturnType<typeof setTimeout> | undefined;
  const listeners = new Set<() => void>();
  const runner = createRunner(lab, dispatch);

  const recordsAsked = new Set<string>();

  /** Once for each subject. A record that does not arrive leaves the page as it is where nothing was recorded. */
  function wantRecords({ model, dataset }: Link): void {
    const subject = `${model} ${dataset}`;
    if (recordsAsked.has(subject)) return;
    recordsAsked.add(subject);
    void recordsOf({ model, dataset }).then(
      (records) => records && dispatch({ kind: 'recorded', records }),
      () => recordsAsked.delete(subject),
    );
  }

  function dispatch(action: Action): void {
    state = reduce(state, action);
    runner.want(nextJob(state));
    wantRecords(state.link);
    for (const listener of listeners) listener();
    if (action.kind !== 'choose') return;
    clearTimeout(rest);
    rest = setTimeout(() => dispatch({ kind: 'rest' }), REST_MS);
  }

  runner.want(nextJob(state));
  wantRecords(link);
  return {
    getState: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    dispatch,
  };
}
