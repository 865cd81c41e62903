/** Which training is shown: that of the loaded network at the control's bits, with a learning rate of one's choice. */
import { useState } from 'react';
import { liveQatSettings, settingsKey } from '../../../contract/settings.ts';
import { WORDS } from '../../words/words.ts';
import type { ScreenProps } from '../types.ts';
import { TrainingRun } from './TrainingRun.tsx';
import type { RunSettings } from '../../../contract/run.ts';
import { settingsOf } from '../../state/selectors.ts';

/** What the recipe's learning rate is multiplied by. */
const RATE_FACTORS = [4, 1, 0.25] as const;

export function LiveTraining(props: ScreenProps) {
  const { state } = props;
  const { opened } = state;
  const words = WORDS.staircase;
  const [factor, setFactor] = useState<number>(1);
  // What failed is said above.
  if (!opened) return state.failure ? null : <p className="notice">{WORDS.shell.openingLab}…</p>;
  const recipe = liveQatSettings(settingsOf(state, state.wanted), opened.dataset);
  const { training } = recipe;
  if (!training) return null;
  const rateOf = (by: number): number => Number((training.peakRate * by).toPrecision(3));
  const settings: RunSettings = { ...recipe, training: { ...training, peakRate: rateOf(factor) } };
  return (
    <section className="live" aria-labelledby="live-training">
      <h2 id="live-training">{words.live}</h2>
      <TrainingRun key={settingsKey(settings)} {...props} opened={opened} settings={settings}>
        <label>
          {words.rateOf}{' '}
          <select value={factor} onChange={({ target }) => setFactor(Number(target.value))} data-testid="rate">
            {RATE_FACTORS.map((by) => (
              <option key={by} value={by}>
                {rateOf(by)}
              </option>
            ))}
          </select>
        </label>
      </TrainingRun>
    </section>
  );
}
