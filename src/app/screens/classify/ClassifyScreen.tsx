/** Classify: photos of one's own, or bundled ones, at every bitwidth side by side. */
import { useEffect, useState } from 'react';
import type { Classified, Photo, RaceEntry } from '../../../contract/calls/race.ts';
import { announce } from '../../text/announce.ts';
import { chosenOf, contenderId, contendersOf } from '../../state/contenders.ts';
import { WORDS } from '../../words/words.ts';
import { Waiting } from '../layer/Waiting.tsx';
import type { ScreenProps } from '../types.ts';
import { AnswerTable, columnName, differs } from './AnswerTable.tsx';
import { PhotoSource } from './PhotoSource.tsx';
import { useClassification } from './usePhotos.ts';
import './classify.css';

/** What is looked at first: see contenders.ts. */
const START: readonly string[] = ['32', '8', '4', '2'];

const idsOf = ({ settings }: Pick<Classified, 'settings'>): string =>
  settings.map((each) => contenderId({ settings: each })).join();

export function ClassifyScreen({ state, lab }: ScreenProps) {
  const words = WORDS.classify;
  const { opened } = state;
  const [photos, setPhotos] = useState<readonly Photo[]>([]);
  const [ids, setIds] = useState(START);
  const contenders = contendersOf(state).filter(({ form }) => form !== 'float16');
  const settings = chosenOf(contenders, ids).map((entry) => entry.settings);
  const { result, ...rest } = useClassification(lab, opened ? photos : [], settings);
  const current =
    result && result.photos.length + result.refused.length === photos.length && idsOf(result) === idsOf({ settings });
  return (
    <>
      <PhotoSource
        testImages={opened?.dataset.testImages ?? 0}
        count={photos.length}
        onAdd={(more) => setPhotos([...photos, ...more])}
        onClear={() => setPhotos([])}
      />
      <WidthPicker contenders={contenders} ids={ids} onChange={setIds} />
      {opened && <p className="explained">{words.knows(opened.dataset.classes)}</p>}
      {photos.length > 0 && settings.length > 0 && !current && (
        <Waiting answer={{ ...rest, result: null }} what={words.asking} />
      )}
      {result ? <Results classified={result} /> : <p className="explained">{words.none}</p>}
    </>
  );
}

type PickerProps = {
  readonly contenders: readonly RaceEntry[];
  readonly ids: readonly string[];
  readonly onChange: (ids: readonly string[]) => void;
};

function WidthPicker({ contenders, ids, onChange }: PickerProps) {
  const words = WORDS.classify;
  const all = contenders.map(contenderId);
  const brought = contenders.find(({ settings }) => settings.file !== undefined)?.settings.file;
  return (
    <fieldset className="width-picker">
      <legend>{words.bits}</legend>
      {all.map((id, at) => (
        <label key={id}>
          <input
            type="checkbox"
            checked={ids.includes(id)}
            onChange={({ target }) =>
              onChange(all.filter((each) => (each === id ? target.checked : ids.includes(each))))
            }
            data-testid={`classify-${id}`}
          />
          {contenders[at].settings.file === undefined ? id : columnName(contenders[at].settings)}
        </label>
      ))}
      <button type="button" className="small" onClick={() => onChange(all)} data-testid="classify-all">
        {words.all}
      </button>
      {chosenOf(contenders, ids).length === 0 && <span role="status">{words.needBits}</span>}
      {brought !== undefined && <p className="explained">{words.broughtIs(brought)}</p>}
    </fieldset>
  );
}

function Results({ classified }: { readonly classified: Classified }) {
  const words = WORDS.classify;
  const { photos, refused, threads, side } = classified;
  const base = columnName(classified.settings[0]);
  const differing = photos.filter(differs).length;
  const finding = differing === 0 ? words.agree(photos.length) : words.differ(differing, photos.length, base);
  useEffect(() => announce(finding), [finding]);
  return (
    <section className="classified" aria-labelledby="classified">
      <h2 id="classified" data-testid="classify-finding">
        {photos.length > 0 ? finding : words.none}
      </h2>
      {refused.map(({ name, reason }) => (
        <p key={name} className="notice" role="alert" data-testid="photo-refused">
          {words.refused(name, reason)}
        </p>
      ))}
      {photos.length > 0 && <AnswerTable classified={classified} />}
      <p className="explained">{words.cropped(side)}</p>
      <p className="provenance">{words.provenance(threads, base)}</p>
    </section>
  );
}
