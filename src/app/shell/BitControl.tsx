/** The one bitwidth control: a slider, a button for each width, and the preset. */
import { PRESET_NAMES } from '../../contract/settings.ts';
import { BITS, type Bits } from '../../quant/types.ts';
import { bitsName } from '../text/format.ts';
import { changesInWords } from '../text/names.ts';
import type { State } from '../state/state.ts';
import { WORDS } from '../words/words.ts';
import { plain, type Choice, WIDTHS } from '../state/choice.ts';
import type { Action } from '../state/reducer.ts';
import { hides } from '../state/selectors.ts';

export function BitControl({
  state,
  dispatch,
}: {
  readonly state: State;
  readonly dispatch: (action: Action) => void;
}) {
  const { choice } = state;
  const words = WORDS.shell;
  const choose = (change: Partial<Choice>): void => dispatch({ kind: 'choose', choice: change });
  const chooseBits = (value: number): void => {
    const bits = BITS.find((width) => width === value);
    if (bits) choose({ bits });
  };
  return (
    <section className="control" aria-label={words.quantization}>
      <output className="position" aria-hidden={!hides(state, 'bits')}>
        <strong>{choice.bits}</strong> {words.bits}
      </output>
      {!hides(state, 'bits') && (
        <div className="widths">
          <input
            type="range"
            dir="rtl"
            min={BITS[0]}
            max={BITS[BITS.length - 1]}
            step={1}
            value={choice.bits}
            onChange={({ target }) => chooseBits(target.valueAsNumber)}
            aria-label={words.bitsOfEach}
            aria-valuetext={bitsName(choice.bits)}
            data-testid="bits"
          />
          <div className="ticks" role="group" aria-label={words.chooseBits}>
            {WIDTHS.map((bits) => (
              <Tick key={bits} bits={bits} pressed={bits === choice.bits} onClick={() => chooseBits(bits)} />
            ))}
          </div>
        </div>
      )}
      {!hides(state, 'presets') && (
        <fieldset className="presets">
          <legend>{words.preset}</legend>
          {PRESET_NAMES.map((preset) => (
            <label key={preset} title={words.presets[preset].title}>
              <input
                type="radio"
                name="preset"
                value={preset}
                checked={preset === choice.preset}
                onChange={() => choose({ preset })}
              />
              {words.presets[preset].label}
            </label>
          ))}
        </fieldset>
      )}
      <Changes state={state} choose={choose} />
    </section>
  );
}

/** What a link or the story changed in the preset, and the way back. */
function Changes({ state, choose }: { readonly state: State; readonly choose: (change: Partial<Choice>) => void }) {
  const { preset, bits, ...changes } = state.choice;
  const made = changesInWords(changes);
  if (made === '') return null;
  return (
    <p className="changes" data-testid="changes">
      {WORDS.shell.changed(preset, made)}{' '}
      <button type="button" className="small" onClick={() => choose(plain({ preset, bits }))}>
        {WORDS.shell.backToPreset}
      </button>
    </p>
  );
}

function Tick({
  bits,
  pressed,
  onClick,
}: {
  readonly bits: Bits;
  readonly pressed: boolean;
  readonly onClick: () => void;
}) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      aria-label={bitsName(bits)}
      onClick={onClick}
      data-testid={`bits-${bits}`}
    >
      {bits}
    </button>
  );
}
