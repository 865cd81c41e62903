/** Train, pause, one step, stop, start over; how far the run is; what a reload would keep. */
import { count } from '../../text/format.ts';
import { progressInWords } from '../../text/progress.ts';
import { WORDS } from '../../words/words.ts';
import type { Training, TrainingStore } from '../../training/trainingStore.ts';

type Props = {
  readonly training: Training;
  readonly store: TrainingStore;
  readonly epochs: number;
  /** What stopping here would do, in a sentence. */
  readonly stopMeans: string;
  /** Trains on, so many steps or to the end. */
  readonly onTrain: (steps: number | null) => void;
};

export function TrainingButtons({
  training: { run, status, rate, pace, progress },
  store,
  epochs,
  stopMeans,
  onTrain,
}: Props) {
  const words = WORDS.staircase;
  const busy = progress ? progressInWords(progress) : '';
  if (!run) return <p>{[WORDS.chart.empty, busy].filter(Boolean).join(' ')}</p>;
  const { step, steps, stepsPerEpoch, savedStep, finished } = run;
  const ready = status === 'ready';
  const epoch = Math.min(Math.floor(step / stepsPerEpoch) + 1, epochs);
  const kept = savedStep === null ? words.unsaved : words.saved(count(savedStep));
  const where = finished ? words.finishedAt(count(step)) : words.place(count(step), count(steps), epoch, epochs);
  return (
    <div className="training" data-testid="training" data-step={step} data-status={status}>
      <div className="buttons">
        {status === 'running' || status === 'pausing' ? (
          <Button
            label={status === 'running' ? words.pause : words.pausing}
            disabled={status === 'pausing'}
            onClick={store.pause}
          />
        ) : (
          <Button
            label={step === 0 ? words.train : words.goOn}
            disabled={!ready || finished}
            onClick={() => onTrain(null)}
          />
        )}
        <Button label={words.oneStep} disabled={!ready || finished} onClick={() => onTrain(1)} />
        <Button label={words.stop} disabled={!ready || finished || step === 0} onClick={() => store.end(true)} />
        <Button label={words.again} disabled={!ready || step === 0} onClick={() => store.end(false)} />
      </div>
      <progress aria-label={where} max={steps} value={step} />
      <p className="provenance">
        {where}
        {status === 'running' && pace !== null && ` · ${words.left((steps - step) * pace)}`}
        {rate !== null && ` · ${words.rate(rate.toPrecision(2))}`} · {kept}
        {busy && ` · ${busy}`}
      </p>
      {step > 0 && !finished && <p className="note">{stopMeans}</p>}
    </div>
  );
}

function Button({
  label,
  disabled,
  onClick,
}: {
  readonly label: string;
  readonly disabled: boolean;
  readonly onClick: () => void;
}) {
  return (
    <button type="button" disabled={disabled} onClick={onClick}>
      {label}
    </button>
  );
}
