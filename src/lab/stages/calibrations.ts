/** Calibrations, each made once for all schemes. One that is stopped on its way goes on with the images it has not seen. */
import { calibrate, createCalibrator, observedTensors } from '../../calibrate/calibration.ts';
import type { Calibration, Calibrator } from '../../calibrate/calibration.ts';
import { calibrationIndices } from '../../data/batches.ts';
import type { RunSettings } from '../../contract/run.ts';
import type { Control } from '../../contract/progress.ts';
import { activations } from '../../tensor/activations.ts';
import type { Subject } from './subject.ts';

export type Calibrations = {
  /** @throws the signal's reason, between two batches */
  readonly of: (
    settings: RunSettings,
    subject: Pick<Subject, 'model' | 'dataset'>,
    control: Control,
  ) => Promise<Calibration>;
  readonly forget: () => void;
};

const keyOf = ({ model, dataset, side, calibrationImages, seed, scheme }: RunSettings): string =>
  JSON.stringify([model, dataset, side, calibrationImages, seed, scheme?.repairs?.includes('cle') ?? false]);

export function createCalibrations(): Calibrations {
  const made = new Map<string, Calibration>();
  const stopped = new Map<string, Calibrator>();

  /**
   * Goes on until it is done, is cancelled, or other work goes first. That work may need this calibration, too: what is done
   * of it is put down where the other finds it.
   * @returns the turn that it waits for; none when it is made
   */
  async function goOn(
    settings: RunSettings,
    subject: Pick<Subject, 'model' | 'dataset'>,
    control: Control,
  ): Promise<Promise<void>[]> {
    const { model, dataset } = subject;
    const { calibrationImages: total, seed } = settings;
    const key = keyOf(settings);
    const begun = stopped.get(key) ?? createCalibrator(model);
    stopped.delete(key);
    const unseen = calibrationIndices(dataset.train, total, seed).subarray(begun.images());
    const batches = activations(model, dataset.train, unseen, observedTensors(model.graph));
    const pause = new AbortController();
    const signal = AbortSignal.any([pause.signal, ...(control.signal ? [control.signal] : [])]);
    const turns: Promise<void>[] = [];
    function onProgress(done: number): void {
      control.report?.({ stage: 'Calibrating', done, total, unit: 'images' });
      const turn = done < total ? control.standAside?.() : null;
      if (!turn) return;
      turns.push(turn);
      pause.abort();
    }
    try {
      made.set(key, await calibrate(model, batches, onProgress, signal, begun));
    } catch (error) {
      if (signal.aborted) stopped.set(key, begun);
      if (!pause.signal.aborted) throw error;
    }
    return turns;
  }

  return {
    async of(settings, subject, control) {
      for (;;) {
        const known = made.get(keyOf(settings));
        if (known) return known;
        await Promise.all(await goOn(settings, subject, control));
        control.signal?.throwIfAborted();
      }
    },
    forget() {
      made.clear();
      stopped.clear();
    },
  };
}
