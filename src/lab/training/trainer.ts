/** The trainings of an engine: at most one is open at a time, the others are checkpoints or finished networks. */
import type { QuantizedModel } from '../../quant/types.ts';
import { breathe } from '../../base/breathe.ts';
import { readCheckpoint } from '../../tensor/train/checkpoint.ts';
import { failureCode } from '../failure.ts';
import { LabError } from '../../contract/errors.ts';
import type { CheckpointStore, NamedCheckpoints } from '../resources.ts';
import { exportName, networkKey, settingsHash } from '../../contract/settings.ts';
import type { TrainingCalls, TrainingState } from '../../contract/calls/training.ts';
import { emptyRecord, readRecord } from './record.ts';
import { openSession, stepsOf, type Prepared, type TrainingSession } from './run.ts';
import type { QatSettings } from '../../quant/training/types.ts';
import type { RunSettings } from '../../contract/run.ts';
import type { Control } from '../../contract/progress.ts';

/** Each answers the call of its name: see TrainingCalls. */
export type Trainer = {
  readonly trainingState: (settings: RunSettings, control?: Control) => Promise<TrainingState>;
  /** @throws the signal's reason once it is aborted and the last step is kept; LabError 'diverged' with a hint */
  readonly train: (args: TrainingCalls['train']['args'], control?: Control) => Promise<TrainingState>;
  readonly watchLayer: (args: TrainingCalls['watchLayer']['args']) => null;
  readonly endTraining: (args: TrainingCalls['endTraining']['args'], control?: Control) => Promise<TrainingState>;
  /** The network that the run with these settings ends in, trained to its end where it is not there yet. */
  readonly trained: (settings: RunSettings, control?: Control) => Promise<QuantizedModel>;
};

type QatRun = RunSettings & { readonly training: QatSettings };

function requireQat(settings: RunSettings): QatRun {
  const { method, training } = settings;
  if (method !== 'qat' || !training)
    throw new Error('A training needs method qat and its training settings: make them with qatSettings.');
  return { ...settings, training };
}

const keyOf = networkKey;

/** @param prepare calibrates and quantizes: where a training of these settings starts */
export function createTrainer(
  checkpointStore: () => Promise<CheckpointStore | null>,
  prepare: (settings: RunSettings, control: Control) => Promise<Prepared>,
): Trainer {
  const made = new Map<string, QuantizedModel>();
  let live: { readonly key: string; readonly session: TrainingSession } | null = null;
  let watched: string | null = null;

  async function checkpointsOf(settings: QatRun): Promise<NamedCheckpoints | null> {
    const store = await checkpointStore();
    const { name = '', weightBits = 32, activationBits = 32 } = settings.scheme ?? {};
    return (
      store && {
        ...store,
        name: `${exportName(settings, 'qat', name, weightBits, activationBits)}-${settingsHash({ ...settings, images: 0, engine: undefined })}`,
      }
    );
  }

  async function close(): Promise<void> {
    const open = live;
    live = null;
    await open?.session.dispose();
  }

  async function sessionFor(settings: QatRun, control: Control): Promise<TrainingSession> {
    const key = keyOf(settings);
    if (live?.key === key) return live.session;
    await live?.session.save();
    await close();
    const prepared = await prepare(settings, control);
    const session = await openSession({ ...prepared, settings, checkpoints: await checkpointsOf(settings) });
    live = { key, session };
    return session;
  }

  /** What a run that cannot go on says: where it stands, and what to do. */
  function explained(error: unknown, { savedStep }: TrainingState, { training: { peakRate } }: QatRun): unknown {
    const code = failureCode(error);
    if (code === undefined || !(error instanceof Error)) return error;
    const kept = savedStep ? `The weights of step ${savedStep} are kept.` : 'Nothing was kept yet.';
    const hint =
      code === 'diverged'
        ? ` Start again with a smaller learning rate than ${peakRate}: ${Number((peakRate / 4).toPrecision(2))}, say.`
        : '';
    return new LabError(code, `${error.message} ${kept}${hint}`, { cause: error });
  }

  async function run(settings: QatRun, count: number, control: Control): Promise<TrainingSession> {
    let session = await sessionFor(settings, control);
    session.watch(watched);
    const { steps } = session.state();
    try {
      let left = count;
      while (left > 0) {
        if (control.signal?.aborted) break;
        const aside = control.standAside?.();
        if (aside) {
          await aside;
          // What went first may have trained something else: this run goes on from what was kept of it.
          session = await sessionFor(settings, control);
          session.watch(watched);
          if (control.signal?.aborted) break;
        }
        const before = session.taken();
        const training = await session.step(left);
        if (!training) break;
        left -= training.step - before;
        control.report?.({ stage: 'Training', done: training.step, total: steps, unit: 'steps', training });
        await breathe();
      }
      await session.save();
    } catch (error) {
      // What is left of it cannot go on; the checkpoint can.
      const state = session.state();
      await close();
      throw explained(error, state, settings);
    }
    control.signal?.throwIfAborted();
    return session;
  }

  /** As the last checkpoint has it, for a run that is not open. */
  async function storedState(settings: QatRun): Promise<TrainingState> {
    const checkpoints = await checkpointsOf(settings);
    const bytes = await checkpoints?.load(checkpoints.name);
    const saved = bytes && checkpoints ? readCheckpoint(bytes, checkpoints.name, settings.training) : null;
    const { losses, accuracies, validations, best, ended } = saved?.extras?.size
      ? readRecord(saved.extras)
      : emptyRecord();
    const step = saved?.step ?? 0;
    return {
      settings,
      step,
      ...stepsOf(settings.training),
      losses: Float32Array.from(losses),
      accuracies: Float32Array.from(accuracies),
      validations,
      best: best && { step: best.step, top1: best.top1, loss: best.loss },
      savedStep: checkpoints ? step : null,
      problem: null,
      finished: ended,
    };
  }

  async function stateOf(settings: RunSettings): Promise<TrainingState> {
    const wanted = requireQat(settings);
    return live?.key === keyOf(wanted) ? live.session.state() : storedState(wanted);
  }

  return {
    trainingState: stateOf,
    async train({ settings, steps, watch }, control = {}) {
      watched = watch;
      return (await run(requireQat(settings), steps ?? Infinity, control)).state();
    },
    watchLayer({ layer }) {
      watched = layer;
      live?.session.watch(layer);
      return null;
    },
    async endTraining({ settings, keep }, control = {}) {
      const wanted = requireQat(settings);
      if (keep) {
        const session = await sessionFor(wanted, control);
        await session.end();
        return session.state();
      }
      if (live?.key === keyOf(wanted)) await close();
      made.delete(keyOf(wanted));
      const checkpoints = await checkpointsOf(wanted);
      await checkpoints?.remove(checkpoints.name);
      return stateOf(wanted);
    },
    async trained(settings, control = {}) {
      const wanted = requireQat(settings);
      const key = keyOf(wanted);
      const known = made.get(key);
      if (known) return known;
      const session = await run(wanted, Infinity, control);
      const network = await session.quantized();
      made.set(key, network);
      const checkpoints = await checkpointsOf(wanted);
      if (checkpoints && !checkpoints.keepsEnded) {
        await checkpoints.remove(checkpoints.name);
        await close();
      }
      return network;
    },
  };
}
