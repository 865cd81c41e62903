/** Repaired models, each made once; a repair that is stopped, or cut by a closed tab, goes on after the last layer that was done. */
import { equalize } from '../../calibrate/repair/equalize.ts';
import { repairTitle } from '../../calibrate/repair/repair.ts';
import { layerRepairs, repairInTurn, type RepairsDone } from '../../calibrate/repair/repairInTurn.ts';
import { judgingImages, nearnessOf, type Judges } from '../../calibrate/repair/verdict.ts';
import { calibrationIndices } from '../../data/batches.ts';
import { subset } from '../../data/imageSet.ts';
import { normalize } from '../../data/normalize.ts';
import type { ImageSet } from '../../data/types.ts';
import type { FloatModel } from '../../graph/types.ts';
import type { QuantizedModel, QuantScheme } from '../../quant/types.ts';
import type { Control } from '../../contract/progress.ts';
import type { RunSettings } from '../../contract/run.ts';
import { networkKey } from '../../contract/settings.ts';
import { memoize } from '../../base/memoize.ts';
import { answerImages } from '../engines/answerImages.ts';
import type { Made, OpenNetwork } from '../engines/types.ts';
import type { CheckpointStore } from '../resources.ts';
import { fingerprint } from '../../base/bytes/fingerprint.ts';
import { readRepairState, repairStateBytes } from './repairState.ts';

/** The float model that a scheme's ranges are found on: equalized where it asks for that. */
export function modelFor(model: FloatModel, scheme: QuantScheme): FloatModel {
  return scheme.repairs?.includes('cle') ? equalize(model) : model;
}

/** Between two saves: what is done faster is sooner done again. */
const SAVE_EVERY_MS = 10_000;

export type Repairs = {
  /**
   * @param model the one `start` was quantized from
   * @param train the images that calibrated it are of these
   * @throws the signal's reason
   */
  readonly of: (
    settings: RunSettings,
    model: FloatModel,
    start: QuantizedModel,
    train: ImageSet,
    control: Control,
  ) => Promise<QuantizedModel>;
  readonly forget: () => void;
};

/**
 * @param store where a repair goes on from after a reload; a browser may have none
 * @param open opens a network in the engine that measures it
 */
export function createRepairs(
  store: () => Promise<CheckpointStore | null>,
  open: (made: Made, control: Control) => Promise<OpenNetwork>,
): Repairs {
  const made = new Map<string, QuantizedModel>();
  const stopped = new Map<string, RepairsDone>();

  async function repaired(
    key: string,
    { calibrationImages: count, seed }: RunSettings,
    model: FloatModel,
    start: QuantizedModel,
    train: ImageSet,
    control: Control,
  ): Promise<QuantizedModel> {
    const kept = await store().catch(() => null);
    const name = nameOf(key, start);
    const from = stopped.get(key) ?? (await stored(kept, name, start));
    let savedAt = performance.now();
    let saving: Promise<void> = Promise.resolve();
    function save(done: RepairsDone): void {
      savedAt = performance.now();
      // A full disk costs what would be done again, not the repair.
      saving = saving.then(() => kept?.save(name, repairStateBytes(done))).catch(() => undefined);
    }
    function onDone(done: RepairsDone): void {
      stopped.set(key, done);
      if (performance.now() - savedAt > SAVE_EVERY_MS) save(done);
    }
    const images = { values: normalize(train, calibrationIndices(train, count, seed), model.normalization), count };
    try {
      const judges = judgesOf(model, train, judgingImages(train, count, seed), open, control);
      const result = await repairInTurn(model, start, images, judges, {
        seed,
        signal: control.signal,
        from,
        onDone,
        onProgress: (repair, { layer, done, total, unit }) =>
          control.report?.({ stage: `${repairTitle(repair)}: ${layer}`, done, total, unit }),
      });
      await saving;
      await kept?.remove(name).catch(() => undefined);
      stopped.delete(key);
      return result;
    } finally {
      const reached = stopped.get(key);
      if (reached && reached !== from) save(reached);
      await saving;
    }
  }

  return {
    async of(settings, model, start, train, control) {
      if (layerRepairs(start).length === 0) return start;
      const key = networkKey(settings);
      const result = made.get(key) ?? (await repaired(key, settings, model, start, train, control));
      made.set(key, result);
      return result;
    },
    forget() {
      made.clear();
      stopped.clear();
    },
  };
}

/** By the settings, and by what was rounded: another network, or other images, may go by the same name. */
function nameOf(key: string, { weights, activations }: QuantizedModel): string {
  const grids = Float64Array.from([...activations.values()].flatMap(({ scale, zeroPoint }) => [scale, zeroPoint]));
  const arrays = [...weights.values()].flatMap(({ codes, scale, bias }) => [codes, scale, bias]);
  return `repair-${fingerprint([new TextEncoder().encode(key), grids, ...arrays])}`;
}

/** One that cannot be read is begun anew. */
async function stored(
  store: CheckpointStore | null,
  name: string,
  start: QuantizedModel,
): Promise<RepairsDone | undefined> {
  try {
    const bytes = await store?.load(name);
    return bytes ? readRepairState(bytes, start) : undefined;
  } catch {
    return undefined;
  }
}
/** The judges, run as networks are measured: the verdict is of what a student will see. */
function judgesOf(
  model: FloatModel,
  train: ImageSet,
  { indices, apart }: ReturnType<typeof judgingImages>,
  open: (made: Made, control: Control) => Promise<OpenNetwork>,
  { report, signal }: Control,
): Judges {
  const images = subset(train, indices);
  const { count } = images;
  async function logits(quantized: QuantizedModel | null): Promise<Float32Array> {
    const made = { model, quantized };
    const network = await open(made, { signal });
    try {
      return (await answerImages(network, made, images, count, { report, signal }, { stage: 'Judging the repair' }))
        .logits;
    } finally {
      await network.close();
    }
  }
  const float = memoize(() => logits(null));
  return {
    count,
    apart,
    nearness: async (quantized) => nearnessOf(await float(), await logits(quantized), model.classes.length),
  };
}
