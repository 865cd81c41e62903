/**
 * Asks whether a network's classes are in the order that they were taken for, before any number is built on it: its
 * answers to a few images of each class, which only a person can judge.
 */
import { useEffect, useState } from 'react';
import type { FirstAnswers, Opened } from '../../../contract/calls/opened.ts';
import type { Progress } from '../../../contract/progress.ts';
import type { Lab } from '../../../lab/rpc/client.ts';
import { Picture } from '../../results/ImageTile.tsx';
import { progressInWords } from '../../text/progress.ts';
import { formatLink } from '../../state/link.ts';
import type { Action } from '../../state/reducer.ts';
import { linkOf } from '../../state/selectors.ts';
import type { State } from '../../state/state.ts';
import { WORDS } from '../../words/words.ts';
import './classOrder.css';

type Props = {
  readonly state: State;
  readonly dispatch: (action: Action) => void;
  readonly lab: Lab;
  readonly opened: Opened;
};

const words = WORDS.data.order;

/** The test images come with their classes mixed: so many hold about three of each. */
const PER_CLASS = 4;
const MOST = 120;
const SHOWN = 3;

export function ClassOrder({ state, dispatch, lab, opened }: Props) {
  const [first, setFirst] = useState<FirstAnswers | string | null>(null);
  const [progress, setProgress] = useState<Progress | null>(null);
  const { classes, testImages } = opened.dataset;
  const count = Math.min(testImages, MOST, classes.length * PER_CLASS);

  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    lab.call('firstAnswers', { count }, { signal, onProgress: setProgress }).then(
      (answers) => !signal.aborted && setFirst(answers),
      (error: unknown) => !signal.aborted && setFirst(error instanceof Error ? error.message : String(error)),
    );
    return () => controller.abort();
  }, [lab, count]);

  return (
    <section className="class-order" aria-labelledby="class-order" data-testid="class-order">
      <h2 id="class-order">{words.title}</h2>
      <p className="notice">{opened.order}</p>
      {first === null && (
        <p>
          <span role="status">{words.asking}</span> {progress && progressInWords(progress)}
        </p>
      )}
      {typeof first === 'string' && (
        <p className="notice" role="alert">
          {first}
        </p>
      )}
      {first !== null && typeof first !== 'string' && <Answers first={first} classes={classes} />}
      <p className="buttons">
        <button type="button" onClick={() => dispatch({ kind: 'confirmOrder' })} disabled={first === null}>
          {words.yes}
        </button>{' '}
        <a className="button" href={formatLink({ ...linkOf(state), screen: 'data' })}>
          {words.no}
        </a>
      </p>
    </section>
  );
}

function Answers({ first, classes }: { readonly first: FirstAnswers; readonly classes: readonly string[] }) {
  const { count, labels, answers } = first;
  const right = Array.from({ length: count }, (_, i) => i).filter((i) => answers[i] === labels[i]).length;
  const isFew = right < count / 2;
  return (
    <>
      <p>{words.why}</p>
      <table className="sheet" data-testid="first-answers">
        <thead>
          <tr>
            <th scope="col">{words.folder}</th>
            <th scope="col">{words.answers}</th>
          </tr>
        </thead>
        <tbody>
          {classes.map((name, label) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                {[...labels.keys()]
                  .filter((image) => labels[image] === label)
                  .slice(0, SHOWN)
                  .map((image, place) => (
                    <figure key={image} className={answers[image] === label ? 'right' : 'wrong'}>
                      <Picture
                        strip={first}
                        index={image}
                        alt={words.picture(place + 1, name, classes[answers[image]])}
                      />
                      <figcaption>{classes[answers[image]]}</figcaption>
                    </figure>
                  ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p data-testid="order-agrees">
        {words.agree(right, count)} {isFew && words.few}
      </p>
    </>
  );
}
