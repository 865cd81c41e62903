/** What stays in view on every screen: the one control, what it gives, what is measured, and what the lab is doing. */
import { useState } from 'react';
import { Activity } from './Activity.tsx';
import { BitControl } from './BitControl.tsx';
import { Readouts } from './Readouts.tsx';
import type { State } from '../state/state.ts';
import { Subject } from './Subject.tsx';
import { TrainingStatus } from '../training/TrainingStatus.tsx';
import type { Trainings } from '../training/trainings.ts';
import { WORDS } from '../words/words.ts';
import type { Action } from '../state/reducer.ts';

type Props = {
  readonly state: State;
  readonly dispatch: (action: Action) => void;
  readonly trainings: Trainings;
};

/** On a phone a thin bar (slider and accuracy), of which one button makes the whole dock. */
export function Dock({ state, dispatch, trainings }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <div className={open ? 'dock open' : 'dock'}>
      <div className="bar">
        <BitControl state={state} dispatch={dispatch} />
        <Readouts state={state} />
        <Subject state={state} dispatch={dispatch} />
        <button type="button" className="more" aria-expanded={open} onClick={() => setOpen(!open)}>
          <span className="unseen">{WORDS.shell.more}</span>
          <span aria-hidden="true">{`${WORDS.shell.moreShort} ${open ? '▴' : '▾'}`}</span>
        </button>
      </div>
      <Activity state={state} dispatch={dispatch} />
      <TrainingStatus trainings={trainings} state={state} />
    </div>
  );
}
