/** What to run: models, images, methods, bits, and how thoroughly. */
import type { ReactNode } from 'react';
import { datasetTitle, modelTitle } from '../../../contract/catalogue.ts';
import { CELL_METHODS } from '../../../contract/grid/grid.ts';
import { PRESET_NAMES } from '../../../contract/settings.ts';
import { WORDS } from '../../words/words.ts';
import { GRID_DATASETS, GRID_MODELS, wholeOr, type Choices } from './choices.ts';
import { WIDTHS } from '../../state/choice.ts';

type Props = { readonly choices: Choices; readonly disabled: boolean; readonly onChange: (choices: Choices) => void };

export function GridForm({ choices, disabled, onChange }: Props) {
  const words = WORDS.experiments;
  const change = (part: Partial<Choices>): void => onChange({ ...choices, ...part });
  return (
    <form className="grid-form" onSubmit={(event) => event.preventDefault()}>
      <Several
        legend={words.models}
        all={GRID_MODELS}
        chosen={choices.models}
        disabled={disabled}
        name={modelTitle}
        onChange={(models) => change({ models })}
      />
      <Several
        legend={words.datasets}
        all={GRID_DATASETS}
        chosen={choices.datasets}
        disabled={disabled}
        name={datasetTitle}
        onChange={(datasets) => change({ datasets })}
      />
      <Several
        legend={words.methods}
        all={CELL_METHODS}
        chosen={choices.methods}
        disabled={disabled}
        name={(one) => words.methodNames[one]}
        onChange={(methods) => change({ methods })}
      />
      <Several
        legend={words.bits}
        all={WIDTHS}
        chosen={choices.bits}
        disabled={disabled}
        name={String}
        onChange={(bits) => change({ bits })}
      />
      <fieldset className="choice" disabled={disabled}>
        <legend>{words.preset}</legend>
        {PRESET_NAMES.map((preset) => (
          <label key={preset}>
            <input
              type="radio"
              name="grid-preset"
              checked={choices.scheme === preset}
              onChange={() => change({ scheme: preset })}
            />
            {preset}
          </label>
        ))}
      </fieldset>
      <div className="grid-numbers">
        <Whole
          label={words.images}
          value={choices.images}
          disabled={disabled}
          onChange={(images) => change({ images })}
        />
        <Whole
          label={words.epochs}
          value={choices.epochs}
          disabled={disabled}
          onChange={(epochs) => change({ epochs })}
        />
        <Whole
          label={words.trainImages}
          value={choices.trainImages}
          disabled={disabled}
          onChange={(trainImages) => change({ trainImages })}
        />
      </div>
      <label className="grid-timed">
        <input
          type="checkbox"
          checked={choices.timed}
          disabled={disabled}
          onChange={({ target }) => change({ timed: target.checked })}
        />
        {words.timed}
      </label>
    </form>
  );
}

type SeveralProps<T> = {
  readonly legend: string;
  readonly all: readonly T[];
  readonly chosen: readonly (T | string)[];
  readonly disabled: boolean;
  readonly name: (one: T) => ReactNode;
  readonly onChange: (chosen: T[]) => void;
};

/** Checkboxes of which at least one stays checked. */
function Several<T extends string | number>({ legend, all, chosen, disabled, name, onChange }: SeveralProps<T>) {
  const toggled = (one: T): T[] =>
    all.filter((other) => (other === one ? !chosen.includes(one) : chosen.includes(other)));
  return (
    <fieldset className="choice" disabled={disabled}>
      <legend>{legend}</legend>
      {all.map((one) => {
        const after = toggled(one);
        return (
          <label key={one}>
            <input
              type="checkbox"
              checked={chosen.includes(one)}
              onChange={() => after.length > 0 && onChange(after)}
            />
            {name(one)}
          </label>
        );
      })}
    </fieldset>
  );
}

type WholeProps = {
  readonly label: string;
  readonly value: number;
  readonly disabled: boolean;
  readonly onChange: (value: number) => void;
};

function Whole({ label, value, disabled, onChange }: WholeProps) {
  return (
    <label>
      <span>{label}</span>
      <input
        type="number"
        min={1}
        step={1}
        value={value}
        disabled={disabled}
        onChange={({ target }) => onChange(wholeOr(target.valueAsNumber, value))}
      />
    </label>
  );
}
