/** What the lab is doing, how far it is, and the way to stop it or to try again. */
import { nextJob } from '../state/nextJob.ts';
import { WORDS } from '../words/words.ts';
import type { State } from '../state/state.ts';
import { WIDTHS } from '../state/choice.ts';
import { isCounted, progressInWords } from '../text/progress.ts';
import { describeFailure, describeJob } from '../text/jobs.ts';
import type { Action } from '../state/reducer.ts';
import { isOrderAsked, runOf, settingsOf } from '../state/selectors.ts';

type Props = { readonly state: State; readonly dispatch: (action: Action) => void };

export function Activity({ state, dispatch }: Props) {
  const { failure, paused, progress, choice } = state;
  const job = nextJob(state);
  const words = WORDS.shell;
  if (failure) {
    const noFault = failure.absent || failure.unknownClasses;
    return (
      <div className={`activity ${noFault ? 'absent' : 'failed'}`} role={noFault ? undefined : 'alert'}>
        <p data-testid="failure">
          {!noFault && <span aria-hidden="true">⚠ </span>}
          {failure.absent ? words.notHere : failure.unknownClasses ? words.unknownClasses : describeFailure(failure)}
        </p>
        <Button label={words.tryAgain} onClick={() => dispatch({ kind: 'resume' })} />
      </div>
    );
  }
  if (job) {
    const label = describeJob(job);
    const stage = progress && progressInWords(progress);
    return (
      <div className="activity" data-testid="working">
        <p>
          {label}
          <span className="stage"> {stage && `· ${stage}`}</span>
        </p>
        <progress
          aria-label={label}
          max={progress?.total ?? 1}
          {...(progress && isCounted(progress) ? { value: progress.done } : {})}
        />
        <Button label={words.cancel} onClick={() => dispatch({ kind: 'cancel' })} />
      </div>
    );
  }
  if (paused) {
    return (
      <div className="activity">
        <p>{words.stopped}</p>
        <Button label={words.goOn} onClick={() => dispatch({ kind: 'resume' })} />
      </div>
    );
  }
  if (isOrderAsked(state))
    return (
      <div className="activity">
        <p>{words.asksOrder}</p>
      </div>
    );
  const unmeasured = WIDTHS.some((bits) => !runOf(state, settingsOf(state, { ...choice, bits })));
  return (
    <div className="activity" data-testid="idle">
      <p>{words.restsAreMeasured}</p>
      {unmeasured && <Button label={words.measureAll} onClick={() => dispatch({ kind: 'measureAll' })} />}
    </div>
  );
}

function Button({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <button type="button" className="small" onClick={onClick}>
      {label}
    </button>
  );
}
