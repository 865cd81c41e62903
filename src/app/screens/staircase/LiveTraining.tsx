/** Which training is shown: the one that was started; else that of the loaded network at the control's bits. */
import { useState } from 'react';
import { liveQatSettings, settingsKey } from '../../../contract/settings.ts';
import type { RunSettings } from '../../../contract/run.ts';
import { onChosenImages, settingsOf } from '../../state/selectors.ts';
import { useStore } from '../../store/useStore.ts';
import { nameOf } from '../../text/names.ts';
import { WORDS } from '../../words/words.ts';
import type { ScreenProps } from '../types.ts';
import { CannotTrain } from './CannotTrain.tsx';
import { TrainingRun } from './TrainingRun.tsx';

/** What the recipe's learning rate is multiplied by. */
const RATE_FACTORS = [4, 1, 0.25] as const;

/** Of a training that it is of some network need not be said. */
const roundedName = (settings: RunSettings): string => nameOf({ ...settings, method: 'ptq' });

export function LiveTraining(props: ScreenProps) {
  const { state, trainings } = props;
  const { opened } = state;
  const words = WORDS.staircase;
  const [factor, setFactor] = useState<number>(1);
  const { started } = useStore(trainings);
  // What failed is said above.
  if (!opened) return state.failure ? null : <p className="notice">{WORDS.shell.openingLab}…</p>;
  if (opened.against)
    return (
      <section className="live" aria-labelledby="live-training">
        <h2 id="live-training">{words.live}</h2>
        <CannotTrain {...props} opened={opened} />
      </section>
    );
  const recipe = liveQatSettings(settingsOf(state, state.wanted), {
    ...opened.dataset,
    batch: opened.trainingBatch,
  });
  const { training } = recipe;
  if (!training) return null;
  const rateOf = (by: number): number => Number((training.peakRate * by).toPrecision(3));
  const settings: RunSettings = { ...recipe, training: { ...training, peakRate: rateOf(factor) } };
  const shown = started && onChosenImages(state, started.settings) ? started.settings : settings;
  const elsewhere = settingsKey(shown) !== settingsKey(settings);
  return (
    <section className="live" aria-labelledby="live-training">
      <h2 id="live-training">{words.live}</h2>
      {elsewhere && (
        <p className="notice" data-testid="training-elsewhere">
          {words.elsewhere(roundedName(shown), roundedName(settings))}{' '}
          <button type="button" className="small" onClick={trainings.leave}>
            {words.follow(roundedName(settings))}
          </button>
        </p>
      )}
      <TrainingRun key={settingsKey(shown)} {...props} opened={opened} settings={shown}>
        {!elsewhere && (
          <label>
            {words.rateOf}{' '}
            <select
              value={factor}
              onChange={({ target }) => {
                trainings.leave();
                setFactor(Number(target.value));
              }}
              data-testid="rate"
            >
              {RATE_FACTORS.map((by) => (
                <option key={by} value={by}>
                  {rateOf(by)}
                </option>
              ))}
            </select>
          </label>
        )}
      </TrainingRun>
    </section>
  );
}
