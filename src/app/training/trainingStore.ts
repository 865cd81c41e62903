/** One live training on the page: its state and measurements, and the calls that start, pause and end it. */
import type { Lab } from '../../lab/rpc/client.ts';
import { trainOnward } from '../../lab/rpc/trainingClient.ts';
import type { Progress } from '../../contract/progress.ts';
import type { TrainingState } from '../../contract/calls/training.ts';
import { createStore, type Readable } from '../store/store.ts';
import { extended, type Trail } from './trail.ts';
import type { BackendName } from '../../contract/device.ts';
import type { RunResult, RunSettings } from '../../contract/run.ts';
import type { Opened } from '../../contract/calls/opened.ts';
import { isBetter, type TrainingReport } from '../../contract/trainingReport.ts';

export type Training = {
  readonly status: 'reading' | 'ready' | 'running' | 'pausing';
  /** As far as it is known: null until the lab has answered. */
  readonly run: TrainingState | null;
  /** The last step's. */
  readonly rate: number | null;
  readonly trail: Trail | null;
  readonly notice: string | null;
  readonly failure: string | null;
  /** The layer whose weights are watched. */
  readonly layer: string;
  /** Seconds for a step, of late; null: not known yet. */
  readonly pace: number | null;
  /** Of what it does besides its steps: calibrating, the test images; null: nothing. */
  readonly progress: Progress | null;
};

export type TrainingStore = Readable<Training> & {
  /** Asks how far the run with these settings is. */
  readonly look: () => void;
  /** Trains on: so many steps, or to the end. */
  readonly train: (steps: number | null) => void;
  readonly pause: () => void;
  /** Takes what has been learned as the result, or forgets it. */
  readonly end: (keep: boolean) => void;
  readonly watch: (layer: string) => void;
};

type Events = {
  readonly onEpoch: (report: TrainingReport, run: TrainingState) => void;
  /** The trained network, on the test images. */
  readonly onTested: (result: RunResult) => void;
  readonly onReopened: (opened: Opened) => void;
};

type Options = {
  readonly lab: Lab;
  readonly settings: RunSettings;
  readonly backend: BackendName | 'auto';
  readonly layer: string;
  /** What the trained network is compared with and what is not measured yet: measured once it is trained. */
  readonly compared?: () => readonly RunSettings[];
} & Events;

/** Steps over which the pace is averaged. */
const PACED = 8;

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** One value for each step: where several were read at once, their mean for each. */
function withValue(values: Float32Array, value: number, step: number): Float32Array {
  const longer = new Float32Array(Math.max(step, values.length + 1)).fill(value);
  longer.set(values);
  return longer;
}

/** What is known after one more step. */
function advanced(run: TrainingState, { step, loss, accuracy, validations = [] }: TrainingReport): TrainingState {
  const best = validations.reduce((most, next) => (isBetter(next, most) ? next : most), run.best);
  return {
    ...run,
    step,
    losses: withValue(run.losses, loss, step),
    accuracies: withValue(run.accuracies, accuracy, step),
    validations: [...run.validations, ...validations],
    best,
  };
}

export function createTrainingStore({
  lab,
  settings,
  backend,
  layer,
  compared = () => [],
  onEpoch,
  onTested,
  onReopened,
}: Options): TrainingStore {
  const { getState, subscribe, set } = createStore<Training>({
    status: 'reading',
    run: null,
    rate: null,
    trail: null,
    notice: null,
    failure: null,
    layer,
    pace: null,
    progress: null,
  });
  /** When the last step came; null: none has come since it was started. */
  let last: number | null = null;
  let running: AbortController | null = null;
  const onProgress = (progress: Progress): void => set({ progress });

  /** Lets `work` ask the lab, and takes what it answers as the run's state; a pause is no failure. */
  async function ask(work: (signal: AbortSignal) => Promise<TrainingState>, status: Training['status']): Promise<void> {
    if (running) return;
    const controller = new AbortController();
    running = controller;
    last = null;
    set({ status, failure: null });
    try {
      const run = await work(controller.signal);
      set({ run });
      if (run.finished) {
        const options = { signal: controller.signal, onProgress };
        onTested(await lab.call('evaluate', settings, options));
        for (const other of compared()) onTested(await lab.call('evaluate', other, options));
      }
    } catch (error) {
      if (!controller.signal.aborted) set({ failure: sentence(error) });
      const run = await lab.call('trainingState', settings).catch(() => getState().run);
      set({ run });
    }
    running = null;
    set({ status: 'ready', progress: null });
  }

  function receive(report: TrainingReport): void {
    const { run: before, trail } = getState();
    if (!before || report.step <= before.step) return;
    const run = advanced(before, report);
    const now = performance.now();
    const seconds = last === null ? null : (now - last) / 1000 / (report.step - before.step);
    const { pace } = getState();
    last = now;
    set({
      ...(seconds !== null && { pace: pace === null ? seconds : pace + (seconds - pace) / PACED }),
      run,
      rate: report.rate,
      trail: report.sample ? extended(trail, report.step, report.sample) : trail,
    });
    if (report.step % run.stepsPerEpoch === 0) onEpoch(report, run);
  }

  function train(steps: number | null, signal: AbortSignal): Promise<TrainingState> {
    return trainOnward(
      lab,
      { settings, steps, watch: getState().layer },
      {
        backend,
        signal,
        onReopened,
        onNotice: (notice) => set({ notice }),
        onProgress(progress) {
          set({ progress: progress.training ? null : progress });
          if (progress.training) receive(progress.training);
        },
      },
    );
  }

  return {
    look: () => void ask(() => lab.call('trainingState', settings, { onProgress }), 'reading'),
    getState,
    subscribe,
    train: (steps) => void ask((signal) => train(steps, signal), 'running'),
    pause() {
      if (!running) return;
      running.abort();
      set({ status: 'pausing' });
    },
    end(keep) {
      void ask(async () => {
        const run = await lab.call('endTraining', { settings, keep }, { onProgress });
        if (!keep) set({ trail: null, rate: null, notice: null });
        return run;
      }, 'pausing');
    },
    watch(next) {
      set({ trail: null, layer: next });
      lab.call('watchLayer', { layer: next }).catch((error: unknown) => set({ failure: sentence(error) }));
    },
  };
}
