/** What fewer bits cost and save: accuracy, size and time of the control's bitwidth, and the images it changes. */
import { Costs } from '../../results/Costs.tsx';
import { ImageGrid } from '../../results/ImageGrid.tsx';
import { Outcome } from '../../results/Outcome.tsx';
import { ResultsTable } from '../../results/ResultsTable.tsx';
import { ClassDamage } from './ClassDamage.tsx';
import { BillChart } from './BillChart.tsx';
import { Look } from './Look.tsx';
import { Runtimes } from './Runtimes.tsx';
import { SchemeForm } from './SchemeForm.tsx';
import { Story } from './Story.tsx';
import './bill.css';
import './damage.css';
import type { ScreenProps } from '../types.ts';

export function Bill({ state, dispatch }: ScreenProps) {
  return (
    <>
      <Outcome state={state} dispatch={dispatch}>
        <Look state={state} />
      </Outcome>
      <BillChart state={state} />
      <SchemeForm state={state} dispatch={dispatch} />
      <Story state={state} dispatch={dispatch} />
      <Costs state={state} />
      <Runtimes state={state} />
      <ResultsTable state={state} />
      <ClassDamage state={state} />
      <ImageGrid state={state} />
    </>
  );
}
