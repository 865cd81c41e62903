/** The page: the ways to its screens, the one control, and the screen that is shown. */
import { lazy, Suspense, useEffect, useState, type MouseEvent } from 'react';
import type { Lab } from '../lab/rpc/client.ts';
import { ModelAbsent, isModelAbsent, isEmptyWithout } from './shell/ModelAbsent.tsx';
import { Dock } from './shell/Dock.tsx';
import { Explained } from './glossary/Explained.tsx';
import { Files } from './files/Files.tsx';
import { Header } from './shell/Header.tsx';
import { formatLink, parseLink } from './state/link.ts';
import { Unlabelled } from './shell/Unlabelled.tsx';
import { Meaning } from './glossary/Meaning.tsx';
import { Player } from './lesson/Player.tsx';
import { LiveRegion } from './shell/LiveRegion.tsx';
import { Steps } from './shell/Navigation.tsx';
import { ErrorBoundary } from './recovery/ErrorBoundary.tsx';
import { NewVersionNotice } from './recovery/NewVersionNotice.tsx';
import { REGISTRY } from './screens/registry.ts';
import type { AppStore } from './state/appStore.ts';
import { createTrainings } from './training/trainings.ts';
import { useAnnouncements } from './shell/useAnnouncements.ts';
import { WORDS } from './words/words.ts';
import { useStore } from './store/useStore.ts';
import { isOrderAsked, linkOf, wordsOf } from './state/selectors.ts';

const ClassOrder = lazy(async () => ({ default: (await import('./datasets/networks/ClassOrder.tsx')).ClassOrder }));

type Props = { readonly store: AppStore; readonly lab: Lab; readonly problems: readonly string[] };

export function App({ store, lab, problems }: Props) {
  const state = useStore(store);
  const [trainings] = useState(() => createTrainings(lab, store));
  const [notes, setNotes] = useState(problems);
  const { dispatch } = store;
  // The address follows where the control rests: Chromium needs milliseconds for it, too many for every step of a drag.
  const address = formatLink({ ...linkOf(state), ...state.wanted });
  const { opened } = state;
  const { screen, hide } = state.link;
  const { view: Screen } = REGISTRY[screen];
  const { title, task } = wordsOf(state).screens[screen];
  const absent = isModelAbsent(state);

  useAnnouncements(state);

  useEffect(() => history.replaceState(null, '', address || location.pathname), [address]);

  useEffect(() => {
    const follow = (): void => {
      const followed = parseLink(location.hash);
      setNotes(followed.problems);
      dispatch({ kind: 'follow', link: followed.link });
    };
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, [dispatch]);

  return (
    <>
      <a className="skip" href="#screen" onClick={skipToScreen}>
        {WORDS.shell.skip}
      </a>
      <Header state={state} dispatch={dispatch} />
      <Dock state={state} dispatch={dispatch} trainings={trainings} />
      <main aria-label={title} tabIndex={-1} data-screen={screen}>
        <NewVersionNotice />
        {notes.map((note) => (
          <p key={note} className="notice" role="status">
            {note}
          </p>
        ))}
        <p className="task">
          <Explained>{task}</Explained>
        </p>
        {absent && <ModelAbsent state={state} dispatch={dispatch} lab={lab} />}
        {opened?.against && <Unlabelled state={state} dispatch={dispatch} lab={lab} />}
        {opened?.said?.map((sentence) => (
          <p key={sentence} className="notice" data-testid="said">
            {sentence}
          </p>
        ))}
        {opened && isOrderAsked(state) && (
          <Suspense fallback={<p className="notice">{WORDS.shell.opening(title)}</p>}>
            <ClassOrder state={state} dispatch={dispatch} lab={lab} opened={opened} />
          </Suspense>
        )}
        {!(absent && isEmptyWithout(screen)) && !(isOrderAsked(state) && screen !== 'data') && (
          <ErrorBoundary key={screen} what={title}>
            <Suspense fallback={<p className="notice opening">{WORDS.shell.opening(title)}</p>}>
              <Screen state={state} dispatch={dispatch} lab={lab} trainings={trainings} />
            </Suspense>
          </ErrorBoundary>
        )}
        <Files state={state} dispatch={dispatch} lab={lab} />
        <Steps state={state} />
      </main>
      <footer>
        <p>
          {WORDS.shell.footer} <a href="licences.txt">{WORDS.shell.licences}</a>
        </p>
        {hide.length > 0 && (
          <button type="button" onClick={() => dispatch({ kind: 'look', look: { hide: [] } })}>
            {WORDS.shell.showHidden}
          </button>
        )}
      </footer>
      <Player state={state} />
      <LiveRegion />
      <Meaning />
    </>
  );
}

/** The fragment is the page's own: a jump within the page must not become a link. */
function skipToScreen(event: MouseEvent): void {
  event.preventDefault();
  document.querySelector('main')?.focus();
}
