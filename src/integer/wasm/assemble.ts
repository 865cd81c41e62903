/** A network written into a memory of its own: steps, packed weights, offsets, and room for the tensors. */
import { lookUp } from '../../base/lookUp.ts';
import { INPUT, type GraphNode, type TensorName } from '../../graph/types.ts';
import { quantizeValue } from '../../quant/affine.ts';
import { areaFrom } from './area.ts';
import { candidatesOf, type Abilities, type Candidate } from './choice/candidates.ts';
import { choose } from './choice/choose.ts';
import {
  convRecord,
  framed,
  offsetsOf,
  packingOf,
  preparedBytes,
  weightAreas,
  writeFloatWeights,
  writeIntegerWeights,
  type WeightAreas,
} from './steps/convStep.ts';
import { windowOf, type Network, type Window } from './steps/layers.ts';
import { takeMemory } from './host/memories.ts';
import type { Source } from './types.ts';
import type { Packing } from './steps/packing.ts';
import { addRecord, averageRecord, inputRecord, maxPoolRecord } from './steps/plainSteps.ts';
import { planOf, SLACK, type Placed, type Plan } from './plan.ts';
import { STEP_BYTES, writeRecord, type StepRecord } from './steps/record.ts';
import { stopwatch } from './choice/stopwatch.ts';
import type { LayerChoice, OpenOptions } from './types.ts';
import { theWorkshop } from './choice/workshop.ts';

const PAGE = 65536;
/** Most that the choice of kernels may take when a network is opened. */
const TIMING_MS = 120;

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
  readonly logits: () => Float32Array;
  /** What each byte of a picture becomes, from its normalization [channels * 256]. */
  readonly writeTable: (normalization: Float32Array) => void;
  /** @throws RangeError where the image just quantized held a NaN */
  readonly checkNaN: (source: Source, image: number) => void;
};

/** A layer with weights, ready to be laid out. */
type Weighted = { readonly window: Window; readonly packing: Packing; readonly choice: Candidate | null };

export async function assemble(
  network: Network,
  abilities: Abilities,
  how: NonNullable<OpenOptions['choose']>,
  shared: boolean,
): Promise<Assembled> {
  const { graph } = network;
  const elementBytes = network.kind === 'integer' ? 1 : 4;
  const plan = planOf(graph, elementBytes);
  const placeOf = (tensor: TensorName): Placed => lookUp(plan.tensors, tensor, 'place');
  const layers: LayerChoice[] = [];
  const weighted = new Map<TensorName, Weighted>();
  const workshop = theWorkshop();
  const timer = stopwatch(abilities.relaxed, TIMING_MS);
  for (const node of graph.nodes) {
    const window = windowOf(node);
    if (!window) continue;
    const packing = packingOf(window, placeOf(window.input), elementBytes);
    if (network.kind === 'float32') {
      weighted.set(node.name, { window, packing, choice: null });
      layers.push({
        name: node.name,
        kernel: 'float32',
        why: abilities.relaxed ? 'multiply and add in one instruction' : 'multiply, then add',
      });
      continue;
    }
    const weights = network.weightsOf(node.name);
    const candidates = candidatesOf(
      workshop(weights, packing),
      weights,
      packing,
      network.gridOf(window.input),
      abilities,
    );
    const shape = { window, packing, input: placeOf(window.input), output: placeOf(window.name) };
    const { candidate, why } = choose(candidates, how, shape, timer);
    weighted.set(node.name, { window, packing, choice: candidate });
    layers.push({ name: node.name, kernel: candidate.kernel, why });
  }

  const area = areaFrom(PAGE);
  const tensorsAt = area.take(plan.bytes);
  const moved = movedBy(plan, tensorsAt);
  const movedPlace = (tensor: TensorName): Placed => lookUp(moved.tensors, tensor, 'place');
  const prepared = Math.max(
    0,
    ...[...weighted.values()].map(({ window, choice }) => (choice ? preparedBytes(choice, placeOf(window.input)) : 0)),
  );
  const preparedAt = area.take(prepared);
  const sync = area.take(64);
  const flag = area.take(4);
  const [, , channels] = graph.inputShape;
  const table = area.take(channels * 256 * 4);
  const count = graph.nodes.length + 2;
  const steps = area.take(count * STEP_BYTES);
  const pending: (() => void)[] = [];
  const offsets = new Map<string, number>();

  /** Layers of one geometry share their offsets. */
  function offsetsAt(window: Window, input: Placed, output: Placed): number {
    const values = offsetsOf(window, input, output);
    const key = [
      window.stride,
      window.padding,
      input.padding,
      input.rowBytes,
      input.pixelBytes,
      output.height,
      output.width,
      output.padding,
      output.rowBytes,
      output.pixelBytes,
    ].join();
    const known = offsets.get(key);
    if (known !== undefined) return known;
    const at = area.take(values.byteLength);
    offsets.set(key, at);
    pending.push(() => void new Uint32Array(memory.buffer, at, values.length).set(values));
    return at;
  }

  function convolution({ window, packing, choice }: Weighted): StepRecord {
    const [input, output] = [movedPlace(window.input), movedPlace(window.name)];
    const kernel = choice?.kernel ?? 'float32';
    const areas: WeightAreas = weightAreas(kernel, packing, area);
    const places = { ...areas, offsets: offsetsAt(window, input, output) };
    if (network.kind === 'float32') {
      pending.push(
        () =>
          void writeFloatWeights(
            memory,
            areas,
            packing,
            network.arrayOf(window.name, 'kernel'),
            network.arrayOf(window.name, 'bias'),
          ),
      );
      return {
        ...convRecord(kernel, window, packing, input, output),
        ...places,
        image: input.at,
        low: window.relu ? 0 : -Infinity,
        ...framed(output, 0),
      };
    }
    if (!choice) throw new Error(`${window.name} has no kernel.`);
    const grid = window.isClassifier ? null : network.gridOf(window.name);
    const weights = network.weightsOf(window.name);
    pending.push(
      () =>
        void writeIntegerWeights(
          memory,
          areas,
          choice,
          workshop(weights, packing),
          weights,
          network.gridOf(window.input),
          grid,
        ),
    );
    return {
      ...convRecord(kernel, window, packing, input, output),
      ...places,
      image: preparedBytes(choice, input) > 0 ? preparedAt : input.at,
      depth: Math.min(choice.depth, 2 ** 20) * (kernel === 'lookUp' ? 16 : 4),
      zeroPoint: grid?.zeroPoint ?? 0,
      qmax: grid?.qmax ?? 0,
      ...framed(output, grid?.zeroPoint ?? 0),
    };
  }

  function recordOf(node: GraphNode): StepRecord {
    const output = movedPlace(node.name);
    const grids = network.kind === 'integer' ? network.gridOf : null;
    const frame = node.kind === 'linear' ? {} : framed(output, grids?.(node.name).zeroPoint ?? 0);
    switch (node.kind) {
      case 'conv':
      case 'linear':
        return convolution(lookUp(weighted, node.name, 'weights'));
      case 'add': {
        const [a, b] = node.inputs;
        return {
          ...addRecord(
            node,
            movedPlace(a),
            movedPlace(b),
            output,
            grids && { a: grids(a), b: grids(b), sum: grids(node.name) },
          ),
          ...frame,
        };
      }
      case 'maxPool':
        return { ...maxPoolRecord(node, movedPlace(node.input), output, grids === null), ...frame };
      case 'globalAvgPool':
        return {
          ...averageRecord(
            node,
            movedPlace(node.input),
            output,
            grids && { input: grids(node.input), output: grids(node.name) },
          ),
          ...frame,
        };
    }
  }

  const grid = network.kind === 'integer' ? network.gridOf(INPUT) : null;
  const first = movedPlace(INPUT);
  const inputFrame = framed(first, grid?.zeroPoint ?? 0);
  const records: StepRecord[] = [
    { ...inputRecord('quantize', first, moved.staging, flag, grid), ...inputFrame },
    ...graph.nodes.map(recordOf),
    { ...inputRecord('pixels', first, moved.staging, table, grid), ...inputFrame },
  ];
  const bytes = area.size() + SLACK;
  const memory = takeMemory(bytes, shared);
  records.forEach((record, i) => writeRecord(memory, steps + i * STEP_BYTES, record));
  for (const write of pending) write();

  const last = graph.nodes[graph.nodes.length - 1];
  const classes = movedPlace(last.name).channels;
  const flagWord = new Int32Array(memory.buffer, flag, 1);
  return {
    memory,
    bytes,
    plan: moved,
    steps,
    sync,
    classes,
    layers,
    logits: () => new Float32Array(memory.buffer, movedPlace(last.name).at, classes),
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
      const size = graph.inputShape.reduce((product, side) => product * side, 1);
      const at = values.subarray(image * size).findIndex((value) => Number.isNaN(value));
      throw new RangeError(`the input: value ${image * size + at} is NaN and cannot be quantized.`);
    },
  };
}

function movedBy(plan: Plan, start: number): Plan {
  const tensors = new Map([...plan.tensors].map(([name, placed]) => [name, { ...placed, at: placed.at + start }]));
  return { tensors, staging: plan.staging + start, bytes: plan.bytes };
}
