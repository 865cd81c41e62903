/** One training: its buttons, its curves, the weights that drift, and what it has won back. */
import { useEffect, type ReactNode } from 'react';
import { Explained } from '../../glossary/Explained.tsx';
import type { TrainingState } from '../../../contract/calls/training.ts';
import { bitsName, count, percentShort } from '../../text/format.ts';
import { trainingOutcome } from '../../text/trainingOutcome.ts';
import { WORDS } from '../../words/words.ts';
import type { ScreenProps } from '../types.ts';
import { LearningChart, LossChart } from './Curves.tsx';
import { Drift } from './Drift.tsx';
import { TrainingButtons } from './TrainingButtons.tsx';
import { roundedOf } from '../../training/trainings.ts';
import type { RunSettings } from '../../../contract/run.ts';
import type { Opened } from '../../../contract/calls/opened.ts';
import { useStore } from '../../store/useStore.ts';
import { runOf } from '../../state/selectors.ts';
import { float32Settings } from '../../../contract/settings.ts';

type Props = ScreenProps & {
  readonly opened: Opened;
  readonly settings: RunSettings;
  /** Controls that choose another training. */
  readonly children: ReactNode;
};

export function TrainingRun({ state, opened, settings, trainings, children }: Props) {
  const words = WORDS.staircase;
  const { weightedLayers } = opened.model;
  const epochs = settings.training?.epochs ?? 0;
  const live = trainings.of(settings, weightedLayers[1] ?? weightedLayers[0]);
  const { store } = live;
  const training = useStore(store);
  useEffect(() => store.look(), [store]);

  const { run, trail, notice, failure, layer } = training;
  const provenance = `${opened.model.name}, ${opened.dataset.name}, seed ${settings.seed}; ${opened.device.description}`;
  return (
    <>
      <p className="note">
        <Explained>{described(settings)}</Explained>
      </p>
      <div className="settings">
        {children}
        <label>
          {words.watch}{' '}
          <select value={layer} onChange={({ target }) => store.watch(target.value)} data-testid="watch">
            {weightedLayers.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </div>
      <TrainingButtons
        training={training}
        store={store}
        epochs={epochs}
        stopMeans={words.stopMeans(
          bitsName(settings.scheme?.weightBits ?? null),
          count(settings.images),
          (settings.training?.validationImages ?? 0) > 0,
        )}
        onTrain={(steps) => trainings.train(live, steps)}
      />
      {notice && (
        <p className="notice" role="status" data-testid="training-notice">
          {notice}
        </p>
      )}
      {(failure ?? run?.problem) && (
        <p className="notice" role="alert" data-testid="training-failure">
          <span aria-hidden="true">⚠ </span>
          {failure ?? run?.problem}
        </p>
      )}
      {run?.finished && <Outcome state={state} settings={settings} run={run} />}
      {run && (
        <div className="charts">
          <LossChart run={run} provenance={provenance} />
          <LearningChart run={run} provenance={provenance} />
        </div>
      )}
      {trail && <Drift trail={trail} provenance={provenance} />}
    </>
  );
}

type OutcomeProps = Pick<Props, 'state' | 'settings'> & { readonly run: TrainingState };

/** Rounded only, trained, float: on the same test images. */
function Outcome({ state, settings, run }: OutcomeProps) {
  const words = WORDS.staircase;
  const [float, rounded, trained] = [float32Settings(settings), roundedOf(settings), settings].map((wanted) =>
    runOf(state, wanted),
  );
  if (!float || !rounded || !trained) return <p role="status">{words.measuring}</p>;
  const compared = { rounded: rounded.top1, trained: trained.top1, float: float.top1 };
  return (
    <p className="outcome" role="status" data-testid="training-outcome">
      {trainingOutcome(run, settings.scheme?.weightBits ?? null, trained.settings.images, compared)}
    </p>
  );
}

function described({ training }: RunSettings): string {
  if (!training) return '';
  const { epochs, trainImages, validationImages, batchSize, distillation } = training;
  return WORDS.staircase.settings(
    epochs,
    count(trainImages),
    count(validationImages),
    batchSize,
    percentShort(distillation),
  );
}
