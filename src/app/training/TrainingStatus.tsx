/** In the dock, on every screen but its own: the training that goes on, how far it is, and the way to it. */
import { bitsName, count } from '../text/format.ts';
import { progressInWords } from '../text/progress.ts';
import { formatLink } from '../state/link.ts';
import { linkOf } from '../state/selectors.ts';
import type { State } from '../state/state.ts';
import { useStore } from '../store/useStore.ts';
import { WORDS } from '../words/words.ts';
import type { LiveTraining, Trainings } from './trainings.ts';

type Props = { readonly trainings: Trainings; readonly state: State };

export function TrainingStatus({ trainings, state }: Props) {
  const { started } = useStore(trainings);
  if (!started || state.link.screen === 'staircase') return null;
  return <Status training={started} state={state} />;
}

function Status({ training: { settings, store }, state }: { readonly training: LiveTraining; readonly state: State }) {
  const { run, status, pace, failure, progress } = useStore(store);
  const words = WORDS.staircase.status;
  if (!run || (run.step === 0 && status === 'ready')) return null;
  const { step, steps, finished } = run;
  const name = bitsName(settings.scheme?.weightBits ?? null);
  const label =
    failure !== null
      ? words.failed(name)
      : finished
        ? words.done(name)
        : status === 'ready'
          ? words.paused(name, count(step), count(steps))
          : words.trains(name, count(step), count(steps));
  const left = status === 'running' && pace !== null ? WORDS.staircase.left((steps - step) * pace) : '';
  const stage = [left, progress ? progressInWords(progress) : ''].filter(Boolean).join(' · ');
  return (
    <div className="activity" data-testid="training-status" data-step={step} data-status={status}>
      <p>
        {label}
        {stage && <span className="stage"> · {stage}</span>}
      </p>
      <progress aria-label={label} max={steps} value={step} />
      <a className="button small" href={formatLink({ ...linkOf(state), screen: 'staircase' })}>
        {words.see}
      </a>
    </div>
  );
}
