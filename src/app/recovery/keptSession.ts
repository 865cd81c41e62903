/**
 * What was measured and guessed survives a reload of the tab: it is kept as it comes, as a saved session is, in the tab's
 * own storage. Where it stands is in the address.
 */
import { readSession, writeSession } from '../files/sessionFile.ts';
import { formatLink } from '../state/link.ts';
import type { AppStore } from '../state/appStore.ts';
import { linkOf } from '../state/selectors.ts';
import type { State } from '../state/state.ts';
import { record } from '../../base/parsing.ts';

/** A moment after the last change: a drag of the control is many. */
const REST_MS = 300;

/** Two copies of the page on one origin keep two. */
export const keptName = (path: string): string => `fewbit:${path}:session`;

/** Of each run, which file it came from: readSession marks all as opened from its own. */
function origins(text: string): readonly (string | undefined)[] {
  const { results } = record(JSON.parse(text), 'session');
  const { runs } = record(results, 'results');
  return (Array.isArray(runs) ? runs : []).map((run) => {
    const { openedFrom } = record(run, 'run');
    return typeof openedFrom === 'string' ? openedFrom : undefined;
  });
}

/** Nothing that is damaged is used. Guesses count where the page stands where it stood. */
export function restoreKept(store: AppStore, storage: Pick<Storage, 'getItem'>, name: string): void {
  const text = storage.getItem(name);
  if (text === null) return;
  const state = store.getState();
  try {
    const { link, runs, scores, guess, layerGuess } = readSession(text, name);
    const from = origins(text);
    const isSame = link.model === state.link.model && link.dataset === state.link.dataset;
    store.dispatch({
      kind: 'restore',
      runs: runs.map((run, i) => ({ ...run, openedFrom: from[i] })),
      scores,
      guess: isSame ? guess : state.guess,
      layerGuess: isSame ? layerGuess : state.layerGuess,
    });
  } catch {
    // Written by another version, or cut short: the page starts as it does without one.
  }
}

/** Keeps the newest results that the storage has room for. */
export function keep(state: State, storage: Pick<Storage, 'setItem'>, name: string): void {
  for (let runs = [...state.runs], scores = [...state.scores]; ;) {
    try {
      return storage.setItem(name, writeSession({ ...state, runs: new Map(runs), scores: new Map(scores) }));
    } catch {
      if (runs.length + scores.length === 0) return;
      runs = runs.slice(Math.ceil(runs.length / 2));
      scores = scores.slice(Math.ceil(scores.length / 2));
    }
  }
}

const isWorthKeeping = (before: State, after: State): boolean =>
  before.runs !== after.runs ||
  before.scores !== after.scores ||
  before.guess !== after.guess ||
  before.layerGuess !== after.layerGuess ||
  formatLink(linkOf(before)) !== formatLink(linkOf(after));

/** From now on, each change is kept. */
export function keepSession(store: AppStore, storage: Pick<Storage, 'setItem'>, name: string): void {
  let last = store.getState();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = (): void => {
    clearTimeout(timer);
    keep(store.getState(), storage, name);
  };
  store.subscribe(() => {
    const state = store.getState();
    if (!isWorthKeeping(last, state)) return;
    last = state;
    clearTimeout(timer);
    timer = setTimeout(write, REST_MS);
  });
  addEventListener('pagehide', write);
}
