/** The page's one store: every action changes the state, and what the lab does next follows from it at once. */
import type { Lab } from '../../lab/rpc/client.ts';
import type { Link } from './link.ts';
import { nextJob } from './nextJob.ts';
import type { RecordedResults } from '../recorded/records.ts';
import { reduce, type Action } from './reducer.ts';
import { createRunner } from './runner.ts';
import { initialState, type State } from './state.ts';
import { createStore, type Readable } from '../store/store.ts';

/** How long the control must stand still before its bitwidth is measured. */
export const REST_MS = 350;

export type AppStore = Readable<State> & { readonly dispatch: (action: Action) => void };

/** Opens the lab, measures what the link asks for, and from then on what the control asks for. */
export function createAppStore(lab: Lab, link: Link, recorded: RecordedResults): AppStore {
  const { getState, subscribe, set } = createStore(initialState(link, recorded.first));
  let rest: ReturnType<typeof setTimeout> | undefined;
  const runner = createRunner(lab, dispatch);
  const recordsAsked = new Set<string>();

  /** Asks once for each pair of network and images. If the records do not arrive, the page is as if there were none. */
  function wantRecords({ model, dataset }: Link): void {
    const pair = `${model} ${dataset}`;
    if (recordsAsked.has(pair)) return;
    recordsAsked.add(pair);
    void recorded.of({ model, dataset }).then(
      (records) => records && dispatch({ kind: 'recorded', records }),
      () => recordsAsked.delete(pair),
    );
  }

  function dispatch(action: Action): void {
    set(reduce(getState(), action));
    runner.want(nextJob(getState()));
    wantRecords(getState().link);
    if (action.kind !== 'choose') return;
    clearTimeout(rest);
    rest = setTimeout(() => dispatch({ kind: 'rest' }), REST_MS);
  }

  runner.want(nextJob(getState()));
  wantRecords(link);
  return { getState, subscribe, dispatch };
}
