/** One float network run again and again with little changed: what comes before the change is computed once for each image. */
import { lookUp } from '../../base/lookUp.ts';
import { foldBatchNorm } from '../../graph/fold.ts';
import { INPUT, type Graph, type TensorName, type Weights } from '../../graph/types.ts';
import type { AffineParams } from '../../quant/types.ts';
import { areaFrom } from './area.ts';
import { chooseKernels } from './choice/layers.ts';
import { callCrew } from './host/crew.ts';
import { giveMemory, takeMemory } from './host/memories.ts';
import { movedBy, planOf, SLACK, type Placed } from './plan.ts';
import { depthwiseAreas, writeDepthwiseFloats } from './steps/depthwiseStep.ts';
import { weightAreas, writeFloatWeights } from './steps/convStep.ts';
import { floatNetwork } from './steps/layers.ts';
import { laidOut } from './steps/layout.ts';
import { roundRecord } from './steps/plainSteps.ts';
import { STEP_BYTES, writeRecord, type StepRecord } from './steps/record.ts';
import { recordsOf, type Weighted } from './steps/records.ts';
import type { OpenOptions, SliceOptions } from './types.ts';

const PAGE = 65536;

/** What one run does otherwise than the float network. */
export type FloatChange = {
  /** Other weights of layers [kh, kw, in, out]. */
  readonly kernels: ReadonlyMap<TensorName, Float32Array>;
  /** Grids that tensors are rounded to. */
  readonly grids: ReadonlyMap<TensorName, AffineParams>;
};

export type FloatReplay = {
  readonly threads: number;
  /**
   * @param image [H, W, C], normalized
   * @returns logits [1 + changes, classes]: the float network's, then each change's
   */
  readonly run: (image: Float32Array, slices: Required<SliceOptions>) => Promise<Float32Array>;
  readonly close: () => void;
};

/**
 * Opens the network with all of its changes. All tensors keep their places, and the changes run from the one that begins last to
 * the one that begins first: whatever comes before a change is still what the float network made.
 */
export async function openFloatReplay(
  model: { readonly graph: Graph; readonly weights: Weights },
  changes: readonly FloatChange[],
  options: Pick<OpenOptions, 'threads' | 'startHelper' | 'relaxed'> = {},
): Promise<FloatReplay> {
  const network = floatNetwork(foldBatchNorm(model.graph, model.weights));
  const { graph } = network;
  const crew = callCrew(options);
  const area = areaFrom(PAGE);
  const sync = area.take(64);
  const unplaced = planOf(graph, 4, true);
  const plan = movedBy(unplaced, area.take(unplaced.bytes));
  const placeOf = (tensor: TensorName): Placed => lookUp(plan.tensors, tensor, 'place');
  const { chosen } = await chooseKernels(network, plan, crew, 'fixed');
  const layout = laidOut(network, chosen, placeOf, area);
  const last = graph.nodes[graph.nodes.length - 1].name;
  const logitsPlace = placeOf(last);
  const roundedInput: Placed = { ...placeOf(INPUT), at: area.take(placeOf(INPUT).bytes) };
  const own = { staging: plan.staging, prepared: 0, flag: 0, table: 0 };
  const pending = [layout.write];

  /** The layer with other weights. */
  function reweighted(layer: Weighted, name: TensorName, kernel: Float32Array): Weighted {
    const { isDepthwise } = layer.window;
    const areas = isDepthwise ? depthwiseAreas(layer.packing, 4, area) : weightAreas('float32', layer.packing, area);
    const write = isDepthwise ? writeDepthwiseFloats : writeFloatWeights;
    pending.push((memory) => write(memory, areas, layer.packing, kernel, network.arrayOf(name, 'bias')));
    return { ...layer, areas };
  }

  const beginOf = ({ kernels, grids }: FloatChange): number => {
    const touched = graph.nodes.findIndex(({ name }) => kernels.has(name) || grids.has(name));
    return grids.has(INPUT) ? 0 : touched < 0 ? graph.nodes.length - 1 : touched;
  };

  function stepsOf({ kernels, grids }: FloatChange, begin: number, logits: Placed): StepRecord[] {
    const weighted = new Map(layout.weighted);
    for (const [name, kernel] of kernels)
      weighted.set(name, reweighted(lookUp(layout.weighted, name, 'weights'), name, kernel));
    const inputGrid = grids.get(INPUT);
    const placed = (tensor: TensorName): Placed =>
      tensor === last ? logits : tensor === INPUT && inputGrid ? roundedInput : placeOf(tensor);
    const records = recordsOf(network, weighted, { placeOf: placed, ...own });
    return [
      ...(inputGrid ? [roundRecord(placeOf(INPUT), roundedInput, inputGrid)] : []),
      ...graph.nodes.slice(begin).flatMap(({ name }, i) => {
        const grid = grids.get(name);
        const record = records[1 + begin + i];
        return grid ? [record, roundRecord(placed(name), placed(name), grid)] : [record];
      }),
    ];
  }

  const places = [logitsPlace, ...changes.map(() => ({ ...logitsPlace, at: area.take(logitsPlace.bytes) }))];
  const program = [
    ...recordsOf(network, layout.weighted, { placeOf, ...own }).slice(0, -1),
    ...changes
      .map((change, i) => ({ change, begin: beginOf(change), place: places[1 + i] }))
      .toSorted((a, b) => b.begin - a.begin)
      .flatMap(({ change, begin, place }) => stepsOf(change, begin, place)),
  ];
  const steps = area.take(program.length * STEP_BYTES);
  const memory = takeMemory(area.size() + SLACK, crew.threads > 1);
  program.forEach((record, i) => writeRecord(memory, steps + i * STEP_BYTES, record));
  for (const write of pending) write(memory);
  const exports = await crew.begin(memory, sync);
  let isOpen = true;
  let since = performance.now();

  return {
    threads: crew.threads,
    async run(image, { pause, sliceMs }) {
      if (!isOpen) throw new Error(`${graph.name} was closed: it cannot run.`);
      new Float32Array(memory.buffer, plan.staging, image.length).set(image);
      for (let step = 0; step < program.length; step++) {
        exports.run(steps, step, step + 1, crew.threads, sync);
        if (performance.now() - since < sliceMs) continue;
        await pause();
        since = performance.now();
      }
      const { channels } = logitsPlace;
      const logits = new Float32Array(places.length * channels);
      places.forEach(({ at }, i) => logits.set(new Float32Array(memory.buffer, at, channels), i * channels));
      return logits;
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      crew.release();
      if (crew.threads === 1) giveMemory(memory);
    },
  };
}
