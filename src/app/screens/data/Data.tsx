/** What is measured on what; the datasets and networks that are here, and how others can be had. */
import { DatasetsPanel } from '../../datasets/DatasetsPanel.tsx';
import { QuantizedFile } from '../../datasets/QuantizedFile.tsx';
import { SubjectPicker } from '../../datasets/SubjectPicker.tsx';
import type { ScreenProps } from '../types.ts';

export function Data({ state, dispatch, lab }: ScreenProps) {
  return (
    <>
      <SubjectPicker state={state} dispatch={dispatch} />
      <QuantizedFile state={state} dispatch={dispatch} lab={lab} />
      <DatasetsPanel />
    </>
  );
}
