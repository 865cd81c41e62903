/** Files from the disk or a link; each may be any of the layouts. */
import { useState, type SubmitEvent } from 'react';
import { DATASETS, MODELS } from '../../contract/catalogue.ts';
import { NORMALIZATION_NAMES, type NormalizationName } from '../../contract/calls/data.ts';
import { WORDS } from '../words/words.ts';
import { chosenFiles, droppedFiles, FOLDER } from './dropped.ts';
import type { DatasetsStore, DatasetsState } from './datasetsStore.ts';
import { useDropAnywhere } from './useDropAnywhere.ts';

const words = WORDS.data;

/** Which set the files are meant to be. */
const MEANT: readonly { readonly value: string; readonly text: string }[] = [
  ...Object.entries(DATASETS).flatMap(([name, { source, title }]) =>
    source === 'published' ? [{ value: name, text: words.whole(title) }] : [],
  ),
  ...Object.entries(MODELS).flatMap(([name, { source, title }]) =>
    source === 'published' ? [{ value: `weights:${name}`, text: words.weightsOf(title) }] : [],
  ),
  { value: 'weights:own', text: words.ownNetwork },
  { value: '', text: words.mine },
];

export function Bring({ store, state }: { readonly store: DatasetsStore; readonly state: DatasetsState }) {
  const [meant, setMeant] = useState<string>('');
  const [normalization, setNormalization] = useState<NormalizationName>();
  const name = meant === '' ? null : meant;
  const busy = state.importing !== null;

  function choose(files: FileList | null): void {
    if (files && files.length > 0) void store.start(name, { kind: 'files', files: chosenFiles(files) }, normalization);
  }

  const over = useDropAnywhere((transfer) => {
    void droppedFiles(transfer).then((files) => store.start(name, { kind: 'files', files }, normalization));
  });

  function link(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    const url = new FormData(event.currentTarget).get('url');
    if (typeof url === 'string') void store.start(name, { kind: 'link', url }, normalization);
  }

  return (
    <fieldset className="bring" disabled={busy}>
      <legend>{words.bring}</legend>
      <label>
        {words.itIs}{' '}
        <select value={meant} onChange={({ target }) => setMeant(target.value)}>
          {MEANT.map(({ value, text }) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <label>
        {words.normalization}{' '}
        <select
          value={normalization ?? ''}
          onChange={({ target }) => setNormalization(NORMALIZATION_NAMES.find((each) => each === target.value))}
        >
          <option value="">{words.normalizationUnsaid}</option>
          {NORMALIZATION_NAMES.map((each) => (
            <option key={each} value={each}>
              {words.normalizations[each]}
            </option>
          ))}
        </select>
      </label>
      <div className={over ? 'drop over' : 'drop'}>
        <p>{words.drop}</p>
        <label>
          {words.chooseFiles} <input type="file" multiple onChange={({ target }) => choose(target.files)} />
        </label>
        <label>
          {words.chooseFolder} <input type="file" {...FOLDER} onChange={({ target }) => choose(target.files)} />
        </label>
      </div>
      <form onSubmit={link}>
        <label>
          {words.link} <input name="url" type="url" placeholder={words.linkStart} required />
        </label>
        <button type="submit">{words.importLink}</button>
      </form>
    </fieldset>
  );
}
