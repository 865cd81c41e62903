/** One row for each photo, one column for each bitwidth: class, confidence, milliseconds; what differs is marked. */
import { contenderId, isFloat } from '../../state/contenders.ts';
import { milliseconds, percentShort } from '../../text/format.ts';
import { WORDS } from '../../words/words.ts';
import type { RunSettings } from '../../../contract/run.ts';
import type { PhotoAnswer } from './photoStore.ts';
import { Thumbnail } from './Thumbnail.tsx';
import type { PhotoRow } from './usePhotos.ts';

/** What a column is called. */
export function columnName(settings: RunSettings): string {
  const bits = settings.scheme?.weightBits ?? 32;
  return settings.file === undefined ? WORDS.classify.name(bits) : WORDS.classify.brought(bits);
}

/** Whether any answer differs from the first column's. */
export const differs = ({ answers }: PhotoRow): boolean =>
  answers.some((answer) => answer && answers[0] && answer.label !== answers[0].label);

type Props = { readonly settings: readonly RunSettings[]; readonly rows: readonly PhotoRow[] };

export function AnswerTable({ settings, rows }: Props) {
  const words = WORDS.classify;
  const columns = settings.map((each) => ({
    id: contenderId({ settings: each }),
    name: columnName(each),
    float: isFloat({ settings: each }),
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
          {rows.map((row, index) => (
            <tr key={`${index}-${row.photo.name}`}>
              <th scope="row">
                <Thumbnail row={row} />
                <span className="photo-name">{row.photo.name}</span>
                {row.seen && row.seen.truth !== null && (
                  <span className="photo-truth">{words.truth(row.seen.truth)}</span>
                )}
              </th>
              {row.answers.map((answer, column) =>
                answer ? (
                  <AnswerCell
                    key={columns[column].id}
                    answer={answer}
                    differs={row.answers[0] !== null && answer.label !== row.answers[0].label}
                    id={`answer-${index}-${columns[column].id}`}
                  />
                ) : (
                  <td key={columns[column].id} className="answer awaited">
                    …
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type CellProps = { readonly answer: PhotoAnswer; readonly differs: boolean; readonly id: string };

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
      {ms === null ? <span>{words.timing}</span> : <data value={ms}>{milliseconds(ms)}</data>}
    </td>
  );
}
