/** Predict first: one question before its answer is shown; afterwards the guess, beside what was measured. */
import { useEffect, type ReactNode } from 'react';
import { announce } from '../text/announce.ts';
import { WORDS } from '../words/words.ts';

type Props = {
  readonly kind: 'open' | 'made' | 'passed';
  readonly question: string;
  /** The input that holds the answer. */
  readonly children: ReactNode;
  readonly onGuess: () => void;
  readonly onPass: () => void;
  /** What was guessed, and what became of it once that is known: said aloud, too. */
  readonly outcome: string;
};

export function GuessBox({ kind, question, children, onGuess, onPass, outcome }: Props) {
  const words = WORDS.guess;
  const made = kind === 'made';
  useEffect(() => {
    if (made) announce(outcome);
  }, [made, outcome]);

  if (kind === 'passed') return null;
  if (made) {
    return (
      <p className="guessbox made" data-testid="guess">
        <span aria-hidden="true">◇ </span>
        {outcome}
      </p>
    );
  }
  return (
    <form
      className="guessbox"
      data-testid="guess"
      aria-label={words.title}
      onSubmit={(event) => {
        event.preventDefault();
        onGuess();
      }}
    >
      <p>
        <strong>{words.title}.</strong> {question}
      </p>
      {children}
      <p className="buttons">
        <button type="submit">{words.commit}</button>
        <button type="button" className="quiet" onClick={onPass}>
          {words.pass}
        </button>
      </p>
    </form>
  );
}
