/** Light or dark, as the system has it until a person chooses; and large, for a projector. */
import { useLayoutEffect, useSyncExternalStore } from 'react';
import type { State } from '../state/state.ts';
import { WORDS } from '../words/words.ts';
import type { Action } from '../state/reducer.ts';
import { hides } from '../state/selectors.ts';

type Props = { readonly state: State; readonly dispatch: (action: Action) => void };

const darkness = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)');

function subscribe(listener: () => void): () => void {
  const media = darkness();
  media.addEventListener('change', listener);
  return () => media.removeEventListener('change', listener);
}

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
      <button
        type="button"
        className="quiet"
        title={dark ? WORDS.shell.light : WORDS.shell.dark}
        onClick={() => dispatch({ kind: 'look', look: { theme: dark ? 'light' : 'dark' } })}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">
          {dark ? (
            <path d="M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10ZM12 1v3M12 20v3M1 12h3M20 12h3M4.2 4.2l2.1 2.1M17.7 17.7l2.1 2.1M4.2 19.8l2.1-2.1M17.7 6.3l2.1-2.1" />
          ) : (
            <path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z" />
          )}
        </svg>
        <span>{dark ? WORDS.shell.light : WORDS.shell.dark}</span>
      </button>
      <button
        type="button"
        className="quiet"
        title={WORDS.shell.projector}
        aria-pressed={view === 'projector'}
        onClick={() => dispatch({ kind: 'look', look: { view: view === 'projector' ? 'desk' : 'projector' } })}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M2 4h20M4 4v11h16V4M12 15v3M7 22l5-4 5 4" />
        </svg>
        <span>{WORDS.shell.projector}</span>
      </button>
    </div>
  );
}
