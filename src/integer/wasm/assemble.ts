/** A network written into a memory of its own: steps, packed weights, offsets, and room for the tensors. */
import { lookUp } from '../../base/lookUp.ts';
import { activated, activationOf } from '../../graph/activations.ts';
import { INPUT, type TensorName } from '../../graph/types.ts';
import { quantizeValue } from '../../quant/affine.ts';
import { areaFrom } from './area.ts';
import { batchPlaces, batchRoom, writeBatch } from './batch.ts';
import type { Abilities } from './choice/candidates.ts';
import { chooseKernels } from './choice/layers.ts';
import { takeMemory } from './host/memories.ts';
import { movedBy, planOf, SLACK, type Placed, type Plan } from './plan.ts';
import { preparedBytes } from './steps/convStep.ts';
import type { Network } from './steps/layers.ts';
import { laidOut } from './steps/layout.ts';
import { STEP_BYTES, writeRecord } from './steps/record.ts';
import { recordsOf } from './steps/records.ts';
import type { LayerChoice, OpenOptions, Source } from './types.ts';

const PAGE = 65536;

/** Room for images that threads run whole, each its own. */
export type Batch = {
  /** Byte offset of its record. */
  readonly record: number;
  /** Images at most. */
  readonly room: number;
  /** Copies images `first` to `first + count - 1` to where they are read. */
  readonly stage: (source: Source, first: number, count: number) => void;
  /** Of the last batch, [count, classes]. */
  readonly logits: (count: number) => Float32Array;
};

export type Assembled = {
  readonly memory: WebAssembly.Memory;
  /** How much of it the network takes. */
  readonly bytes: number;
  readonly plan: Plan;
  /** Byte offset of the records: the input's step, one for each node, then the input's from pixels. */
  readonly steps: number;
  /** Byte offset of the threads' meeting place. */
  readonly sync: number;
  readonly classes: number;
  readonly layers: readonly LayerChoice[];
  /** null: images are better run one at a time. */
  readonly batch: Batch | null;
  readonly logits: () => Float32Array;
  /** What each byte of a picture becomes, from its normalization [channels * 256]. */
  readonly writeTable: (normalization: Float32Array) => void;
  /** @throws RangeError where an image that was just quantized held a NaN; `image` is the first of them */
  readonly checkNaN: (source: Source, image: number) => void;
};

/** Tensors of one thread that runs whole images; all threads share the first one's where they share an image. */
type TensorSet = { readonly plan: Plan; readonly prepared: number };

export async function assemble(
  network: Network,
  abilities: Abilities,
  { choose = 'timed', slices }: Pick<OpenOptions, 'choose' | 'slices'>,
  threads: number,
): Promise<Assembled> {
  const { graph } = network;
  const plan = planOf(graph, network.kind === 'integer' ? 1 : 4);
  const { chosen, layers } = await chooseKernels(network, plan, abilities, choose, slices);
  const area = areaFrom(PAGE);
  const room = batchRoom(graph, threads);
  const placeOf = (tensor: TensorName): Placed => lookUp(plan.tensors, tensor, 'place');
  const sets = Array.from({ length: room > 0 ? threads : 1 }, (): TensorSet => {
    const moved = movedBy(plan, area.take(plan.bytes));
    const prepared = [...chosen.values()].map(({ window, choice }) =>
      choice ? preparedBytes(choice, placeOf(window.input)) : 0,
    );
    return { plan: moved, prepared: area.take(Math.max(0, ...prepared)) };
  });
  const sync = area.take(64);
  const flag = area.take(4);
  const [height, width, channels] = graph.inputShape;
  const size = height * width * channels;
  const table = area.take(channels * 256 * 4);
  const stepCount = graph.nodes.length + 1;
  const stepsBytes = (stepCount + 1) * STEP_BYTES;
  const steps = area.take(stepsBytes);
  const classes = placeOf(graph.nodes[graph.nodes.length - 1].name).channels;
  const places = room > 0 ? batchPlaces(area, graph, classes, room, area.take(threads * stepsBytes), stepsBytes) : null;
  const layout = laidOut(network, chosen, placeOf, area);

  const bytes = area.size() + SLACK;
  const memory = takeMemory(bytes, threads > 1);
  const writeSteps = (at: number, set: TensorSet): void => {
    const where = (tensor: TensorName): Placed => lookUp(set.plan.tensors, tensor, 'place');
    const own = { placeOf: where, staging: set.plan.staging, prepared: set.prepared, flag, table };
    recordsOf(network, layout.weighted, own).forEach((record, i) => writeRecord(memory, at + i * STEP_BYTES, record));
  };
  writeSteps(steps, sets[0]);
  if (places) sets.forEach((set, i) => writeSteps(places.steps + i * places.stepsStride, set));
  layout.write(memory);

  const logitsAt = lookUp(sets[0].plan.tensors, graph.nodes[graph.nodes.length - 1].name, 'place').at;
  const grid = network.kind === 'integer' ? network.gridOf(INPUT) : null;
  const behind = activationOf(graph.nodes[graph.nodes.length - 1]);
  /** Integer kernels leave the classifier's activation out. */
  const activatedLogits = (logits: Float32Array): Float32Array =>
    behind ? logits.map((logit) => activated(logit, behind)) : logits;
  const flagWord = new Int32Array(memory.buffer, flag, 1);
  return {
    memory,
    bytes,
    plan: sets[0].plan,
    steps,
    sync,
    classes,
    layers,
    batch: places && {
      record: places.record,
      room,
      stage({ kind, values }, first, count) {
        const Type = kind === 'numbers' ? Float32Array : Uint8Array;
        new Type(memory.buffer, places.images, count * size).set(values.subarray(first * size, (first + count) * size));
        const imageBytes = size * Type.BYTES_PER_ELEMENT;
        const inputStep = kind === 'numbers' ? 0 : stepCount;
        writeBatch(memory, places, { count, imageBytes, inputStep, stepCount, classes });
      },
      logits: (count) => activatedLogits(new Float32Array(memory.buffer, places.logits, count * classes)),
    },
    logits: () => activatedLogits(new Float32Array(memory.buffer, logitsAt, classes)),
    writeTable(normalization) {
      if (normalization.length !== channels * 256)
        throw new Error(
          `A normalization of ${channels} channels is ${channels * 256} numbers, not ${normalization.length}.`,
        );
      if (!grid) return new Float32Array(memory.buffer, table, channels * 256).set(normalization);
      // A plain loop: this runs before every picture, and an array made by a function takes twenty times as long.
      const codes = new Uint8Array(memory.buffer, table, channels * 256);
      for (let i = 0; i < codes.length; i++) codes[i] = quantizeValue(normalization[i], grid);
    },
    checkNaN({ values }, image) {
      if (flagWord[0] === 0) return;
      flagWord[0] = 0;
      const at = values.subarray(image * size).findIndex((value) => Number.isNaN(value));
      throw new RangeError(`the input: value ${image * size + at} is NaN and cannot be quantized.`);
    },
  };
}
