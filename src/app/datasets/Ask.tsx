/** What must be answered before an import begins or ends: which folder names the classes, whether so much may be left out, a file that is missing. */
import { useState } from 'react';
import { WORDS } from '../words/words.ts';
import { sizeOrNull } from './DatasetRow.tsx';
import { formatSize } from './transfer.ts';
import type { DatasetsStore, Question } from './datasetsStore.ts';
import { Description, ReadingTable } from './Description.tsx';

const words = WORDS.data.ask;

function headingOf(question: Question): string {
  if (question.kind === 'leftOut') return words.leftOut;
  if (question.kind === 'parts') return words.parts;
  if (question.description.ambiguous) return words.which;
  return question.size ? words.large : words.look;
}

export function Ask({ store, question }: { readonly store: DatasetsStore; readonly question: Question }) {
  const readings = question.kind === 'classes' ? question.description.readings : [];
  const [chosen, setChosen] = useState<string | undefined>(
    question.kind === 'classes' ? question.description.reading : undefined,
  );
  const reading = readings.find(({ id }) => id === chosen);
  return (
    <section className="ask notice" role="group" aria-labelledby="ask" data-testid="ask">
      <h3 id="ask">{headingOf(question)}</h3>
      {question.kind === 'leftOut' && <p>{question.message}</p>}
      {question.kind === 'parts' && <p>{words.missing(question.missing)}</p>}
      {question.kind === 'classes' && question.size && (
        <p data-testid="import-size">
          {words.size(formatSize(question.size.bytes), sizeOrNull(question.size.free))}{' '}
          {question.size.bytes > (question.size.free ?? Infinity) && words.noRoom}
        </p>
      )}
      {question.kind === 'classes' && <Description description={question.description} reading={null} />}
      {readings.length > 1 &&
        readings.map(({ id, says }) => (
          <p key={id}>
            <label>
              <input type="radio" name="reading" value={id} checked={id === chosen} onChange={() => setChosen(id)} />{' '}
              {says}
            </label>
          </p>
        ))}
      {reading && <ReadingTable reading={reading} />}
      <p className="actions">
        {question.kind !== 'parts' && (
          <button type="button" onClick={() => void store.goOn(chosen)}>
            {question.kind === 'leftOut' ? words.without : words.goOn}
          </button>
        )}
        <button type="button" onClick={() => void store.leave()}>
          {words.leave}
        </button>
      </p>
    </section>
  );
}
