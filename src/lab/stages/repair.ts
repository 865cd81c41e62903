/** The repairs that a scheme asks for, applied to its quantized model one after another. */
import { equalize } from '../../calibrate/repair/equalize.ts';
import { repairTitle } from '../../calibrate/repair/repair.ts';
import { layerRepairs, repairInTurn } from '../../calibrate/repair/repairInTurn.ts';
import { judgesOf } from '../../calibrate/repair/verdict.ts';
import { calibrationIndices } from '../../data/batches.ts';
import { normalize } from '../../data/normalize.ts';
import type { ImageSet } from '../../data/types.ts';
import type { FloatModel } from '../../graph/types.ts';
import type { QuantizedModel, QuantScheme } from '../../quant/types.ts';
import type { Control } from '../../contract/progress.ts';

/** The float model that a scheme's ranges are found on: equalized where it asks for that. */
export function modelFor(model: FloatModel, scheme: QuantScheme): FloatModel {
  return scheme.repairs?.includes('cle') ? equalize(model) : model;
}

/**
 * @param model the one `start` was quantized from
 * @param count calibration images, the same as the ranges were found on
 */
export async function repaired(
  model: FloatModel,
  start: QuantizedModel,
  train: ImageSet,
  count: number,
  seed: number,
  control: Control,
): Promise<QuantizedModel> {
  if (layerRepairs(start).length === 0) return start;
  const images = { values: normalize(train, calibrationIndices(train, count, seed), model.normalization), count };
  const judges = judgesOf(train, count, seed, model.normalization);
  return repairInTurn(
    model,
    start,
    images,
    judges,
    { seed, signal: control.signal },
    (repair, { layer, done, total }) =>
      control.report?.({ stage: `${repairTitle(repair)}: ${layer}`, done, total, unit: 'layers' }),
  );
}
