/** Trials: parts of a quantized network while the rest stays float, run on batches of images by tfjs or by our engine. */
import { spelled } from '../../base/text/plural.ts';
import { tensorsWithGrid } from '../../graph/grids.ts';
import { isWeighted } from '../../graph/shapes.ts';
import type { FloatModel, TensorName } from '../../graph/types.ts';
import { breathe } from '../../base/breathe.ts';
import { lookUp } from '../../base/lookUp.ts';
import { openFloatReplay, type FloatReplay } from '../../integer/wasm/replay.ts';
import type { QuantizedModel } from '../../quant/types.ts';
import { fittingBatch } from '../../tensor/activations.ts';
import { dequantizedWeights } from '../../tensor/fakeQuantized.ts';
import { replayed, type Change } from '../../tensor/reconstruct/replay.ts';
import { openFewbit, type FewbitNetwork } from '../engines/fewbit.ts';
import type { Here } from '../engines/types.ts';
import type { RanOn } from '../../contract/device.ts';
import type { EngineName } from '../../contract/engines.ts';

/** A part of a quantized network, while the rest stays float; 'all' is the whole. */
export type Trial = {
  readonly quantized: QuantizedModel;
  readonly part: { readonly weights?: readonly TensorName[]; readonly activations?: readonly TensorName[] } | 'all';
};

/** Trials of one network, ready to run. */
export type OpenTrials = {
  readonly engine: EngineName;
  /** null: where tfjs runs. */
  readonly ranOn: RanOn | null;
  /** Images at a time. */
  readonly batchSize: number;
  /**
   * Logits [n, classes] of the float network, then of each trial.
   * @throws the signal's reason, between trials or within one
   */
  readonly logits: (images: Float32Array, n: number, signal?: AbortSignal) => AsyncIterable<Float32Array>;
  readonly close: () => void | Promise<void>;
};

/** Images between two reports of how far it is. */
const ENGINE_BATCH = 2;
/** Milliseconds of work between two moments in which a cancel is heard. */
const SLICE_MS = 12;
/** Numbers of weights that our engine holds for trials at once: 256 MB. */
const MOST_WEIGHTS = 2 ** 26;

/** In groups that our engine can hold the weights of, or one trial where that alone is more. */
export function inGroups(trials: readonly Trial[], most = MOST_WEIGHTS): readonly (readonly Trial[])[] {
  const groups: Trial[][] = [[]];
  let held = 0;
  for (const trial of trials) {
    const { quantized, part } = trial;
    const names = part === 'all' ? [] : (part.weights ?? []);
    const weights = names.reduce((sum, name) => sum + (quantized.weights.get(name)?.codes.length ?? 0), 0);
    if (held > 0 && held + weights > most) {
      groups.push([]);
      held = 0;
    }
    groups[groups.length - 1].push(trial);
    held += weights;
  }
  return groups;
}

/** In tfjs: a whole network feels its grids in float, too. */
export const trialsInTfjs = (model: FloatModel, trials: readonly Trial[]): OpenTrials => ({
  engine: 'tfjs',
  ranOn: null,
  batchSize: fittingBatch(model),
  logits: (images, n, signal) => replayed(model, images, n, changesOf(model, trials), signal),
  close: () => undefined,
});

/** In our engine: a part feels its grids in float32, a whole network runs in integers. */
export async function trialsInFewbit(model: FloatModel, trials: readonly Trial[], here: Here): Promise<OpenTrials> {
  const { device, helpers } = here;
  const parts = trials.filter(({ part }) => part !== 'all');
  const wholes = new Map<QuantizedModel, FewbitNetwork>();
  let replay: FloatReplay | null = null;

  async function close(): Promise<void> {
    replay?.close();
    for (const network of wholes.values()) await network.close();
  }

  try {
    for (const { quantized, part } of trials)
      if (part === 'all' && !wholes.has(quantized))
        wholes.set(quantized, await openFewbit({ model, quantized }, here, { quick: true }));
    const changes = [...changesOf(model, parts)].map(({ arrays, quantizers }) => ({
      kernels: new Map([...arrays].map(([name, { data }]) => [name.slice(0, -KERNEL.length), data])),
      grids: quantizers,
    }));
    // A multiply-add that rounds once is not everywhere: without it a ranking is the same on every machine, ties and all.
    const options = { threads: helpers.threads, startHelper: helpers.start, relaxed: false };
    replay = await openFloatReplay(model, changes, options);
  } catch (error) {
    await close();
    throw error;
  }
  const { threads, run } = replay;

  function wholeOf(quantized: QuantizedModel): FewbitNetwork {
    const network = wholes.get(quantized);
    if (!network) throw new Error('A whole network was not opened.');
    return network;
  }

  async function* logits(images: Float32Array, n: number, signal?: AbortSignal): AsyncGenerator<Float32Array, void> {
    async function pause(): Promise<void> {
      await breathe();
      signal?.throwIfAborted();
    }
    await pause();
    const size = images.length / n;
    const classes = model.classes.length;
    const found = [null, ...parts].map(() => new Float32Array(n * classes));
    for (let image = 0; image < n; image++) {
      const each = await run(images.subarray(image * size, (image + 1) * size), { pause, sliceMs: SLICE_MS });
      found.forEach((of, i) => of.set(each.subarray(i * classes, (i + 1) * classes), image * classes));
    }
    const [float, ...ofParts] = found;
    yield float;
    let next = 0;
    for (const { quantized, part } of trials)
      yield part === 'all' ? await wholeOf(quantized).run(images, n, signal) : ofParts[next++];
  }

  return {
    engine: 'fewbit',
    ranOn: {
      ...device,
      backend: 'wasm',
      description: `parts in float32, the whole in integers, WebAssembly, ${spelled(threads, 'thread')}`,
      threads,
    },
    batchSize: ENGINE_BATCH,
    logits,
    close,
  };
}

const KERNEL = '.kernel';

/** One after the other, so that only one holds dequantized weights. */
function* changesOf(model: FloatModel, trials: readonly Trial[]): Generator<Change> {
  const rounded = new Set(tensorsWithGrid(model.graph));
  for (const { quantized, part } of trials) {
    const { weights = [], activations = [] } =
      part === 'all'
        ? { weights: [...quantized.weights.keys()], activations: [...quantized.activations.keys()] }
        : part;
    const wanted = new Set(weights);
    const some = {
      ...quantized.graph,
      nodes: quantized.graph.nodes.filter((node) => isWeighted(node) && wanted.has(node.name)),
    };
    // A bias lies on a grid of its input's step times its weights' step: that of a part alone is not rounded at all.
    const arrays = new Map(
      [...dequantizedWeights({ ...quantized, graph: some })].filter(
        ([name]) => part === 'all' || name.endsWith(KERNEL),
      ),
    );
    const quantizers = activations
      .filter((name) => rounded.has(name))
      .map((name) => [name, lookUp(quantized.activations, name, 'activation grid')] as const);
    yield { arrays, quantizers: new Map(quantizers) };
  }
}
