/** The page: what is measured, the control, the findings, the figures and the images. */
import { useEffect, useSyncExternalStore } from 'react';
import { Activity } from './Activity.tsx';
import { BitControl } from './BitControl.tsx';
import { Costs } from './Costs.tsx';
import { DatasetsPanel } from './datasets/DatasetsPanel.tsx';
import { Header } from './Header.tsx';
import { ImageGrid } from './ImageGrid.tsx';
import { formatLink } from './link.ts';
import { Outcome } from './Outcome.tsx';
import { ResultsTable } from './ResultsTable.tsx';
import type { Session } from './session.ts';

export function App({ session, problems }: { readonly session: Session; readonly problems: readonly string[] }) {
  const state = useSyncExternalStore(session.subscribe, session.getState);
  const { dispatch } = session;
  const address = formatLink({ ...state.link, ...state.choice });

  useEffect(() => history.replaceState(null, '', address || location.pathname), [address]);

  return (
    <>
      <Header opened={state.opened} images={state.link.images} />
      <div className="dock">
        <BitControl choice={state.choice} dispatch={dispatch} />
        <Activity state={state} dispatch={dispatch} />
      </div>
      <main>
        {problems.map((problem) => (
          <p key={problem} className="notice" role="status">
            {problem}
          </p>
        ))}
        <Outcome state={state} />
        <Costs state={state} />
        <ResultsTable state={state} />
        <ImageGrid state={state} />
        <DatasetsPanel />
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
