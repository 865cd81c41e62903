/** Whether a repair has brought the whole network nearer to the float one: what helps each layer need not help their sum. */
import { decide, top1 } from '../../base/answers.ts';
import { lookUp } from '../../base/lookUp.ts';
import { calibrationIndices, indicesKeptApart } from '../../data/batches.ts';
import type { ImageSet } from '../../data/types.ts';
import { INPUT, type FloatModel } from '../../graph/types.ts';
import type { QuantizedModel, Repair, RepairVerdict } from '../../quant/types.ts';
import { meanDivergence } from '../divergence.ts';
import { openPaths, type Images } from '../paths.ts';

/**
 * At most as many judge. Few are wrong: on the reference ResNet-20 at 4 bits 128 of the images that a gain correction was
 * made on refused it; by 512 others, as by 1,000 test images, it wins back answers.
 */
const MOST_JUDGES = 512;

/** Fewer than these cannot judge. */
const FEWEST_JUDGES = 32;

/** Images run at a time, so that a large network's tensors are not all held at once. */
const CHUNK = 64;

/** How near a quantized network's answers are to the float one's; labels are not needed. */
export type Nearness = {
  /** Mean KL divergence in nats of its softmax from the float network's. */
  readonly divergence: number;
  /** Share of images of which it gives the same class. */
  readonly agreement: number;
};

/** How near logits [n, classes] of a quantized network are to the float one's. */
export const nearnessOf = (float: Float32Array, quantized: Float32Array, classes: number): Nearness => ({
  divergence: meanDivergence(float, quantized, classes),
  agreement: top1(decide(quantized, classes).classes, decide(float, classes).classes),
});

/**
 * Both networks run as the repairs run them, in TensorFlow.js.
 * @param model folded, the one `quantized` was quantized from
 */
export async function nearness(
  model: FloatModel,
  quantized: QuantizedModel,
  { values, count }: Images,
  signal?: AbortSignal,
): Promise<Nearness> {
  const classes = model.classes.length;
  const logits = { float: new Float32Array(count * classes), quantized: new Float32Array(count * classes) };
  const size = values.length / count;
  const grid = lookUp(quantized.activations, INPUT, 'activation grid');
  for (let first = 0; first < count; first += CHUNK) {
    const n = Math.min(CHUNK, count - first);
    const paths = openPaths(model, grid, { values: values.subarray(first * size, (first + n) * size), count: n });
    for (const node of model.graph.nodes) {
      signal?.throwIfAborted();
      await paths.pass(node, quantized);
    }
    const last = paths.tensor(model.graph.nodes[model.graph.nodes.length - 1].name);
    logits.float.set(last.float.values, first * classes);
    logits.quantized.set(last.quantized.values, first * classes);
  }
  return nearnessOf(logits.float, logits.quantized, classes);
}

/** Images that judge repairs. */
export type Judges = {
  readonly count: number;
  /** Whether no repair was made on them. */
  readonly apart: boolean;
  /** On them; whoever has a faster engine runs them in it. @throws the signal's reason */
  readonly nearness: (quantized: QuantizedModel, signal?: AbortSignal) => Promise<Nearness>;
};

/**
 * Training images that no repair is made on, as many as calibrate the network; where too few are left, those that do.
 * @param count images that calibrate it
 */
export function judgingImages(
  train: Pick<ImageSet, 'count' | 'labels' | 'classes'>,
  count: number,
  seed: number,
): Pick<Judges, 'apart'> & { readonly indices: Int32Array } {
  const wanted = Math.min(count, MOST_JUDGES);
  const kept = indicesKeptApart(train, count, wanted, seed);
  const apart = kept.length >= Math.min(wanted, FEWEST_JUDGES);
  return { indices: apart ? kept : calibrationIndices(train, wanted, seed), apart };
}

/**
 * Whether so many more of the answers are kept that chance does not explain it: two standard errors of the difference of two
 * shares. Then the divergence may rise: of a network that is far off it tells how sure the wrong answers are.
 */
function isClearlyNearer({ agreement: before }: Nearness, { agreement: after }: Nearness, images: number): boolean {
  return after - before > 2 * Math.sqrt((before * (1 - before) + after * (1 - after)) / images);
}

/**
 * The repaired model, or the start where the repair has moved the output further from the float one's or lost some of its
 * answers: where a network has collapsed, one that says nothing of anything has the smaller divergence. One that has clearly
 * won answers back is kept, whatever its divergence. The verdict is
 * written into the model.
 * @param known of `start` on these images, where a verdict has told it: see `remaining`
 * @throws the signal's reason
 */
export async function betterModel(
  start: QuantizedModel,
  repaired: QuantizedModel,
  judges: Judges,
  repair: Repair,
  known?: Nearness,
  signal?: AbortSignal,
): Promise<QuantizedModel> {
  const from = known ?? (await judges.nearness(start, signal));
  const to = await judges.nearness(repaired, signal);
  const verdict: RepairVerdict = {
    repair,
    kept:
      isClearlyNearer(from, to, judges.count) || (to.divergence <= from.divergence && to.agreement >= from.agreement),
    before: from.divergence,
    after: to.divergence,
    agreement: { before: from.agreement, after: to.agreement },
    images: judges.count,
    apart: judges.apart,
  };
  return { ...(verdict.kept ? repaired : start), repairs: [...(start.repairs ?? []), verdict] };
}

/** How near the network is after a repair was judged. */
export const remaining = ({ kept, before, after, agreement }: RepairVerdict): Nearness =>
  kept ? { divergence: after, agreement: agreement.after } : { divergence: before, agreement: agreement.before };

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

/** What a verdict says, in a sentence. */
export function verdictText({ repair, kept, before, after, agreement, images, apart }: RepairVerdict): string {
  const moved =
    `KL of the output from the float network ${before.toFixed(4)} before, ${after.toFixed(4)} after, ` +
    `the same answer on ${percent(agreement.before)} before, ${percent(agreement.after)} after, ` +
    `on ${images} ${apart ? 'training images that it was not made on' : 'calibration images, since there are no others'}`;
  return kept
    ? `${repair}: kept (${moved}).`
    : `${repair}: dropped, it moved the output away from the float network (${moved}).`;
}
