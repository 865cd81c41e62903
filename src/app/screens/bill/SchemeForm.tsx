/** What may be changed in a preset, as a form: ranges, granularity, first and last layer, repair. */
import { offeredFor, SCHEME_CHANGES } from '../../../contract/schemeChanges.ts';
import type { State } from '../../state/state.ts';
import { WORDS } from '../../words/words.ts';
import type { Action } from '../../state/reducer.ts';
import { hides } from '../../state/selectors.ts';

type Props = { readonly state: State; readonly dispatch: (action: Action) => void };

export function SchemeForm({ state, dispatch }: Props) {
  const words = WORDS.schemeChoice;
  if (hides(state, 'presets')) return null;
  return (
    <details className="scheme-form">
      <summary>{words.title}</summary>
      <p>{words.intro}</p>
      <dl>
        {SCHEME_CHANGES.map((name) => {
          const { label, about, names } = words.changes[name];
          const chosen = state.choice[name];
          // A link may have more than the form offers: it stays to be seen, and can be left.
          const values = [...new Set(['', ...offeredFor(name), chosen])];
          return (
            <div key={name}>
              <dt>
                <label htmlFor={`change-${name}`}>{label}</label>
              </dt>
              <dd>
                <select
                  id={`change-${name}`}
                  value={chosen}
                  aria-describedby={`change-${name}-about`}
                  onChange={({ target }) => {
                    dispatch({ kind: 'choose', choice: { [name]: target.value } });
                    dispatch({ kind: 'rest' });
                  }}
                >
                  {values.map((value) => (
                    <option key={value} value={value}>
                      {value === '' ? words.asPreset : (names[value] ?? value)}
                    </option>
                  ))}
                </select>
                <span id={`change-${name}-about`}>{about}</span>
              </dd>
            </div>
          );
        })}
      </dl>
    </details>
  );
}
