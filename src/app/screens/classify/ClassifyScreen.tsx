/** Classify: photos of one's own, or bundled ones, at every bitwidth side by side. */
import { useEffect, useState } from 'react';
import type { Photo, RaceEntry } from '../../../contract/calls/race.ts';
import { announce } from '../../text/announce.ts';
import { chosenOf, contenderId, contendersOf } from '../../state/contenders.ts';
import { WORDS } from '../../words/words.ts';
import { Waiting } from '../layer/Waiting.tsx';
import type { ScreenProps } from '../types.ts';
import { AnswerTable, columnName, differs } from './AnswerTable.tsx';
import { PhotoSource } from './PhotoSource.tsx';
import type { RunSettings } from '../../../contract/run.ts';
import { useClassification, type Classification } from './usePhotos.ts';
import './classify.css';

/** What is looked at first: see contenders.ts. */
const START: readonly string[] = ['32', '8', '4', '2'];

export function ClassifyScreen({ state, lab }: ScreenProps) {
  const words = WORDS.classify;
  const { opened } = state;
  const [photos, setPhotos] = useState<readonly Photo[]>([]);
  const [ids, setIds] = useState(START);
  const contenders = contendersOf(state).filter(({ form }) => form !== 'float16');
  const settings = chosenOf(contenders, ids).map((entry) => entry.settings);
  const classification = useClassification(lab, photos, opened ? settings : []);
  const { progress, failure, retry, complete } = classification;
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
      {photos.length > 0 && settings.length > 0 && !complete && (
        <Waiting answer={{ progress, failure, retry, result: null }} what={words.asking} />
      )}
      {photos.length > 0 ? (
        <Results classification={classification} settings={settings} />
      ) : (
        <p className="explained">{words.none}</p>
      )}
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

/** @param differing photos that some bitwidth names otherwise than `base` */
export function photosFinding(photos: number, differing: number, widths: number, base: string): string {
  const words = WORDS.classify;
  if (widths === 1) return words.alone(photos, base);
  return differing === 0 ? words.agree(photos) : words.differ(differing, photos, base);
}

type ResultsProps = { readonly classification: Classification; readonly settings: readonly RunSettings[] };

function Results({ classification: { rows, refused, threads, complete }, settings }: ResultsProps) {
  const words = WORDS.classify;
  const base = settings.length > 0 ? columnName(settings[0]) : '';
  const differing = rows.filter(differs).length;
  const answered = rows.reduce((sum, { answers }) => sum + answers.filter((answer) => answer).length, 0);
  const finding = photosFinding(rows.length, differing, settings.length, base);
  useEffect(() => {
    if (complete && rows.length > 0) announce(finding);
  }, [complete, rows.length, finding]);
  const side = rows.find(({ seen }) => seen)?.seen?.side;
  return (
    <section className="classified" aria-labelledby="classified">
      <h2 id="classified" data-testid="classify-finding" data-complete={complete}>
        {rows.length === 0 ? words.none : complete ? finding : words.soFar(answered, rows.length * settings.length)}
      </h2>
      {refused.map(({ name, reason }, index) => (
        <p key={`${index} ${name}`} className="notice" role="alert" data-testid="photo-refused">
          {words.refused(name, reason)}
        </p>
      ))}
      {rows.length > 0 && <AnswerTable settings={settings} rows={rows} />}
      {side !== undefined && <p className="explained">{words.cropped(side)}</p>}
      {threads !== null && <p className="provenance">{words.provenance(threads, base)}</p>}
    </section>
  );
}
