/** The datasets' store in a component. */
import { useEffect, useState } from 'react';
import { datasetsStore, type DatasetsState, type DatasetsStore } from './datasetsStore.ts';
import { useStore } from '../store/useStore.ts';

/** Asks what is here when the component is first shown. */
export function useDatasets(): { readonly store: DatasetsStore; readonly state: DatasetsState } {
  const [store] = useState(datasetsStore);
  const state = useStore(store);
  useEffect(() => void store.refresh(), [store]);
  return { store, state };
}
