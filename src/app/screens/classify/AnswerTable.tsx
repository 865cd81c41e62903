/** One row for each photo, one column for each bitwidth: class, confidence, milliseconds; what differs is marked. */
import { useMemo } from 'react';
import type { Answer, Classified, ClassifiedPhoto } from '../../../contract/calls/race.ts';
import { contenderId, isFloat } from '../../state/contenders.ts';
import { milliseconds, percentShort } from '../../text/format.ts';
import { Picture } from '../../results/ImageTile.tsx';
import { WORDS } from '../../words/words.ts';
import type { RunSettings } from '../../../contract/run.ts';
import type { ImageStrip } from '../../../contract/calls/opened.ts';

/** What a column is called. */
export function columnName(settings: RunSettings): string {
  const bits = settings.scheme?.weightBits ?? 32;
  return settings.file === undefined ? WORDS.classify.name(bits) : WORDS.classify.brought(bits);
}

/** Whether any answer differs from the first column's. */
export const differs = ({ answers }: ClassifiedPhoto): boolean =>
  answers.some(({ label }) => label !== answers[0].label);

export function AnswerTable({ classified }: { readonly classified: Classified }) {
  const words = WORDS.classify;
  const columns = classified.settings.map((settings) => ({
    id: contenderId({ settings }),
    name: columnName(settings),
    float: isFloat({ settings }),
  }));
  return (
    <div className="scroll" role="region" aria-label={words.results} tabIndex={0}>
      <table className="answers" data-testid="classified">
        <thead>
          <tr>
            <th scope="col">{words.photo}</th>
            {columns.map(({ id, name, float }) => (
              <th key={id} scope="col" className={float ? 'float32' : 'quantized'}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {classified.photos.map((photo, index) => (
            <tr key={`${index}-${photo.name}`}>
              <th scope="row">
                <Thumbnail photo={photo} side={classified.side} />
                <span className="photo-name">{photo.name}</span>
                {photo.truth !== null && <span className="photo-truth">{words.truth(photo.truth)}</span>}
              </th>
              {photo.answers.map((answer, column) => (
                <AnswerCell
                  key={columns[column].id}
                  answer={answer}
                  differs={answer.label !== photo.answers[0].label}
                  id={`answer-${index}-${columns[column].id}`}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type CellProps = { readonly answer: Answer; readonly differs: boolean; readonly id: string };

function AnswerCell({ answer: { label, confidence, ms }, differs: marked, id }: CellProps) {
  const words = WORDS.classify;
  return (
    <td className={marked ? 'answer marked' : 'answer'} data-testid={id}>
      <strong>
        {marked && (
          <span className="mark" role="img" aria-label={words.disagrees}>
            ≠{' '}
          </span>
        )}
        {label}
      </strong>
      <data value={confidence}>{words.sure(percentShort(confidence))}</data>
      <data value={ms}>{milliseconds(ms)}</data>
    </td>
  );
}

function Thumbnail({ photo, side }: { readonly photo: ClassifiedPhoto; readonly side: number }) {
  const strip = useMemo<ImageStrip>(
    () => ({ count: 1, height: side, width: side, pixels: photo.pixels, labels: new Int32Array(1) }),
    [photo, side],
  );
  return <Picture strip={strip} index={0} alt={photo.name} />;
}
