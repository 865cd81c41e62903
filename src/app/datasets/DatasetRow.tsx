/** One dataset: its state, and what can be done about it. */
import { useState } from 'react';
import type { Datasets } from '../../lab/datasetsClient.ts';
import type { DatasetStatus } from '../../lab/datasetsProtocol.ts';
import { ContactSheet } from './ContactSheet.tsx';
import { describeProgress, formatSize } from './transfer.ts';
import type { DatasetsState, Importing } from './useDatasets.ts';

type Props = { readonly datasets: Datasets; readonly set: DatasetStatus; readonly state: DatasetsState };

function stateOf({ state, doneBytes, totalBytes, images, storedBytes, storage }: DatasetStatus): string {
  if (state === 'ready') {
    const kept = storage === 'memory' ? 'in memory until the page closes' : 'in this browser';
    return `Ready: ${images.train.toLocaleString('en')} training and ${images.test.toLocaleString('en')} test images, ${formatSize(storedBytes)} ${kept}`;
  }
  if (state === 'absent') return 'Not here yet';
  return `Interrupted: ${formatSize(doneBytes)}${totalBytes === null ? '' : ` of ${formatSize(totalBytes)}`}. Start it again to go on.`;
}

export function DatasetRow({ datasets, set, state }: Props) {
  const [shown, setShown] = useState(false);
  const { name, title, sources } = set;
  const importing = state.importing?.name === name ? state.importing : null;
  return (
    <li className="dataset" data-testid={`dataset-${name}`} data-state={importing ? 'importing' : set.state}>
      <h3>{title}</h3>
      <p>{importing ? 'Importing' : stateOf(set)}</p>
      {importing && <Transfer importing={importing} />}
      {set.state === 'ready' && (
        <p className="soft">
          From {set.from}. {set.verified === 'published' ? 'Compared with the published images: the same.' : 'Nobody has published a hash to compare with; this import’s is recorded.'}
        </p>
      )}
      <p className="actions">
        {importing && (
          <button type="button" onClick={state.pause}>
            Pause
          </button>
        )}
        {set.state !== 'ready' && !state.importing && sources.filter(({ cors }) => cors).map(({ id, title: sourceTitle, bytes }) => (
          <button key={id} type="button" onClick={() => state.start(name, { kind: 'source', id })}>
            {set.state === 'partial' ? 'Go on with' : 'Download'} {sourceTitle}
            {bytes !== null && ` (${formatSize(bytes)})`}
          </button>
        ))}
        {set.state === 'ready' && (
          <button type="button" aria-expanded={shown} onClick={() => setShown(!shown)}>
            {shown ? 'Hide images' : 'Show images'}
          </button>
        )}
        {set.state !== 'absent' && !state.importing && (
          <button type="button" onClick={() => state.remove(name)}>
            Remove {title}
          </button>
        )}
      </p>
      {set.state !== 'ready' && <Sources set={set} />}
      {shown && set.state === 'ready' && <ContactSheet datasets={datasets} set={set} />}
    </li>
  );
}

export function Transfer({ importing: { report, speed } }: { readonly importing: Importing }) {
  const text = describeProgress(report, speed);
  return (
    <p className="transfer">
      <progress value={report.totalBytes === null ? undefined : report.doneBytes} max={report.totalBytes ?? undefined} aria-label={`Importing: ${text}`} />
      <span>{text}</span>
    </p>
  );
}

/** Where else it can be had: those servers let no page read their files, so the user fetches the file. */
function Sources({ set }: { readonly set: DatasetStatus }) {
  if (set.sources.length === 0) return null;
  return (
    <details>
      <summary>Sources and licences</summary>
      <ul>
        {set.sources.map(({ id, title, url, bytes, cors, licence, verified }) => (
          <li key={id}>
            <a href={url} rel="noreferrer">
              {title}
            </a>
            {bytes !== null && `, ${formatSize(bytes)}`}
            {!cors && ': download the file there and drop it below'}. {verified === 'published' ? 'Checked against published hashes.' : 'No published hash: the first import’s is recorded.'} {licence}.
          </li>
        ))}
      </ul>
    </details>
  );
}
