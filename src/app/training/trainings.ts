/** The trainings of the page. One that was started goes on whatever screen is shown and wherever the slider stands. */
import type { Lab } from '../../lab/rpc/client.ts';
import type { RunSettings } from '../../contract/run.ts';
import { float32Settings, settingsKey } from '../../contract/settings.ts';
import type { AppStore } from '../state/appStore.ts';
import { runOf } from '../state/selectors.ts';
import { createStore, type Readable } from '../store/store.ts';
import { announce } from '../text/announce.ts';
import { percent } from '../text/format.ts';
import { WORDS } from '../words/words.ts';
import { createTrainingStore, type TrainingStore } from './trainingStore.ts';

export type LiveTraining = { readonly settings: RunSettings; readonly store: TrainingStore };

export type Trainings = Readable<{
  /** The one that was started last: it stays in view until another is asked for. */
  readonly started: LiveTraining | null;
}> & {
  /** The training with these settings; asked for anew it is the same. @param layer whose weights it shows at first */
  readonly of: (settings: RunSettings, layer: string) => LiveTraining;
  /** Trains on, so many steps or to the end. Another that trains is paused: the machine has room for one. */
  readonly train: (training: LiveTraining, steps: number | null) => void;
  /** Another is to be shown: the one that was started is paused and kept. */
  readonly leave: () => void;
};

/** What a training starts from: rounded only. */
export const roundedOf = (settings: RunSettings): RunSettings => ({
  ...settings,
  method: 'ptq',
  training: undefined,
});

export function createTrainings(lab: Lab, app: AppStore): Trainings {
  const { getState, subscribe, set } = createStore<{ started: LiveTraining | null }>({ started: null });
  const known = new Map<string, LiveTraining>();

  function open(settings: RunSettings, layer: string): LiveTraining {
    const epochs = settings.training?.epochs ?? 0;
    const store = createTrainingStore({
      lab,
      settings,
      layer,
      backend: app.getState().link.backend,
      compared: () => [roundedOf(settings), float32Settings(settings)].filter((other) => !runOf(app.getState(), other)),
      onReopened: (opened) => app.dispatch({ kind: 'opened', opened }),
      onTested: (result) => app.dispatch({ kind: 'run', result }),
      onEpoch({ epoch, loss, validations }) {
        const last = validations?.at(-1);
        announce(WORDS.staircase.epochDone(epoch + 1, epochs, loss.toFixed(2), last ? percent(last.top1) : ''));
      },
    });
    return { settings, store };
  }

  function pauseOther(training: LiveTraining | null): void {
    const { started } = getState();
    if (started && started !== training && started.store.getState().status === 'running') started.store.pause();
  }

  return {
    getState,
    subscribe,
    of(settings, layer) {
      const key = settingsKey(settings);
      const training = known.get(key) ?? open(settings, layer);
      known.set(key, training);
      return training;
    },
    train(training, steps) {
      pauseOther(training);
      set({ started: training });
      training.store.train(steps);
    },
    leave() {
      pauseOther(null);
      set({ started: null });
    },
  };
}
