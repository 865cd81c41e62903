/** Training that outlives its device: after a lost GPU or full memory it goes on from the last checkpoint. */
import type { CallOptions, Lab } from './client.ts';
import { isFatal, LabError } from '../../contract/errors.ts';
import type { TrainingCalls, TrainingState } from '../../contract/calls/training.ts';
import type { BackendName } from '../../contract/device.ts';
import type { Opened } from '../../contract/calls/opened.ts';

export type RecoveryOptions = CallOptions & {
  /** What the lab was opened with: tried once more before WASM. */
  readonly backend: BackendName | 'auto';
  /** A sentence about what happened and where training goes on. */
  readonly onNotice: (sentence: string) => void;
  /** The lab was opened afresh, perhaps on another device. */
  readonly onReopened: (opened: Opened) => void;
};

/**
 * The call `train`. When its device fails, the lab is opened in a fresh worker, first as it was, then on WASM, and
 * the run goes on from its checkpoint.
 * @throws what `train` throws; the failure itself, when a fresh WASM fails too
 */
export async function trainOnward(
  lab: Lab,
  args: TrainingCalls['train']['args'],
  { backend, onNotice, onReopened, ...options }: RecoveryOptions,
): Promise<TrainingState> {
  const rest: (BackendName | 'auto')[] = [backend, 'wasm'];
  for (;;) {
    try {
      return await lab.call('train', args, options);
    } catch (error) {
      if (!(error instanceof LabError) || !isFatal(error.code) || rest.length === 0) throw error;
      const opened = await reopened(lab, rest, error);
      const { savedStep } = await lab.call('trainingState', args.settings);
      const where = savedStep ? `goes on from step ${savedStep}` : 'begins again, since nothing was kept yet,';
      onReopened(opened);
      onNotice(`${error.message} Training ${where} on ${opened.device.description}.`);
    }
  }
}

/** Takes from `backends` until one opens. @throws the failure that made it necessary, when none does */
async function reopened(lab: Lab, backends: (BackendName | 'auto')[], failure: LabError): Promise<Opened> {
  for (let backend = backends.shift(); backend; backend = backends.shift()) {
    const opened = await lab.call('open', { backend }).catch(() => null);
    if (opened) return opened;
  }
  throw failure;
}
