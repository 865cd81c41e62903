/** Stands on each screen while answers are compared with the float network's own: why, and the way to accuracy. */
import type { Lab } from '../../lab/rpc/client.ts';
import type { Action } from '../state/reducer.ts';
import type { State } from '../state/state.ts';
import { WORDS } from '../words/words.ts';
import { LearnHead } from './LearnHead.tsx';

type Props = { readonly state: State; readonly dispatch: (action: Action) => void; readonly lab: Lab };

export function Unlabelled({ state, dispatch, lab }: Props) {
  const words = WORDS.agreement;
  return (
    <section className="notice unlabelled" aria-label={words.columns.top1} data-testid="unlabelled">
      <p>{words.notice}</p>
      {/* The screen that trains says it itself, with every way on. */}
      {state.link.screen !== 'staircase' && (
        <details>
          <summary>{words.learn}</summary>
          <p>{state.opened?.against?.why}</p>
          <LearnHead state={state} dispatch={dispatch} lab={lab} />
        </details>
      )}
    </section>
  );
}
