/** The repairs that a scheme asks for, applied to its quantized model one after another. */
import { equalize } from '../../calibrate/repair/equalize.ts';
import { repairTitle } from '../../calibrate/repair/repair.ts';
import { layerRepairs, repairInTurn } from '../../calibrate/repair/repairInTurn.ts';
import { judgingImages, nearnessOf, type Judges } from '../../calibrate/repair/verdict.ts';
import { calibrationIndices } from '../../data/batches.ts';
import { subset } from '../../data/imageSet.ts';
import { normalize } from '../../data/normalize.ts';
import type { ImageSet } from '../../data/types.ts';
import type { FloatModel } from '../../graph/types.ts';
import type { QuantizedModel, QuantScheme } from '../../quant/types.ts';
import type { Control } from '../../contract/progress.ts';
import { memoize } from '../../base/memoize.ts';
import { answerImages } from '../engines/answerImages.ts';
import type { Made, OpenNetwork } from '../engines/types.ts';

/** The float model that a scheme's ranges are found on: equalized where it asks for that. */
export function modelFor(model: FloatModel, scheme: QuantScheme): FloatModel {
  return scheme.repairs?.includes('cle') ? equalize(model) : model;
}

/**
 * @param model the one `start` was quantized from
 * @param count calibration images, the same as the ranges were found on
 * @param open opens a network in the engine that measures it
 */
export async function repaired(
  model: FloatModel,
  start: QuantizedModel,
  train: ImageSet,
  { count, seed }: { readonly count: number; readonly seed: number },
  open: (made: Made, control: Control) => Promise<OpenNetwork>,
  control: Control,
): Promise<QuantizedModel> {
  if (layerRepairs(start).length === 0) return start;
  const images = { values: normalize(train, calibrationIndices(train, count, seed), model.normalization), count };
  return repairInTurn(
    model,
    start,
    images,
    judgesOf(model, train, judgingImages(train, count, seed), open, control),
    { seed, signal: control.signal },
    (repair, { layer, done, total }) =>
      control.report?.({ stage: `${repairTitle(repair)}: ${layer}`, done, total, unit: 'layers' }),
  );
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
