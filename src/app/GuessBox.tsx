/** Predict first: the question before 4 bits are shown; afterwards the guess beside what was measured. */
import { useState } from 'react';
import { percentShort, percent, points } from './format.ts';
import { GUESSED_BITS } from './guess.ts';
import { float32For, summaryOf } from './measurements.ts';
import { hides, plain, settingsOf, type Action, type State } from './state.ts';
import { WORDS } from './words.ts';

type Props = { readonly state: State; readonly dispatch: (action: Action) => void };

/** Within this of the truth a guess is a good one. */
const CLOSE = 0.03;

export function GuessBox({ state, dispatch }: Props) {
  const words = WORDS.bill.guess;
  const [share, setShare] = useState(0.5);
  const { guess } = state;
  if (hides(state, 'guess') || guess.kind === 'passed') return null;
  if (guess.kind === 'made') {
    const truth = summaryOf(state, settingsOf(state, plain({ preset: 'modern', bits: GUESSED_BITS })));
    return (
      <p className="guessbox made" data-testid="guess">
        <span aria-hidden="true">◇ </span>
        {truth ? words.result(percentShort(guess.share), percent(truth.top1), verdict(guess.share - truth.top1)) : words.waiting(percentShort(guess.share))}
      </p>
    );
  }
  const float32 = float32For(state, undefined);
  if (!float32) return null;
  return (
    <form
      className="guessbox"
      data-testid="guess"
      aria-label={words.title}
      onSubmit={(event) => {
        event.preventDefault();
        dispatch({ kind: 'guess', guess: { kind: 'made', share } });
      }}
    >
      <p>
        <strong>{words.title}.</strong> {words.question(percent(float32.top1))}
      </p>
      <label>
        <span>
          {words.label}: <output>{percentShort(share)}</output>
        </span>
        <input type="range" min={0} max={100} step={1} value={Math.round(share * 100)} onChange={({ target }) => setShare(target.valueAsNumber / 100)} />
      </label>
      <p className="buttons">
        <button type="submit">{words.commit}</button>
        <button type="button" className="quiet" onClick={() => dispatch({ kind: 'guess', guess: { kind: 'passed' } })}>
          {words.pass}
        </button>
      </p>
    </form>
  );
}

/** @param off guessed less measured */
function verdict(off: number): string {
  const words = WORDS.bill.guess;
  if (Math.abs(off) <= CLOSE) return words.close;
  const amount = points(Math.abs(off)).replace('+', '');
  return off < 0 ? words.low(amount) : words.high(amount);
}
