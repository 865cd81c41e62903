/** One dataset: its state, and what can be done about it. */
import { useState } from 'react';
import type { DatasetDescription, DatasetList, DatasetStatus } from '../../contract/calls/data.ts';
import { WORDS } from '../words/words.ts';
import { ContactSheet } from './ContactSheet.tsx';
import { Description } from './Description.tsx';
import type { DatasetsStore, DatasetsState } from './datasetsStore.ts';
import { ImportButtons, Transfer } from './Transfer.tsx';
import { formatSize } from './transfer.ts';

type Props = { readonly store: DatasetsStore; readonly set: DatasetStatus; readonly state: DatasetsState };

const words = WORDS.data;

export const keptIn = (storage: DatasetStatus['storage']): string =>
  storage === 'memory' ? words.keptInMemory : words.keptHere;

export const sizeOrNull = (bytes: number | null): string | null => (bytes === null ? null : formatSize(bytes));

function stateOf({ state, doneBytes, totalBytes, images, storedBytes, storage }: DatasetStatus): string {
  switch (state) {
    case 'ready':
      return words.ready(
        images.train.toLocaleString('en'),
        images.test.toLocaleString('en'),
        formatSize(storedBytes),
        keptIn(storage),
      );
    case 'absent':
      return words.absent;
    case 'damaged':
      return words.damaged;
    case 'partial':
      return words.interrupted(formatSize(doneBytes), sizeOrNull(totalBytes));
  }
}

const readingOf = ({ reading, readings }: DatasetDescription): string | undefined =>
  readings.find(({ id }) => id === reading)?.says;

export function DatasetRow({ store, set, state }: Props) {
  const [shown, setShown] = useState(false);
  const { name, title, sources } = set;
  const importing = state.importing?.name === name ? state.importing : null;
  const ready = set.state === 'ready' && !importing;
  return (
    <li className="dataset" data-testid={`dataset-${name}`} data-state={importing ? 'importing' : set.state}>
      <h3>{title}</h3>
      <p className={set.state === 'damaged' ? 'notice' : undefined}>{importing ? words.importing : stateOf(set)}</p>
      {importing && <Transfer importing={importing} />}
      {ready && (
        <p className="soft">
          {words.from(set.from)} {set.verified === 'published' ? words.sameAsPublished : words.nothingPublished}
        </p>
      )}
      {ready && set.description && (
        <Description description={set.description} reading={readingOf(set.description) ?? words.described.counts} />
      )}
      <p className="actions">
        {importing && <ImportButtons store={store} />}
        {set.state !== 'ready' &&
          !state.importing &&
          sources
            .filter(({ cors }) => cors)
            .map(({ id, title: sourceTitle, bytes }) => (
              <button key={id} type="button" onClick={() => void store.start(name, { kind: 'source', id })}>
                {(set.state === 'partial' ? words.goOnWith : words.download)(sourceTitle, sizeOrNull(bytes))}
              </button>
            ))}
        {ready && (
          <button type="button" aria-expanded={shown} onClick={() => setShown(!shown)}>
            {shown ? words.hideImages : words.showImages}
          </button>
        )}
        {ready && (
          <button type="button" onClick={() => void store.check(name)}>
            {words.check(title)}
          </button>
        )}
        {set.state !== 'absent' && !state.importing && (
          <button type="button" onClick={() => void store.remove(name)}>
            {words.remove(title)}
          </button>
        )}
      </p>
      {set.state === 'absent' && <Room set={set} list={state.list} />}
      {set.state !== 'ready' && <Sources set={set} />}
      {shown && ready && <ContactSheet datasets={store.datasets} set={set} />}
    </li>
  );
}

/** What it will take, and what there is. */
function Room({ set, list }: { readonly set: DatasetStatus; readonly list: DatasetList | null }) {
  const bytes = set.sources.find(({ keptBytes }) => typeof keptBytes === 'number')?.keptBytes;
  if (typeof bytes !== 'number') return null;
  const { usage = null, quota = null } = list ?? {};
  const free = usage === null || quota === null ? null : formatSize(quota - usage);
  return <p className="soft">{words.room(formatSize(bytes), free)}</p>;
}

/** Where else it can be had: those servers let no page read their files, so the user fetches the file. */
function Sources({ set }: { readonly set: DatasetStatus }) {
  if (set.sources.length === 0) return null;
  return (
    <details>
      <summary>{words.sources}</summary>
      <ul>
        {set.sources.map(({ id, title, url, bytes, cors, licence, verified }) => (
          <li key={id}>
            <a href={url} rel="noreferrer">
              {title}
            </a>
            {bytes !== null && `, ${formatSize(bytes)}`}
            {!cors && words.dropIt}.{verified === 'published' ? words.published : words.firstUse} {licence}.
          </li>
        ))}
      </ul>
    </details>
  );
}
