/** The datasets' session in a component. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { datasetsSession } from './datasetsStore.ts';
import type { DatasetsSession, DatasetsState } from './datasetsStore.ts';

/** Asks what is here when the component is first shown. */
export function useDatasets(): { readonly session: DatasetsSession; readonly state: DatasetsState } {
  const [session] = useState(datasetsSession);
  const state = useSyncExternalStore(session.subscribe, session.getState);
  useEffect(() => void session.refresh(), [session]);
  return { session, state };
}
