/** Classes by bitwidths: what is still recognised of each, which die first, and the pictures that changed. */
import { useState, type CSSProperties } from 'react';
import { Picture } from '../../results/ImageTile.tsx';
import { concealed } from '../../state/guess.ts';
import { float32Of, labelsOf, runOf, wordsOf } from '../../state/selectors.ts';
import type { State } from '../../state/state.ts';
import { changedImages, damageFinding, damageOf, type Answered } from '../../text/classDamage.ts';
import { count, percentShort } from '../../text/format.ts';
import { chosenVariant } from '../../text/variants.ts';

/** Rows of the table; of a thousand classes the ones that lose least are left out. */
const ROWS = 16;
/** Pictures of one cell. */
const PICTURES = 8;

type Cell = { readonly label: number; readonly at: number };

/** 32 bits, then what is chosen at each width that was measured here. */
function answersOf(state: State): readonly Answered[] {
  const float32 = runOf(state, float32Of(state));
  if (!float32) return [];
  const rounded = chosenVariant(state).rows.flatMap(({ settings, bits }) => {
    const run = runOf(state, settings);
    return run && bits !== null && !concealed(state, bits) ? [{ bits, predictions: run.predictions }] : [];
  });
  return [{ bits: null, predictions: float32.predictions }, ...rounded];
}

export function ClassDamage({ state }: { readonly state: State }) {
  const words = wordsOf(state).damage;
  const [chosen, setChosen] = useState<Cell | null>(null);
  const { opened } = state;
  const answers = answersOf(state);
  if (!opened || answers.length < 2) return null;
  const { classes } = opened.dataset;
  const rows = damageOf(labelsOf(state), answers);
  const cell = chosen && chosen.at < answers.length ? chosen : null;
  return (
    <section className="damage" aria-labelledby="damage">
      <h2 id="damage">{words.title}</h2>
      <p data-testid="damage-finding">{damageFinding(rows, answers, classes, words)}</p>
      <div className="scroll" role="region" aria-labelledby="damage" tabIndex={0}>
        <table data-testid="damage">
          <caption>{words.caption}</caption>
          <thead>
            <tr>
              <th scope="col">{words.class}</th>
              <th scope="col">{words.images}</th>
              {answers.map(({ bits }) => (
                <th key={String(bits)} scope="col">
                  {words.bits(bits)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, ROWS).map(({ label, images, kept }) => (
              <tr key={label}>
                <th scope="row">{classes[label]}</th>
                <td>{count(images)}</td>
                {kept.map((share, at) => (
                  <td key={at} className="kept" style={{ '--kept': share } as CSSProperties} data-value={share}>
                    {at === 0 ? (
                      percentShort(share)
                    ) : (
                      <button
                        type="button"
                        aria-label={words.show(classes[label], words.bits(answers[at].bits), percentShort(share))}
                        aria-pressed={cell?.label === label && cell.at === at}
                        onClick={() => setChosen({ label, at })}
                      >
                        {percentShort(share)}
                      </button>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > ROWS && <p>{words.more(rows.length - ROWS)}</p>}
      {cell && <Changed state={state} answers={answers} cell={cell} classes={classes} />}
    </section>
  );
}

type ChangedProps = {
  readonly state: State;
  readonly answers: readonly Answered[];
  readonly cell: Cell;
  readonly classes: readonly string[];
};

/** The pictures of one class that 32 bits recognise and fewer do not, with what they are taken for. */
function Changed({ state, answers, cell: { label, at }, classes }: ChangedProps) {
  const words = wordsOf(state).damage;
  const { predictions, bits } = answers[at];
  const changed = changedImages(label, labelsOf(state), answers[0].predictions, predictions);
  const strip = state.images;
  return (
    <div role="status" data-testid="damage-changed">
      <p>{words.changed(classes[label], words.bits(bits), changed.length)}</p>
      <ul className="changed">
        {strip &&
          changed
            .filter((image) => image < strip.count)
            .slice(0, PICTURES)
            .map((image) => (
              <li key={image}>
                <Picture strip={strip} index={image} alt={words.picture(image + 1, classes[predictions[image]])} />
                {classes[predictions[image]]}
              </li>
            ))}
      </ul>
    </div>
  );
}
