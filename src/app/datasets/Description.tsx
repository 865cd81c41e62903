/** What a set holds, said before anything is measured on it: odd things first, then what is left out. */
import type { ClassReading, DatasetDescription } from '../../contract/calls/data.ts';
import { WORDS } from '../words/words.ts';

const words = WORDS.data.described;

export function Description({ description }: { readonly description: DatasetDescription }) {
  const { warnings, notes, leftOut, examples } = description;
  const reasons = Object.entries(leftOut);
  return (
    <>
      {warnings.length + notes.length > 0 && (
        <ul className="warnings">
          {[...warnings, ...notes].map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      {reasons.length > 0 && (
        <details>
          <summary>{words.leftOut(reasons.reduce((sum, [, count]) => sum + count, 0).toLocaleString('en'))}</summary>
          <ul>
            {reasons.map(([reason, count]) => (
              <li key={reason}>
                {words.reason(words.reasons[reason] ?? reason, count.toLocaleString('en'), examples[reason] ?? [])}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** The classes of one reading, with their images. */
export function ReadingTable({ reading }: { readonly reading: ClassReading }) {
  return (
    <table className="sheet">
      <caption>{reading.says}</caption>
      <thead>
        <tr>
          <th scope="col">{WORDS.data.className}</th>
          <th scope="col">{WORDS.data.training}</th>
          <th scope="col">{WORDS.data.test}</th>
        </tr>
      </thead>
      <tbody>
        {reading.classes.map(({ name, train, test }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{train.toLocaleString('en')}</td>
            <td>{test.toLocaleString('en')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
