/** The page: who computes, the screens, the one control, and the screen that is shown. */
import { Suspense, useEffect, useSyncExternalStore } from 'react';
import type { Lab } from '../lab/client.ts';
import { Activity } from './Activity.tsx';
import { BitControl } from './BitControl.tsx';
import { Header } from './Header.tsx';
import { formatLink, parseLink } from './link.ts';
import { Navigation } from './Navigation.tsx';
import { REGISTRY } from './screens/registry.ts';
import type { Session } from './session.ts';
import { linkOf } from './state.ts';

type Props = { readonly session: Session; readonly lab: Lab; readonly problems: readonly string[] };

export function App({ session, lab, problems }: Props) {
  const state = useSyncExternalStore(session.subscribe, session.getState);
  const { dispatch } = session;
  const address = formatLink(linkOf(state));
  const { title, view: Screen } = REGISTRY[state.link.screen];

  useEffect(() => history.replaceState(null, '', address || location.pathname), [address]);

  useEffect(() => {
    const follow = (): void => dispatch({ kind: 'follow', link: parseLink(location.hash).link });
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, [dispatch]);

  return (
    <>
      <Header opened={state.opened} images={state.link.images} />
      <div className="dock">
        <BitControl choice={state.choice} dispatch={dispatch} />
        <Activity state={state} dispatch={dispatch} />
      </div>
      <Navigation state={state} />
      <main aria-label={title}>
        {problems.map((problem) => (
          <p key={problem} className="notice" role="status">
            {problem}
          </p>
        ))}
        <Suspense fallback={<p className="notice">Opening {title}…</p>}>
          <Screen state={state} dispatch={dispatch} lab={lab} />
        </Suspense>
      </main>
      <footer>
        <p>
          Every number on this page was measured in this browser, on this machine. Nothing was uploaded. Weights and activations share the bitwidth; a
          95% interval is Wilson&rsquo;s; 1 kB is 1,000 bytes.
        </p>
      </footer>
    </>
  );
}
