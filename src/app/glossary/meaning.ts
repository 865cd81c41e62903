/** Which word's meaning is shown now: one for the whole page. */
import { createStore } from '../store/store.ts';
import type { Entry } from '../words/glossary.ts';

/** `at`: the word that was pressed or is focused, where the meaning stands. */
export type Shown = { readonly entry: Entry; readonly at: HTMLElement };

/** The element that holds it, for `aria-describedby`. */
export const MEANING_ID = 'meaning';

const store = createStore<{ readonly shown: Shown | null }>({ shown: null });

export const meaning = { getState: store.getState, subscribe: store.subscribe };

export const showMeaning = (entry: Entry, at: HTMLElement): void => store.set({ shown: { entry, at } });

/** @param at hides the meaning of this word alone: another may have taken its place */
export function hideMeaning(at?: HTMLElement): void {
  const { shown } = store.getState();
  if (shown && (!at || shown.at === at)) store.set({ shown: null });
}
