/** One training: its buttons, its curves, the weights that drift, and what it has won back. */
import { useEffect, useState, type ReactNode } from 'react';
import { announce } from '../../text/announce.ts';
import { bitsName, count, percent, percentShort } from '../../text/format.ts';
import type { State } from '../../state/state.ts';
import { WORDS } from '../../words/words.ts';
import type { ScreenProps } from '../types.ts';
import { LearningChart, LossChart } from './Curves.tsx';
import { Drift } from './Drift.tsx';
import { TrainingButtons } from './TrainingButtons.tsx';
import { createTrainingStore } from './trainingStore.ts';
import type { RunSettings } from '../../../contract/run.ts';
import type { Opened } from '../../../contract/calls/opened.ts';
import { useStore } from '../../store/useStore.ts';
import { float32Of, runOf, settingsOf } from '../../state/selectors.ts';

type Props = ScreenProps & {
  readonly opened: Opened;
  readonly settings: RunSettings;
  /** Controls that choose another training. */
  readonly children: ReactNode;
};

export function TrainingRun({ state, dispatch, lab, opened, settings, children }: Props) {
  const words = WORDS.staircase;
  const { weightedLayers } = opened.model;
  const epochs = settings.training?.epochs ?? 0;
  const [layer, setLayer] = useState(weightedLayers[1] ?? weightedLayers[0]);
  const [store] = useState(() =>
    createTrainingStore({
      lab,
      settings,
      layer,
      backend: state.link.backend,
      onReopened: (again) => dispatch({ kind: 'opened', opened: again }),
      onTested: (result) => dispatch({ kind: 'run', result }),
      onEpoch: ({ epoch, loss, validations }) => {
        const last = validations?.at(-1);
        announce(words.epochDone(epoch + 1, epochs, loss.toFixed(2), last ? percent(last.top1) : ''));
      },
    }),
  );
  const training = useStore(store);
  // Who leaves the screen, or chooses another training, leaves this one paused.
  useEffect(() => {
    store.look();
    return store.pause;
  }, [store]);

  const { run, trail, notice, failure } = training;
  const provenance = `${opened.model.name}, ${opened.dataset.name}, seed ${settings.seed}; ${opened.device.description}`;
  return (
    <>
      <p className="note">{described(settings)}</p>
      <div className="settings">
        {children}
        <label>
          {words.watch}{' '}
          <select
            value={layer}
            onChange={({ target }) => {
              setLayer(target.value);
              store.watch(target.value);
            }}
            data-testid="watch"
          >
            {weightedLayers.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </div>
      <TrainingButtons training={training} store={store} epochs={epochs} />
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
  const [float, rounded, trained] = [float32Of(state), settingsOf(state, state.wanted), settings].map((wanted) =>
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
