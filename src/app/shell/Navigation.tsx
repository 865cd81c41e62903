/** The way from screen to screen: each is a link, so that it can be opened, copied and gone back from. */
import { useState } from 'react';
import { formatLink } from '../state/link.ts';
import { SCREENS, type ScreenName } from '../names/screenNames.ts';
import type { State } from '../state/state.ts';
import { WORDS } from '../words/words.ts';
import { hides, linkOf } from '../state/selectors.ts';

const hrefOf = (state: State, screen: ScreenName): string => formatLink({ ...linkOf(state), screen }) || '#';

/** All screens: a row of links, behind one button where the window is narrow. */
export function Navigation({ state }: { readonly state: State }) {
  const [open, setOpen] = useState(false);
  if (hides(state, 'navigation')) return null;
  const { screen } = state.link;
  return (
    <nav className={open ? 'screens open' : 'screens'} aria-label={WORDS.shell.screens}>
      <button
        type="button"
        className="menu"
        aria-expanded={open}
        aria-controls="screens"
        onClick={() => setOpen(!open)}
      >
        <span aria-hidden="true">☰ </span>
        <span className="place">{WORDS.shell.screenPlace(SCREENS.indexOf(screen) + 1, SCREENS.length)}</span>
        {WORDS.screens[screen].tab ?? WORDS.screens[screen].title}
      </button>
      <ul id="screens">
        {SCREENS.map((name) => (
          <li key={name}>
            <a
              href={hrefOf(state, name)}
              aria-current={name === screen ? 'page' : undefined}
              aria-label={WORDS.screens[name].title}
              onClick={() => setOpen(false)}
            >
              {WORDS.screens[name].tab ?? WORDS.screens[name].title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** One screen back, one on: the order of a lesson. */
export function Steps({ state }: { readonly state: State }) {
  if (hides(state, 'navigation')) return null;
  const here = SCREENS.indexOf(state.link.screen);
  const previous = here > 0 ? SCREENS[here - 1] : undefined;
  const next = here + 1 < SCREENS.length ? SCREENS[here + 1] : undefined;
  return (
    <nav className="steps" aria-label={WORDS.shell.steps}>
      {previous && (
        <a href={hrefOf(state, previous)} rel="prev">
          ← {WORDS.shell.previous}: {WORDS.screens[previous].title}
        </a>
      )}
      {next && (
        <a href={hrefOf(state, next)} rel="next">
          {WORDS.shell.next}: {WORDS.screens[next].title} →
        </a>
      )}
    </nav>
  );
}
