/** One line: the name, the screens, and how the page looks. */
import { Navigation } from './Navigation.tsx';
import type { State } from '../state/state.ts';
import { ViewButtons } from './ViewButtons.tsx';
import { WORDS } from '../words/words.ts';
import type { Action } from '../state/reducer.ts';

type Props = { readonly state: State; readonly dispatch: (action: Action) => void };

export function Header({ state, dispatch }: Props) {
  const [few, bit] = WORDS.shell.name;
  return (
    <header>
      <h1>
        {few}
        <span className="quantized">{bit}</span>
      </h1>
      <Navigation state={state} />
      <ViewButtons state={state} dispatch={dispatch} />
    </header>
  );
}
