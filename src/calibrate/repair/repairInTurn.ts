/** The repairs that a scheme asks for, one after another; each has to bring the output nearer to be kept. */
import type { FloatModel } from '../../graph/types.ts';
import type { QuantizedModel } from '../../quant/types.ts';
import type { Images } from '../paths.ts';
import { repairModel, type LayerRepair, type RepairOptions, type RepairStep } from './repair.ts';
import { betterModel, remaining, type Judges, type Nearness } from './verdict.ts';

/** What of a scheme's repairs works on the quantized model; equalization comes before there is one. */
export const layerRepairs = ({ scheme }: QuantizedModel): readonly LayerRepair[] =>
  (scheme.repairs ?? []).filter((repair) => repair !== 'cle');

/**
 * @param model folded, the one `start` was quantized from
 * @param images those the repairs are made on
 * @param onStep called after each unit of layers
 * @throws the signal's reason, between two units and in judging
 */
export async function repairInTurn(
  model: FloatModel,
  start: QuantizedModel,
  images: Images,
  judges: Judges,
  options: RepairOptions,
  onStep: (repair: LayerRepair, step: RepairStep) => void,
): Promise<QuantizedModel> {
  let current = start;
  let near: Nearness | undefined;
  for (const repair of layerRepairs(start)) {
    let made = current;
    for await (const step of repairModel(model, current, images, repair, options)) {
      made = step.model;
      onStep(repair, step);
    }
    current = await betterModel(current, made, judges, repair, near, options.signal);
    const verdict = current.repairs?.at(-1);
    near = verdict && remaining(verdict);
  }
  return current;
}
