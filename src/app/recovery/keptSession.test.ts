import { describe, expect, test } from 'vitest';
import { createStore } from '../store/store.ts';
import { initialState, type State } from '../state/state.ts';
import { parseLink } from '../state/link.ts';
import { reduce, type Action } from '../state/reducer.ts';
import { runOfSettings } from '../testing/fakeLab.ts';
import { float32Of } from '../state/selectors.ts';
import { keep, restoreKept } from './keptSession.ts';

const NAME = 'fewbit:/:session';

/** A tab's storage that takes so many characters. */
function storageOf(most = Infinity) {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => {
      if (text.length > most) throw new DOMException('full', 'QuotaExceededError');
      kept.set(name, text);
    },
  };
}

function storeAt(hash: string) {
  const { getState, subscribe, set } = createStore<State>(initialState(parseLink(hash).link, new Map()));
  return { getState, subscribe, dispatch: (action: Action) => set(reduce(getState(), action)) };
}

function measured(count: number) {
  const store = storeAt('#images=20');
  for (let seed = 0; seed < count; seed++)
    store.dispatch({ kind: 'run', result: runOfSettings({ ...float32Of(store.getState()), seed }, 12) });
  store.dispatch({ kind: 'guess', guess: { kind: 'made', share: 0.4 } });
  return store;
}

describe('a kept session', () => {
  test('is there after a reload, as measured here, with the guess', () => {
    const storage = storageOf();
    keep(measured(2).getState(), storage, NAME);
    const again = storeAt('#images=20');
    restoreKept(again, storage, NAME);
    expect(again.getState().runs.size).toBe(2);
    expect([...again.getState().runs.values()].map(({ openedFrom }) => openedFrom)).toEqual([undefined, undefined]);
    expect(again.getState().guess).toEqual({ kind: 'made', share: 0.4 });
  });

  test('keeps the newest results that there is room for', () => {
    const all = storageOf();
    keep(measured(4).getState(), all, NAME);
    const small = storageOf((all.kept.get(NAME)?.length ?? 0) - 1);
    keep(measured(4).getState(), small, NAME);
    const again = storeAt('#images=20');
    restoreKept(again, small, NAME);
    expect([...again.getState().runs.values()].map(({ settings }) => settings.seed)).toEqual([2, 3]);
  });

  test('that is damaged leaves the page as it is without one', () => {
    const storage = storageOf();
    for (const text of ['', '{', 'null', '{"fewbitSession":1}', '{"fewbitSession":9}']) {
      storage.setItem(NAME, text);
      const again = storeAt('#images=20');
      restoreKept(again, storage, NAME);
      expect(again.getState().runs.size).toBe(0);
    }
  });

  test('of another network brings its results, not its guess', () => {
    const storage = storageOf();
    keep(measured(1).getState(), storage, NAME);
    const again = storeAt('#images=20&model=resnet18&dataset=imagenette');
    restoreKept(again, storage, NAME);
    expect(again.getState().runs.size).toBe(1);
    expect(again.getState().guess).not.toEqual({ kind: 'made', share: 0.4 });
  });
});
