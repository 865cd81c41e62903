/** The data panel: datasets and weights to download, drop or link, kept in the browser. */
import { WORDS } from '../words/words.ts';
import { Ask } from './Ask.tsx';
import { Bring } from './Bring.tsx';
import { DatasetRow } from './DatasetRow.tsx';
import type { DatasetsState } from './datasetsStore.ts';
import { ImportButtons, Transfer } from './Transfer.tsx';
import { formatSize } from './transfer.ts';
import { useDatasets } from './useDatasets.ts';
import { WeightsRow } from './networks/WeightsRow.tsx';
import './datasets.css';

const words = WORDS.data;

export function DatasetsPanel() {
  const { store, state } = useDatasets();
  const { list, importing, message } = state;
  return (
    <section className="datasets" aria-labelledby="datasets">
      <h2 id="datasets">{words.datasets}</h2>
      <p className="soft">{words.datasetsNote}</p>
      {message && (
        <p className="notice" role="alert">
          {message}
        </p>
      )}
      {list && (
        <>
          <ul className="sets">
            {list.datasets.map((set) => (
              <DatasetRow key={set.name} store={store} set={set} state={state} />
            ))}
          </ul>
          <h2>{words.weights}</h2>
          <p className="soft">{words.weightsNote}</p>
          <ul className="sets">
            {list.weights.map((weights) => (
              <WeightsRow key={weights.name} store={store} weights={weights} state={state} />
            ))}
          </ul>
        </>
      )}
      {importing?.name === null && (
        <>
          <Transfer importing={importing} />
          <ImportButtons store={store} />
        </>
      )}
      {state.question && <Ask key={state.changes} store={store} question={state.question} />}
      <Bring store={store} state={state} />
      <Storage state={state} />
    </section>
  );
}

/** What the browser gives and promises. */
function Storage({ state: { list, persist } }: { readonly state: DatasetsState }) {
  if (!list) return null;
  const { usage, quota, persisted } = list;
  return (
    <p className="soft" data-testid="storage">
      {usage !== null && quota !== null && words.usage(formatSize(usage), formatSize(quota))}{' '}
      {persisted
        ? words.persisted
        : `${words.notPersisted} ${persist === 'refused' ? words.refused : words.asksPersist}`}
    </p>
  );
}
