/** Before it learns: what is doubtful, what is kept apart, which network is beneath; then the training itself. */
import { useState } from 'react';
import { MODELS, OWN_CLASSES } from '../../../contract/catalogue.ts';
import type { ClassesNetwork } from '../../../contract/calls/training.ts';
import { modelOptions } from '../../state/pairs.ts';
import { useDatasets } from '../../datasets/useDatasets.ts';
import type { CollectionStore } from '../../ownClasses/collection.ts';
import { doubtsOf } from '../../ownClasses/doubts.ts';
import { canTrain, splitClass } from '../../ownClasses/split.ts';
import type { State } from '../../state/state.ts';
import { useStore } from '../../store/useStore.ts';
import { WORDS } from '../../words/words.ts';
import type { Training } from './useTraining.ts';

const words = WORDS.classes;

type Props = {
  readonly state: State;
  readonly store: CollectionStore;
  readonly training: Training;
  readonly named: boolean;
  readonly network: ClassesNetwork | null;
};

export function Train({ state, store, training, named, network }: Props) {
  const { classes, keep } = useStore(store);
  const { list } = useDatasets().state;
  const bases = modelOptions(list).filter(({ value, here }) => here && value !== OWN_CLASSES.model);
  const usual = state.link.model === OWN_CLASSES.model ? network?.base : state.link.model;
  const [chosen, setChosen] = useState<string | null>(null);
  const base = bases.find(({ value }) => value === (chosen ?? usual)) ?? bases[0];
  const split = classes.map(splitClass);
  const sum = (side: 'train' | 'test' | 'between'): number =>
    split.reduce((total, each) => total + each[side].length, 0);
  const ready = named && canTrain(split);
  const begun = classes.some(({ photos }) => photos.length > 0);
  const lacking = split.filter(({ train, test }) => train.length === 0 || test.length === 0);
  const same =
    network !== null &&
    sameNames(
      network.classes,
      split.map(({ name }) => name),
    );
  return (
    <section className="own-train" aria-labelledby="own-train">
      <h2 id="own-train">{words.before}</h2>
      <div className="own-choices">
        <label>
          {words.beneath}{' '}
          <select
            value={base.value}
            onChange={({ target }) => setChosen(target.value)}
            disabled={training.phase !== null}
            data-testid="own-base"
          >
            {bases.map(({ value, title }) => (
              <option key={value} value={value}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <Buttons
          training={training}
          ready={ready}
          onTrain={() => void training.train(split, keep, base.value)}
          onMeasure={same ? () => void training.measure(split, keep, network) : null}
        />
      </div>
      {begun && (
        <ul className="own-doubts" data-testid="own-doubts">
          {doubtsOf(classes).map((each) => (
            <li key={words.doubt(each)} className="notice">
              {words.doubt(each)}
            </li>
          ))}
        </ul>
      )}
      <p data-testid="own-apart">
        {ready
          ? words.apart(sum('test'), sum('train'), sum('between'))
          : words.needs(begun && classes.length >= 2 ? lacking.map(({ name }) => name) : [])}
      </p>
      <div className="own-choices">
        <label>
          <input
            type="checkbox"
            checked={keep}
            onChange={({ target }) => store.set({ keep: target.checked })}
            data-testid="own-keep"
          />{' '}
          {words.keep}
        </label>
      </div>
      <p className="soft">{words.keepNote}</p>
      <p className="soft">{base.value === 'resnet20' ? words.cifarNote : words.beneathNote}</p>
    </section>
  );
}

const sameNames = (known: readonly string[], names: readonly string[]): boolean =>
  known.length === names.length && known.every((name) => names.includes(name));

/** What the network beneath is called, by its row of the catalogue. */
export const titleOf = (base: string): string =>
  Object.hasOwn(MODELS, base) ? MODELS[base as keyof typeof MODELS].title : base;

type ButtonsProps = {
  readonly training: Training;
  readonly ready: boolean;
  readonly onTrain: () => void;
  /** null: the network here does not know these classes. */
  readonly onMeasure: (() => void) | null;
};

function Buttons({ training: { phase, progress, message, cancel }, ready, onTrain, onMeasure }: ButtonsProps) {
  const said =
    phase === 'photos'
      ? words.importing
      : progress === null
        ? words.starting
        : progress.unit === 'images'
          ? words.looking(progress.done, progress.total)
          : words.learning;
  return (
    <div className="buttons" data-testid="own-training" data-phase={phase ?? 'rest'}>
      {phase === null ? (
        <>
          <button type="button" className="primary" onClick={onTrain} disabled={!ready} data-testid="own-train">
            {words.train}
          </button>
          {onMeasure && (
            <button type="button" onClick={onMeasure} disabled={!ready} data-testid="own-measure">
              {words.measure}
            </button>
          )}
        </>
      ) : (
        <>
          <span role="status">{said}</span>
          <progress aria-label={said} max={progress?.total ?? 1} {...(progress ? { value: progress.done } : {})} />
          <button type="button" onClick={cancel}>
            {words.cancel}
          </button>
        </>
      )}
      {message && (
        <p className="notice" role="alert">
          {words.trainFailed(message)}
        </p>
      )}
    </div>
  );
}
