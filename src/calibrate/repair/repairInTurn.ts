/** The repairs that a scheme asks for, one after another; each has to bring the output nearer to be kept. */
import type { FloatModel } from '../../graph/types.ts';
import type { QuantizedModel } from '../../quant/types.ts';
import type { Images } from '../paths.ts';
import { repairModel, type LayerRepair, type RepairOptions, type RepairProgress, type RepairStep } from './repair.ts';
import { betterModel, remaining, type Judges } from './verdict.ts';

/** What of a scheme's repairs works on the quantized model; equalization comes before there is one. */
export const layerRepairs = ({ scheme }: QuantizedModel): readonly LayerRepair[] =>
  (scheme.repairs ?? []).filter((repair) => repair !== 'cle');

/** How far the repairs have got: a run that is cut goes on from there. */
export type RepairsDone = {
  /** After the last repair that was judged; its `repairs` are the verdicts. */
  readonly judged: QuantizedModel;
  /** The same with the next repair's first `units` units repaired. */
  readonly model: QuantizedModel;
  readonly units: number;
};

export type RepairsInTurn = Omit<RepairOptions, 'done' | 'onProgress'> & {
  /** What `onDone` said last, of the same start and images. */
  readonly from?: RepairsDone;
  /** Called after each unit, and after each verdict. */
  readonly onDone?: (done: RepairsDone) => void;
  /** Called after each unit. */
  readonly onStep?: (step: RepairStep) => void;
  readonly onProgress?: (repair: LayerRepair, progress: RepairProgress) => void;
};

/**
 * @param model folded, the one `start` was quantized from
 * @param images those the repairs are made on
 * @throws the signal's reason, within a unit and in judging
 */
export async function repairInTurn(
  model: FloatModel,
  start: QuantizedModel,
  images: Images,
  judges: Judges,
  { from = { judged: start, model: start, units: 0 }, onDone, onStep, onProgress, ...options }: RepairsInTurn = {},
): Promise<QuantizedModel> {
  let { judged, model: made, units } = from;
  for (const repair of layerRepairs(start).slice(judged.repairs?.length ?? 0)) {
    const given = { ...options, done: units, onProgress: (at: RepairProgress) => onProgress?.(repair, at) };
    for await (const step of repairModel(model, made, images, repair, given)) {
      made = step.model;
      onStep?.(step);
      onDone?.({ judged, model: made, units: step.done });
    }
    const verdict = judged.repairs?.at(-1);
    judged = await betterModel(judged, made, judges, repair, verdict && remaining(verdict), options.signal);
    [made, units] = [judged, 0];
    onDone?.({ judged, model: made, units });
  }
  return judged;
}
