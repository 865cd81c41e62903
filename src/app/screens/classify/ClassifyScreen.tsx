/** Classify: photos of one's own, or bundled ones, at every bitwidth side by side. */
import { useEffect, useState } from 'react';
import type { RunSettings } from '../../../lab/protocol.ts';
import type { Classified, Photo } from '../../../lab/runtimeProtocol.ts';
import { BITS, type Bits } from '../../../quant/types.ts';
import { announce } from '../../announce.ts';
import { float32Of, settingsOf, type State } from '../../state.ts';
import { WORDS } from '../../words.ts';
import { Waiting } from '../layer/Waiting.tsx';
import type { ScreenProps } from '../types.ts';
import { AnswerTable, bitsOf, differs } from './AnswerTable.tsx';
import { PhotoSource } from './PhotoSource.tsx';
import { useClassification } from './usePhotos.ts';
import './classify.css';

type Width = 32 | Bits;
const WIDTHS: readonly Width[] = [32, ...BITS.toReversed()];

/** Bitwidths that are looked at first. */
const START: readonly Width[] = [32, 8, 4, 2];

function settingsFor(state: State, bits: Width): RunSettings {
  return bits === 32 ? float32Of(state) : settingsOf(state, { ...state.choice, bits });
}

export function ClassifyScreen({ state, lab }: ScreenProps) {
  const words = WORDS.classify;
  const { opened } = state;
  const [photos, setPhotos] = useState<readonly Photo[]>([]);
  const [widths, setWidths] = useState(START);
  const { result, ...rest } = useClassification(lab, opened ? photos : [], widths.map((bits) => settingsFor(state, bits)));
  const current = result && result.photos.length + result.refused.length === photos.length && bitsOf(result).join() === widths.join();
  return (
    <>
      <PhotoSource testImages={opened?.dataset.testImages ?? 0} count={photos.length} onAdd={(more) => setPhotos([...photos, ...more])} onClear={() => setPhotos([])} />
      <WidthPicker widths={widths} onChange={setWidths} />
      {opened && <p className="explained">{words.knows(opened.dataset.classes)}</p>}
      {photos.length > 0 && widths.length > 0 && !current && <Waiting answer={{ ...rest, result: null }} what={words.asking} />}
      {result ? <Results classified={result} /> : <p className="explained">{words.none}</p>}
    </>
  );
}

function WidthPicker({ widths, onChange }: { readonly widths: readonly Width[]; readonly onChange: (widths: readonly Width[]) => void }) {
  const words = WORDS.classify;
  return (
    <fieldset className="width-picker">
      <legend>{words.bits}</legend>
      {WIDTHS.map((bits) => (
        <label key={bits}>
          <input
            type="checkbox"
            checked={widths.includes(bits)}
            onChange={({ target }) => onChange(WIDTHS.filter((each) => (each === bits ? target.checked : widths.includes(each))))}
            data-testid={`classify-${bits}`}
          />
          {bits}
        </label>
      ))}
      <button type="button" className="small" onClick={() => onChange(WIDTHS)} data-testid="classify-all">
        {words.all}
      </button>
      {widths.length === 0 && <span role="status">{words.needBits}</span>}
    </fieldset>
  );
}

function Results({ classified }: { readonly classified: Classified }) {
  const words = WORDS.classify;
  const { photos, refused, threads, side } = classified;
  const base = words.name(bitsOf(classified)[0]);
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
