/** Light or dark, as the system has it until a person chooses; and large, for a projector. */
import { useLayoutEffect, useSyncExternalStore } from 'react';
import { hides, type Action, type State } from './state.ts';
import { WORDS } from './words.ts';

type Props = { readonly state: State; readonly dispatch: (action: Action) => void };

const darkness = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)');

const subscribe = (listener: () => void): (() => void) => {
  const media = darkness();
  media.addEventListener('change', listener);
  return () => media.removeEventListener('change', listener);
};

export function ViewButtons({ state, dispatch }: Props) {
  const { theme, view } = state.link;
  const systemIsDark = useSyncExternalStore(subscribe, () => darkness().matches);
  const dark = theme === 'system' ? systemIsDark : theme === 'dark';

  useLayoutEffect(() => {
    const { style, dataset } = document.documentElement;
    style.colorScheme = theme === 'system' ? '' : theme;
    dataset.view = view;
  }, [theme, view]);

  if (hides(state, 'view')) return null;
  return (
    <div className="views" role="group" aria-label={WORDS.shell.view}>
      <button type="button" className="quiet" onClick={() => dispatch({ kind: 'look', look: { theme: dark ? 'light' : 'dark' } })}>
        {dark ? `☀ ${WORDS.shell.light}` : `☾ ${WORDS.shell.dark}`}
      </button>
      <button
        type="button"
        className="quiet"
        aria-pressed={view === 'projector'}
        onClick={() => dispatch({ kind: 'look', look: { view: view === 'projector' ? 'desk' : 'projector' } })}
      >
        {WORDS.shell.projector}
      </button>
    </div>
  );
}
