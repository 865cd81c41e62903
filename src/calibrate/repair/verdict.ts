/** Whether a repair has brought the whole network nearer to the float one: what helps each layer need not help their sum. */
import type { FloatModel } from '../../graph/types.ts';
import type { QuantizedModel, Repair, RepairVerdict } from '../../quant/types.ts';
import { meanDivergence } from '../divergence.ts';
import { openPaths, type Images } from '../paths.ts';

/** As many images tell two networks apart; more would cost as much as the repair itself. */
const JUDGED_IMAGES = 128;

/**
 * Mean KL divergence in nats of the quantized network's softmax from the float one's.
 * @param model folded, the one `quantized` was quantized from
 */
export async function outputDivergence(model: FloatModel, quantized: QuantizedModel, images: Images): Promise<number> {
  const paths = openPaths(model, quantized, images);
  for (const node of model.graph.nodes) await paths.pass(node, quantized.weights.get(node.name));
  const { float, quantized: found } = paths.tensor(model.graph.nodes[model.graph.nodes.length - 1].name);
  return meanDivergence(float.values, found.values, model.classes.length);
}

/**
 * The repaired model, or the start where the repair has moved the output further from the float one's; the verdict is
 * written into the model.
 * @param images those the repair was made on; the first {@link JUDGED_IMAGES} of them judge
 * @param known the divergence of `start` on these images, where a verdict has told it: see `remaining`
 */
export async function betterModel(
  model: FloatModel,
  start: QuantizedModel,
  repaired: QuantizedModel,
  images: Images,
  repair: Repair,
  known?: number,
): Promise<QuantizedModel> {
  const count = Math.min(images.count, JUDGED_IMAGES);
  const some = { values: images.values.subarray(0, (images.values.length / images.count) * count), count };
  const before = known ?? (await outputDivergence(model, start, some));
  const after = await outputDivergence(model, repaired, some);
  const verdict: RepairVerdict = { repair, kept: after <= before, before, after, images: count };
  return { ...(verdict.kept ? repaired : start), repairs: [...(start.repairs ?? []), verdict] };
}

/** The divergence that is left after a repair was judged. */
export const remaining = ({ kept, before, after }: RepairVerdict): number => (kept ? after : before);

/** What a verdict says, in a sentence. */
export function verdictText({ repair, kept, before, after, images }: RepairVerdict): string {
  const moved = `KL of the output from the float network ${before.toFixed(4)} before, ${after.toFixed(4)} after, on ${images} calibration images`;
  return kept
    ? `${repair}: kept (${moved}).`
    : `${repair}: dropped, it moved the output away from the float network (${moved}).`;
}
