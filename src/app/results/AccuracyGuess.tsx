/** How many images will 4 bits get right? */
import { useState } from 'react';
import { percentShort, percent, points } from '../text/format.ts';
import { GUESSED_BITS } from '../state/guess.ts';
import { GuessBox } from './GuessBox.tsx';
import { float32For, summaryOf } from '../state/measurements.ts';
import type { State } from '../state/state.ts';
import { WORDS } from '../words/words.ts';
import { plain } from '../state/choice.ts';
import type { Action } from '../state/reducer.ts';
import { hides, settingsOf, wordsOf } from '../state/selectors.ts';

type Props = { readonly state: State; readonly dispatch: (action: Action) => void };

/** Within this of the truth a guess is a good one. */
const CLOSE = 0.03;

export function AccuracyGuess({ state, dispatch }: Props) {
  const words = wordsOf(state).bill.guess;
  const [share, setShare] = useState(0.5);
  const { guess } = state;
  const float32 = float32For(state, undefined);
  if (hides(state, 'guess') || (guess.kind === 'open' && !float32)) return null;
  return (
    <GuessBox
      kind={guess.kind}
      question={words.question(percent(float32?.top1 ?? NaN))}
      outcome={guess.kind === 'made' ? outcomeOf(state, guess.share) : ''}
      onGuess={() => dispatch({ kind: 'guess', guess: { kind: 'made', share } })}
      onPass={() => dispatch({ kind: 'guess', guess: { kind: 'passed' } })}
    >
      <label>
        <span>
          {WORDS.guess.label}: <output>{percentShort(share)}</output>
        </span>
        <input
          type="range"
          min={0}
          max={100}
          step={1}
          value={Math.round(share * 100)}
          onChange={({ target }) => setShare(target.valueAsNumber / 100)}
        />
      </label>
    </GuessBox>
  );
}

function outcomeOf(state: State, share: number): string {
  const words = WORDS.bill.guess;
  const truth = summaryOf(state, settingsOf(state, plain({ preset: 'modern', bits: GUESSED_BITS })));
  return truth
    ? words.result(percentShort(share), percent(truth.top1), verdict(share - truth.top1))
    : words.waiting(percentShort(share));
}

/** @param off guessed less measured */
function verdict(off: number): string {
  const words = WORDS.bill.guess;
  if (Math.abs(off) <= CLOSE) return words.close;
  const amount = points(Math.abs(off)).replace('+', '');
  return off < 0 ? words.low(amount) : words.high(amount);
}
