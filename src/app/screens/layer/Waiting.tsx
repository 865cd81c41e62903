/** What a screen says while its answer is on the way, and when it does not come. */
import { waitInWords } from '../../text/progress.ts';
import { WORDS } from '../../words/words.ts';
import type { Answer } from './useAnswer.ts';

type Props = { readonly answer: Omit<Answer<unknown>, 'shown'>; readonly what: string };

export function Waiting({ answer: { result, progress, failure, retry }, what }: Props) {
  const words = WORDS.layer;
  if (failure !== null) {
    return (
      <div className="notice failed" role="alert">
        <p>{words.failed(what, failure)}</p>
        <button type="button" onClick={retry}>
          {WORDS.shell.tryAgain}
        </button>
      </div>
    );
  }
  if (result !== null) return null;
  return (
    <p className="notice" data-testid="asking">
      {waitInWords(what, progress)}
    </p>
  );
}
