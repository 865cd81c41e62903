/** What must be answered before an import begins or ends: which folder names the classes, and whether so much may be left out. */
import { useState } from 'react';
import { WORDS } from '../words/words.ts';
import type { DatasetsStore, Question } from './datasetsStore.ts';
import { Description, ReadingTable } from './Description.tsx';

const words = WORDS.data.ask;

function headingOf(question: Question): string {
  if (question.kind === 'leftOut') return words.leftOut;
  return question.description.ambiguous ? words.which : words.look;
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
      {question.kind === 'leftOut' ? <p>{question.message}</p> : <Description description={question.description} />}
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
        <button type="button" onClick={() => void store.goOn(chosen)}>
          {question.kind === 'leftOut' ? words.without : words.goOn}
        </button>
        <button type="button" onClick={() => void store.leave()}>
          {words.leave}
        </button>
      </p>
    </section>
  );
}
