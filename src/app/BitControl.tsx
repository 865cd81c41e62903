/** The one bitwidth control: a slider, a button for each width, and the preset. */
import { PRESET_NAMES, type PresetName } from '../lab/settings.ts';
import { BITS, type Bits } from '../quant/types.ts';
import { bitsName } from './format.ts';
import { WIDTHS } from './jobs.ts';
import type { Action, Choice } from './state.ts';

const PRESETS: { readonly [K in PresetName]: { readonly label: string; readonly title: string } } = {
  modern: { label: 'Modern', title: 'A scale for each channel, searched ranges, first and last layer at 8 bits' },
  '2021': { label: '2021', title: 'One scale for each tensor, its full range, every layer at the chosen width' },
};

export function BitControl({ choice, dispatch }: { readonly choice: Choice; readonly dispatch: (action: Action) => void }) {
  const choose = (change: Partial<Choice>): void => dispatch({ kind: 'choose', choice: change });
  const chooseBits = (value: number): void => {
    const bits = BITS.find((width) => width === value);
    if (bits) choose({ bits });
  };
  return (
    <section className="control" aria-label="Quantization">
      <output className="position" aria-hidden="true">
        <strong>{choice.bits}</strong> bits
      </output>
      <div className="widths">
        <input
          type="range"
          dir="rtl"
          min={BITS[0]}
          max={BITS[BITS.length - 1]}
          step={1}
          value={choice.bits}
          onChange={({ target }) => chooseBits(target.valueAsNumber)}
          aria-label="Bits of each weight and activation"
          aria-valuetext={bitsName(choice.bits)}
          data-testid="bits"
        />
        <div className="ticks" role="group" aria-label="Choose a bitwidth">
          {WIDTHS.map((bits) => (
            <Tick key={bits} bits={bits} pressed={bits === choice.bits} onClick={() => chooseBits(bits)} />
          ))}
        </div>
      </div>
      <fieldset className="presets">
        <legend>Preset</legend>
        {PRESET_NAMES.map((preset) => (
          <label key={preset} title={PRESETS[preset].title}>
            <input type="radio" name="preset" value={preset} checked={preset === choice.preset} onChange={() => choose({ preset })} />
            {PRESETS[preset].label}
          </label>
        ))}
      </fieldset>
    </section>
  );
}

function Tick({ bits, pressed, onClick }: { readonly bits: Bits; readonly pressed: boolean; readonly onClick: () => void }) {
  return (
    <button type="button" aria-pressed={pressed} aria-label={bitsName(bits)} onClick={onClick} data-testid={`bits-${bits}`}>
      {bits}
    </button>
  );
}
