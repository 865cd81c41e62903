/** The data panel: datasets to download, drop or link, kept in the browser. Nothing is loaded before it is opened. */
import { useState } from 'react';
import type { DragEvent, SubmitEvent } from 'react';
import { createDatasets } from '../../lab/datasetsClient.ts';
import type { Datasets } from '../../lab/datasetsClient.ts';
import { DatasetRow, Transfer } from './DatasetRow.tsx';
import { chosenFiles, droppedFiles } from './dropped.ts';
import { formatSize } from './transfer.ts';
import { useDatasets } from './useDatasets.ts';
import type { DatasetsState } from './useDatasets.ts';
import './datasets.css';

export function DatasetsPanel() {
  const [datasets, setDatasets] = useState<Datasets | null>(null);
  return (
    <details className="datasets" onToggle={({ currentTarget }) => currentTarget.open && setDatasets((there) => there ?? createDatasets())}>
      <summary>
        <h2>Datasets</h2>
      </summary>
      {datasets && <Contents datasets={datasets} />}
    </details>
  );
}

function Contents({ datasets }: { readonly datasets: Datasets }) {
  const state = useDatasets(datasets);
  const { list, importing, message } = state;
  return (
    <>
      <p>A dataset comes in once and is then here without the network. Nothing is uploaded.</p>
      {message && (
        <p className="notice" role="alert">
          {message}
        </p>
      )}
      {list && (
        <ul className="sets">
          {list.datasets.map((set) => (
            <DatasetRow key={set.name} datasets={datasets} set={set} state={state} />
          ))}
        </ul>
      )}
      {importing?.name === null && (
        <>
          <Transfer importing={importing} />
          <button type="button" onClick={state.pause}>
            Pause
          </button>
        </>
      )}
      <Bring state={state} />
      {list && list.usage !== null && list.quota !== null && (
        <p className="soft">
          This page uses {formatSize(list.usage)} of about {formatSize(list.quota)} that the browser gives it.
        </p>
      )}
    </>
  );
}

/** A folder instead of files; every browser knows it, React's types do not. */
const FOLDER = { webkitdirectory: '' };

/** Which set the files are meant to be. */
const MEANT = [
  { value: 'cifar10', text: 'CIFAR-10, whole' },
  { value: 'imagenette', text: 'Imagenette, whole' },
  { value: '', text: 'photos of mine, or a part of a set' },
] as const;

/** Files from the disk or a link; each may be any of the layouts. */
function Bring({ state }: { readonly state: DatasetsState }) {
  const [meant, setMeant] = useState<string>('');
  const [over, setOver] = useState(false);
  const name = meant === '' ? null : meant;
  const busy = state.importing !== null;

  function drop(event: DragEvent): void {
    event.preventDefault();
    setOver(false);
    if (!busy) void droppedFiles(event.dataTransfer).then((files) => state.start(name, { kind: 'files', files }));
  }

  function link(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    const url = new FormData(event.currentTarget).get('url');
    if (typeof url === 'string') state.start(name, { kind: 'link', url });
  }

  return (
    <fieldset className="bring" disabled={busy}>
      <legend>Bring a file, a folder or a link</legend>
      <label>
        It is{' '}
        <select value={meant} onChange={({ target }) => setMeant(target.value)}>
          {MEANT.map(({ value, text }) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <div
        className={over ? 'drop over' : 'drop'}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <p>Drop an archive (tar, tar.gz, zip), parquet files, or a folder whose sub-folders are the classes.</p>
        <label>
          Or choose files <input type="file" multiple onChange={({ target }) => target.files && state.start(name, { kind: 'files', files: chosenFiles(target.files) })} />
        </label>
        <label>
          or a folder <input type="file" {...FOLDER} onChange={({ target }) => target.files && state.start(name, { kind: 'files', files: chosenFiles(target.files) })} />
        </label>
      </div>
      <form onSubmit={link}>
        <label>
          Link <input name="url" type="url" placeholder="https://" required />
        </label>
        <button type="submit">Import the link</button>
      </form>
    </fieldset>
  );
}
