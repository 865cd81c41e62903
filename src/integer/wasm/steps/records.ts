/** A network's steps over one set of tensors: threads that run whole images have a set each, and share weights and offsets. */
import { lookUp } from '../../../base/lookUp.ts';
import {
  INPUT,
  type AvgPoolNode,
  type GlobalAvgPoolNode,
  type GraphNode,
  type TensorName,
} from '../../../graph/types.ts';
import type { Candidate } from '../choice/candidates.ts';
import type { Placed } from '../plan.ts';
import { convRecord, framed, preparedBytes, type WeightAreas } from './convStep.ts';
import type { Network, Window } from './layers.ts';
import type { Packing } from './packing.ts';
import { depthwiseRecord, sumsFit16 } from './depthwiseStep.ts';
import { addRecord, averagePoolRecord, averageRecord, floatBounds, inputRecord, maxPoolRecord } from './plainSteps.ts';
import type { StepRecord } from './record.ts';

/** A layer with weights, laid out; its kernel is float32 where there was nothing to choose. */
export type Weighted = {
  readonly window: Window;
  readonly packing: Packing;
  readonly choice: Candidate | null;
  readonly areas: WeightAreas;
  /** Byte offset of where its windows begin. */
  readonly offsets: number;
};

/** Where one set of tensors lies, and what belongs to it. */
export type Places = {
  readonly placeOf: (tensor: TensorName) => Placed;
  /** Where an image waits: one that the steps are run on alone. */
  readonly staging: number;
  /** Where codes are prepared for the kernels that read something else. */
  readonly prepared: number;
  /** Set where the input held a NaN. */
  readonly flag: number;
  /** What each byte of a picture becomes. */
  readonly table: number;
};

/** The input's step from numbers, one for each node, then the input's from pixels. */
export function recordsOf(
  network: Network,
  weighted: ReadonlyMap<TensorName, Weighted>,
  { placeOf, staging, prepared, flag, table }: Places,
): readonly StepRecord[] {
  const grids = network.kind === 'integer' ? network.gridOf : null;
  const outputs = network.kind === 'integer' ? network.outputOf : null;

  function convolution({ window, packing, choice, areas, offsets }: Weighted): StepRecord {
    const [input, output] = [placeOf(window.input), placeOf(window.name)];
    if (window.isDepthwise) return { ...depthwise(window, input, output), ...areas };
    const kernel = choice?.kernel ?? 'float32';
    const common = { ...convRecord(kernel, window, packing, input, output), ...areas, offsets };
    if (!outputs || !choice)
      return { ...common, image: input.at, ...floatBounds(window.activation), ...framed(output, 0) };
    const grid = window.isClassifier ? null : outputs(window.name);
    return {
      ...common,
      image: preparedBytes(choice, input) > 0 ? prepared : input.at,
      depth: Math.min(choice.depth, 2 ** 20) * (kernel === 'lookUp' ? 16 : 4),
      zeroPoint: grid?.zeroPoint ?? 0,
      qmax: grid?.qmax ?? 0,
      ...framed(output, grid?.zeroPoint ?? 0),
    };
  }

  function depthwise(window: Window, input: Placed, output: Placed): StepRecord {
    const record = depthwiseRecord(window, input, output);
    if (network.kind === 'float32') return { ...record, ...floatBounds(window.activation), ...framed(output, 0) };
    const { zeroPoint, qmax } = network.outputOf(window.name);
    const fits = sumsFit16(network.weightsOf(window.name), network.gridOf(window.input).qmax);
    return { ...record, zeroPoint, qmax, depth: fits ? 1 : 0, ...framed(output, zeroPoint) };
  }

  function recordOf(node: GraphNode): StepRecord {
    const output = placeOf(node.name);
    const frame = node.kind === 'linear' ? {} : framed(output, grids?.(node.name).zeroPoint ?? 0);
    switch (node.kind) {
      case 'conv':
      case 'linear':
        return convolution(lookUp(weighted, node.name, 'weights'));
      case 'add': {
        const [a, b] = node.inputs;
        const three = grids && outputs && { a: grids(a), b: grids(b), sum: outputs(node.name) };
        return { ...addRecord(node, placeOf(a), placeOf(b), output, three), ...frame };
      }
      case 'maxPool':
        return { ...maxPoolRecord(node, placeOf(node.input), output, grids === null), ...frame };
      case 'avgPool':
        return { ...averagePoolRecord(node, placeOf(node.input), output, pair(node)), ...frame };
      case 'globalAvgPool':
        return { ...averageRecord(placeOf(node.input), output, pair(node)), ...frame };
    }
  }

  function pair({ input, name }: AvgPoolNode | GlobalAvgPoolNode) {
    return grids && { input: grids(input), output: grids(name) };
  }

  const grid = grids?.(INPUT) ?? null;
  const first = placeOf(INPUT);
  const inputFrame = framed(first, grid?.zeroPoint ?? 0);
  return [
    { ...inputRecord('quantize', first, staging, flag, grid), ...inputFrame },
    ...network.graph.nodes.map(recordOf),
    { ...inputRecord('pixels', first, staging, table, grid), ...inputFrame },
  ];
}
