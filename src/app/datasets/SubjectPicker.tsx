/** Chooses what is measured on what: the network, the images, their size. */
import { useId } from 'react';
import { MODEL_NAMES } from '../../contract/catalogue.ts';
import type { State } from '../state/state.ts';
import { WORDS } from '../words/words.ts';
import { datasetOptions, modelOptions, withDataset, withModel, type Option } from '../state/pairs.ts';
import { useDatasets } from './useDatasets.ts';
import type { Action } from '../state/reducer.ts';

type Props = { readonly state: State; readonly dispatch: (action: Action) => void };

const SIDES = [32, 64, 96, 128, 160, 224];

export function SubjectPicker({ state, dispatch }: Props) {
  const { list } = useDatasets().state;
  const { link } = state;
  const words = WORDS.data;
  const sides = link.side === 0 || SIDES.includes(link.side) ? SIDES : [...SIDES, link.side];

  function choose(value: string, of: 'model' | 'dataset'): void {
    const model = MODEL_NAMES.find((name) => name === value);
    if (of === 'dataset') dispatch({ kind: 'subject', subject: { ...withDataset(value, link, list), side: 0 } });
    else if (model) dispatch({ kind: 'subject', subject: { ...withModel(model, link, list), side: 0 } });
  }

  return (
    <section className="subject" aria-labelledby="subject">
      <h2 id="subject">{words.subject}</h2>
      <div className="choices">
        <Choice
          label={words.network}
          value={link.model}
          options={modelOptions(list)}
          onChoose={(value) => choose(value, 'model')}
        />
        <Choice
          label={words.images}
          value={link.dataset}
          options={datasetOptions(list, link.dataset)}
          onChoose={(value) => choose(value, 'dataset')}
        />
        <Choice
          label={words.size}
          value={String(link.side)}
          options={[
            { value: '0', title: words.ownSize, here: true },
            ...sides.map((side) => ({ value: String(side), title: words.pixels(side), here: true })),
          ]}
          onChoose={(value) => dispatch({ kind: 'subject', subject: { side: Number(value) } })}
        />
      </div>
      <p className="soft">{words.subjectNote}</p>
    </section>
  );
}

type ChoiceProps = {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly onChoose: (value: string) => void;
};

function Choice({ label, value, options, onChoose }: ChoiceProps) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={({ target }) => onChoose(target.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={!option.here && option.value !== value}>
            {option.here ? option.title : WORDS.data.notHere(option.title)}
          </option>
        ))}
      </select>
    </div>
  );
}
