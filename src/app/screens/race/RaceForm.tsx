/** What shall race: files, lanes, and images a run. */
import { useState } from 'react';
import type { AbsentLane, RaceEntry } from '../../../contract/calls/race.ts';
import { RACE_LANES, type RaceLane } from '../../../contract/engines.ts';
import { chosenOf, contenderId } from '../../state/contenders.ts';
import { WORDS } from '../../words/words.ts';
import { contenderName } from '../../text/names.ts';

export type Field = {
  readonly entries: readonly RaceEntry[];
  readonly lanes: readonly RaceLane[];
  readonly batches: readonly number[];
};

/** What is chosen; of the files their ids. */
type Choice = {
  readonly files: readonly string[];
  readonly lanes: readonly RaceLane[];
  readonly batches: readonly number[];
};

const BATCHES = [1, 8, 32];
const START: Choice = { files: ['32', '8', '4'], lanes: ['fewbit-1', 'wasm-1'], batches: [1] };

type Props = {
  readonly files: readonly RaceEntry[];
  /** Lanes that this browser lacks are not offered. */ readonly absent: readonly AbsentLane[];
  readonly busy: boolean;
  readonly onStart: (field: Field) => void;
  readonly onCancel: () => void;
};

export function RaceForm({ files, absent, busy, onStart, onCancel }: Props) {
  const words = WORDS.race;
  const [field, setField] = useState(START);
  const entries = chosenOf(files, field.files);
  const nameOf = (id: string): string =>
    files
      .filter((entry) => contenderId(entry) === id)
      .map(contenderName)
      .join();
  const brought = files.find(({ settings }) => settings.file !== undefined)?.settings.file;
  const complete = entries.length > 0 && field.lanes.length > 0 && field.batches.length > 0;
  return (
    <section className="race-form" aria-label={words.form}>
      <Choices
        legend={words.files}
        id="file"
        all={files.map(contenderId)}
        chosen={field.files}
        name={nameOf}
        onChange={(chosen) => setField({ ...field, files: chosen })}
      />
      <p className="how">{brought === undefined ? words.bringIt : words.broughtIs(brought)}</p>
      <Choices
        legend={words.lanes}
        id="lane"
        all={RACE_LANES}
        chosen={field.lanes}
        disabled={absent.map(({ lane }) => lane)}
        name={(lane) => words.lane[lane]}
        onChange={(lanes) => setField({ ...field, lanes })}
      />
      {absent.length > 0 && (
        <ul className="how plain">
          {absent.map(({ lane, reason }) => (
            <li key={lane} data-testid={`no-${lane}`}>
              {words.notHere(words.lane[lane], reason)}
            </li>
          ))}
        </ul>
      )}
      <Choices
        legend={words.batches}
        id="batch"
        all={BATCHES}
        chosen={field.batches}
        name={String}
        onChange={(batches) => setField({ ...field, batches })}
      />
      <p className="how">{complete ? words.how : words.need}</p>
      {busy ? (
        <button type="button" onClick={onCancel}>
          {words.cancel}
        </button>
      ) : (
        <button
          type="button"
          className="primary"
          disabled={!complete}
          onClick={() => onStart({ ...field, entries })}
          data-testid="race-start"
        >
          {words.start}
        </button>
      )}
    </section>
  );
}

type ChoicesProps<T> = {
  readonly legend: string;
  /** Part of the test ids: "lane" gives lane-webgpu. */
  readonly id: string;
  readonly all: readonly T[];
  readonly chosen: readonly T[];
  readonly disabled?: readonly T[];
  readonly name: (choice: T) => string;
  readonly onChange: (chosen: readonly T[]) => void;
};

function Choices<T extends string | number>({
  legend,
  id,
  all,
  chosen,
  disabled = [],
  name,
  onChange,
}: ChoicesProps<T>) {
  return (
    <fieldset className="race-choices">
      <legend>{legend}</legend>
      {all.map((choice) => (
        <label key={choice}>
          <input
            type="checkbox"
            checked={chosen.includes(choice)}
            disabled={disabled.includes(choice)}
            onChange={({ target }) =>
              onChange(all.filter((each) => (each === choice ? target.checked : chosen.includes(each))))
            }
            data-testid={`${id}-${choice}`}
          />
          {name(choice)}
        </label>
      ))}
    </fieldset>
  );
}
