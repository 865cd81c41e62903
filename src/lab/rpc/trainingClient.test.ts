import { describe, expect, test, vi } from 'vitest';
import type { Lab } from './client.ts';
import { LabError } from '../../contract/errors.ts';
import type { CallKind } from '../../contract/calls/calls.ts';
import { trainOnward } from './trainingClient.ts';
import type { TrainingState } from '../../contract/calls/training.ts';
import type { Opened } from '../../contract/calls/opened.ts';

const args = { settings: { model: 'resnet20' }, steps: null, watch: null } as Parameters<typeof trainOnward>[1];
const done = { step: 40, savedStep: 40 } as TrainingState;
const lost = new LabError('deviceLost', 'The GPU was lost.');

/** A lab that answers `train` with these, one after another, and opens on all backends but `broken`. */
function fakeLab(
  answers: readonly (TrainingState | Error)[],
  savedStep: number | null = 25,
  broken: readonly string[] = [],
) {
  const asked: string[] = [];
  const left = [...answers];
  const call = async (kind: CallKind, given: { backend?: string }): Promise<unknown> => {
    asked.push(given.backend ? `${kind} ${given.backend}` : kind);
    if (kind === 'trainingState') return { savedStep };
    if (kind === 'open') {
      if (broken.includes(given.backend ?? '')) throw new Error('no such device');
      return { device: { description: `a fresh ${given.backend}` } };
    }
    const answer = left.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const [onNotice, onReopened] = [vi.fn<(sentence: string) => void>(), vi.fn<(opened: Opened) => void>()];
  const train = (): Promise<TrainingState> =>
    trainOnward({ call, close: vi.fn() } as unknown as Lab, args, { backend: 'webgpu', onNotice, onReopened });
  return { asked, onNotice, onReopened, train };
}

describe('a training whose device fails', () => {
  test('goes on from its checkpoint on a fresh device, and says so', async () => {
    const lab = fakeLab([lost, done]);
    expect(await lab.train()).toBe(done);
    expect(lab.asked).toEqual(['train', 'open webgpu', 'trainingState', 'train']);
    expect(lab.onNotice.mock.calls).toEqual([['The GPU was lost. Training goes on from step 25 on a fresh webgpu.']]);
    expect(lab.onReopened).toHaveBeenCalledOnce();
  });

  test('moves to WASM when the fresh device fails, too, or does not open', async () => {
    const twice = fakeLab([lost, new LabError('outOfMemory', 'Out of memory.'), done], null);
    expect(await twice.train()).toBe(done);
    expect(twice.asked.filter((kind) => kind.startsWith('open'))).toEqual(['open webgpu', 'open wasm']);
    expect(twice.onNotice).toHaveBeenLastCalledWith(
      'Out of memory. Training begins again, since nothing was kept yet, on a fresh wasm.',
    );
    const gone = fakeLab([lost, done], 25, ['webgpu']);
    expect(await gone.train()).toBe(done);
    expect(gone.onNotice.mock.calls[0][0]).toContain('on a fresh wasm');
  });

  test('gives up with the failure itself when WASM fails as well', async () => {
    const out = new LabError('outOfMemory', 'Out of memory.');
    await expect(fakeLab([lost, lost, out]).train()).rejects.toBe(out);
    await expect(fakeLab([lost], 25, ['webgpu', 'wasm']).train()).rejects.toBe(lost);
  });

  test('leaves other errors alone', async () => {
    const diverged = new LabError('diverged', 'Training diverged.');
    const lab = fakeLab([diverged]);
    await expect(lab.train()).rejects.toBe(diverged);
    expect(lab.asked).toEqual(['train']);
  });
});
