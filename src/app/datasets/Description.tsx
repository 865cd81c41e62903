/** What a set holds, said before anything is measured on it: odd things first, then what is left out. */
import type { ClassImages, ClassReading, DatasetDescription } from '../../contract/calls/data.ts';
import { WORDS } from '../words/words.ts';

const words = WORDS.data.described;

/** So many classes are named in one line. */
const NAMED = 5;

type Props = {
  readonly description: DatasetDescription;
  /** The caption of the table of classes; null: the table stands elsewhere. */
  readonly reading: string | null;
};

export function Description({ description, reading }: Props) {
  const { classes, warnings, notes, leftOut, examples } = description;
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
      {reading === null ? null : (
        <details>
          <summary>
            {words.classes(
              classes.length.toLocaleString('en'),
              classes.slice(0, NAMED).map(({ name }) => name),
            )}
          </summary>
          <ClassTable classes={classes} says={reading} />
        </details>
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
export const ReadingTable = ({ reading }: { readonly reading: ClassReading }) => (
  <ClassTable classes={reading.classes} says={reading.says} />
);

type TableProps = { readonly classes: readonly ClassImages[]; readonly says: string };

function ClassTable({ classes, says }: TableProps) {
  return (
    <table className="sheet">
      <caption>{says}</caption>
      <thead>
        <tr>
          <th scope="col">{WORDS.data.className}</th>
          <th scope="col">{WORDS.data.training}</th>
          <th scope="col">{WORDS.data.test}</th>
        </tr>
      </thead>
      <tbody>
        {classes.map(({ name, train, test }) => (
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
