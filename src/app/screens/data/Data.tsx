/** What is measured on what; the datasets and networks that are here, and how others can be had. */
import { useEffect } from 'react';
import { DatasetsPanel } from '../../datasets/DatasetsPanel.tsx';
import { QuantizedFile } from '../../datasets/networks/QuantizedFile.tsx';
import { SubjectPicker } from '../../datasets/SubjectPicker.tsx';
import { useDatasets } from '../../datasets/useDatasets.ts';
import type { ScreenProps } from '../types.ts';

export function Data({ state, dispatch, lab }: ScreenProps) {
  const { store, state: data } = useDatasets();
  const { changed } = data;

  useEffect(() => {
    if (changed.length > 0) for (const name of store.takeChanged()) dispatch({ kind: 'changed', name });
  }, [changed, store, dispatch]);

  return (
    <>
      <SubjectPicker state={state} dispatch={dispatch} />
      <QuantizedFile state={state} dispatch={dispatch} lab={lab} />
      <DatasetsPanel />
    </>
  );
}
