/** Who computes, and what: device, model, dataset. */
import { count, millions } from './format.ts';
import type { Action, State } from './state.ts';
import { ViewButtons } from './ViewButtons.tsx';
import { WORDS } from './words.ts';

type Props = { readonly state: State; readonly dispatch: (action: Action) => void };

export function Header({ state, dispatch }: Props) {
  const { opened, link } = state;
  const words = WORDS.shell;
  return (
    <header>
      <h1>
        few<span className="quantized">bit</span>
      </h1>
      <dl className="setup">
        <div>
          <dt>{words.network}</dt>{' '}
          <dd data-testid="model">
            {opened ? words.networkIs(opened.model.name, millions(opened.model.parameters), millions(opened.model.macs)) : words.unknownYet}
          </dd>
        </div>
        <div>
          <dt>{words.images}</dt>{' '}
          <dd data-testid="dataset">{opened ? words.imagesAre(opened.dataset.name, count(link.images)) : words.unknownYet}</dd>
        </div>
        <div>
          <dt>{words.computesOn}</dt>{' '}
          <dd data-testid="device" data-backend={opened?.device.backend}>
            {opened ? opened.device.description : words.unknownYet}
          </dd>
        </div>
      </dl>
      <ViewButtons state={state} dispatch={dispatch} />
    </header>
  );
}
