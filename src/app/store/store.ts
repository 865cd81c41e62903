/** A value that tells its listeners of every change: every store of the page is made of one. */

export type Readable<S> = {
  readonly getState: () => S;
  /** @returns the way to stop listening */
  readonly subscribe: (listener: () => void) => () => void;
};

export type Store<S> = Readable<S> & {
  /** Changes these fields; the others stay. Listeners hear of it at once. */
  readonly set: (change: Partial<S>) => void;
};

export function createStore<S extends object>(initial: S): Store<S> {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    set(change) {
      state = { ...state, ...change };
      for (const listener of listeners) listener();
    },
  };
}
