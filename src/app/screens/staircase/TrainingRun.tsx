/** One training: its buttons, its curves, the weights that drift, and what it has won back. */
import { useEffect, type ReactNode } from 'react';
import { Explained } from '../../glossary/Explained.tsx';
import { bitsName, count, percent, percentShort } from '../../text/format.ts';
import type { State } from '../../state/state.ts';
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
        stopMeans={words.stopMeans(bitsName(settings.scheme?.weightBits ?? null), count(settings.images))}
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
      {run?.finished && <Outcome state={state} settings={settings} />}
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

/** Rounded only, trained, float: on the same test images. */
function Outcome({ state, settings }: { readonly state: State; readonly settings: RunSettings }) {
  const words = WORDS.staircase;
  const [float, rounded, trained] = [float32Settings(settings), roundedOf(settings), settings].map((wanted) =>
    runOf(state, wanted),
  );
  if (!float || !rounded || !trained) return <p role="status">{words.measuring}</p>;
  const bits = bitsName(settings.scheme?.weightBits ?? null);
  return (
    <p className="outcome" role="status" data-testid="training-outcome">
      {words.outcome(
        bits,
        percent(rounded.top1),
        percent(trained.top1),
        percent(float.top1),
        count(trained.settings.images),
      )}
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
