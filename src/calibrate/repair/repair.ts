/** Repairs of a quantized model, layer after layer (or block after block), each resumable where the last one ended. */
import { hasOwnGrid } from '../../graph/grids.ts';
import { lookUp } from '../../base/lookUp.ts';
import { inputsOf, isWeighted } from '../../graph/shapes.ts';
import {
  INPUT,
  type FloatModel,
  type Graph,
  type GraphNode,
  type TensorName,
  type WeightedNode,
} from '../../graph/types.ts';
import type { QuantizedModel, QuantizedWeights, Repair } from '../../quant/types.ts';
import { BLOCK, blockError, roundBlock, type BlockChoice, type BlockOptions } from '../../tensor/reconstruct/block.ts';
import { momentsOf, type Moments } from '../../tensor/reconstruct/gram.ts';
import { ROUNDING, roundByMoments, type RoundedLayer } from '../../tensor/reconstruct/rounding.ts';
import { gridOfChannel, withCodes } from '../codes.ts';
import { withBlock, withWeights } from '../learned.ts';
import { correctedGain, correctedMean, outputMoments } from './correct.ts';
import { blocksOf } from './blocks.ts';
import { gptq } from './gptq.ts';
import { openPaths, realWeights, type Images, type Paths } from '../paths.ts';
import { betterOf, flips } from './quadratic.ts';

/** Cross-layer equalization comes before the ranges and is a function of the float model: see equalize.ts. */
export type LayerRepair = Exclude<Repair, 'cle'>;

export type RepairOptions = Partial<Omit<BlockOptions, 'onStep'>> & {
  /** Units that `start` has already been repaired in. */
  readonly done?: number;
  readonly onProgress?: (progress: RepairProgress) => void;
};

/** In layers or blocks; where one takes long, in the steps of its optimizer. */
export type RepairProgress = {
  /** What is repaired now, as `RepairStep` names it. */
  readonly layer: TensorName;
  readonly done: number;
  readonly total: number;
  readonly unit: 'layers' | 'steps';
};

/** One unit repaired. */
export type RepairStep = {
  readonly repair: LayerRepair;
  /** The layer, or the last node of the block. */
  readonly layer: TensorName;
  readonly done: number;
  readonly total: number;
  /** Mean squared error of the unit's output with round-to-nearest, and now. */
  readonly before: number;
  readonly after: number;
  /** Repaired up to here: the start of a later run with `done`. */
  readonly model: QuantizedModel;
};

type Context = {
  readonly model: FloatModel;
  readonly start: QuantizedModel;
  readonly paths: Paths;
  readonly options: BlockOptions;
};
type Repaired = Pick<RepairStep, 'model' | 'before' | 'after'>;
type Rule = {
  /** As it is called while it runs. */
  readonly title: string;
  readonly units: (graph: Graph) => readonly GraphNode[][];
  /** Whether each unit is learned, in the same number of steps. */
  readonly learns?: true;
  readonly repair: (unit: readonly GraphNode[], context: Context) => Promise<Repaired>;
};

/**
 * Yields after each unit; the last step's model is the result.
 * @param model folded, the one that `start` was quantized from
 * @throws the signal's reason, between units and within them
 */
export async function* repairModel(
  model: FloatModel,
  start: QuantizedModel,
  images: Images,
  repair: LayerRepair,
  given: RepairOptions = {},
): AsyncGenerator<RepairStep, void> {
  const { done: skip = 0, onProgress, ...rest } = given;
  const rule = RULES[repair];
  const chosen = { ...ROUNDING, ...BLOCK, ...rest };
  const units = rule.units(model.graph);
  const total = units.filter(hasWeights).length;
  const paths = openPaths(model, lookUp(start.activations, INPUT, 'activation grid'), images);
  let current = start;
  let done = 0;
  for (const unit of units) {
    chosen.signal?.throwIfAborted();
    const layer = unit[unit.length - 1].name;
    const work = hasWeights(unit) && done >= skip;
    const before = done;
    const options = {
      ...chosen,
      onStep: (step: number, steps: number) =>
        onProgress?.({ layer, done: before * steps + step, total: total * steps, unit: 'steps' }),
    };
    if (work && !rule.learns) onProgress?.({ layer, done, total, unit: 'layers' });
    const repaired = work ? await rule.repair(unit, { model, start: current, paths, options }) : null;
    if (repaired) current = repaired.model;
    for (const node of unit) await paths.pass(node, current);
    if (hasWeights(unit)) done++;
    if (repaired) yield { repair, layer, done, total, ...repaired };
  }
}

const hasWeights = (unit: readonly GraphNode[]): boolean => unit.some(isWeighted);
const singly = ({ nodes }: Graph): GraphNode[][] => nodes.map((node) => [node]);

const RULES: Readonly<Record<LayerRepair, Rule>> = {
  bias: { title: 'Bias correction', units: singly, repair: correcting(correctedMean) },
  gain: { title: 'Gain correction', units: singly, repair: correcting(correctedGain) },
  gptq: {
    title: 'GPTQ',
    units: singly,
    repair: byMoments(async (moments, layer, nearest) => gptq(moments, layer.kernel, nearest)),
  },
  adaround: {
    title: 'AdaRound',
    units: singly,
    learns: true,
    repair: byMoments(async (moments, layer, nearest, options) =>
      flips(moments, layer.kernel, withCodes(nearest, await roundByMoments(moments, layer, options))),
    ),
  },
  brecq: { title: 'Block reconstruction', units: blocksOf, learns: true, repair: reconstructBlock },
};

export const repairTitle = (repair: LayerRepair): string => RULES[repair].title;

/** A correction of a layer's output channels, by what the repaired layers before it now put out; its ReLU is left out. */
function correcting(correct: typeof correctedMean): Rule['repair'] {
  return async ([node], { start, paths }) => {
    const layer = node as WeightedNode;
    const own = lookUp(start.weights, layer.name, 'quantized weights');
    const wanted = await paths.floatOutput(layer);
    const found = await paths.quantizedOutput(layer, start);
    const inputScale = lookUp(start.activations, layer.input, 'activation grid').scale;
    const { bias } = realWeights(start, layer, own);
    const { weights, before, after } = correct(
      outputMoments(wanted.values, found.values, own.bias.length),
      own,
      bias,
      inputScale,
    );
    return { model: withWeights(start, new Map([[layer.name, weights]])), before, after };
  };
}

type Choose = (
  moments: Moments,
  layer: RoundedLayer,
  nearest: QuantizedWeights,
  options: BlockOptions,
) => Promise<QuantizedWeights>;

/** A rounding chosen by a layer's second moments, kept in those channels where it is better than the nearest. */
function byMoments(choose: Choose): Rule['repair'] {
  return async ([node], { model, start, paths, options }) => {
    const layer = node as WeightedNode;
    const nearest = lookUp(start.weights, layer.name, 'quantized weights');
    const [input] = paths.read(layer);
    const { bias } = realWeights(start, layer, nearest);
    const moments = await momentsOf(
      layer,
      input.quantized,
      await paths.floatOutput(layer),
      bias,
      paths.count,
      options.signal,
    );
    const chosen = await choose(moments, roundedLayer(model, layer, nearest), nearest, options);
    const { weights, before, after } = betterOf(moments, nearest, chosen);
    return { model: withWeights(start, new Map([[layer.name, weights]])), before, after };
  };
}

async function reconstructBlock(
  unit: readonly GraphNode[],
  { model, start, paths, options }: Context,
): Promise<Repaired> {
  const weighted = unit.filter(isWeighted);
  const own = new Map(weighted.map((node) => [node.name, lookUp(start.weights, node.name, 'quantized weights')]));
  const written = new Set(unit.map(({ name }) => name));
  const outside = new Set(unit.flatMap((node) => inputsOf(node).filter((name) => !written.has(name))));
  const choiceOf = (quantized: QuantizedModel): BlockChoice => ({
    weights: new Map(
      weighted.map((node) => [
        node.name,
        realWeights(quantized, node, lookUp(quantized.weights, node.name, 'quantized weights')),
      ]),
    ),
    quantizers: new Map(
      unit
        .filter((node) => hasOwnGrid(start.graph, node))
        .map(({ name }) => [name, lookUp(quantized.activations, name, 'activation grid')]),
    ),
  });
  const from = choiceOf(start);
  const block = {
    nodes: unit,
    layers: new Map(
      weighted.map((node) => [
        node.name,
        {
          ...roundedLayer(model, node, lookUp(own, node.name, 'weights')),
          bias: lookUp(from.weights, node.name, 'weights').bias,
        },
      ]),
    ),
    quantizers: from.quantizers,
    inputs: new Map([...outside].map((name) => [name, paths.tensor(name)])),
    target: await floatTarget(unit, outside, paths),
    count: paths.count,
  };
  const learned = withBlock(start, await roundBlock(block, options));
  const before = await blockError(block, from);
  const after = await blockError(block, choiceOf(learned));
  return after < before ? { model: learned, before, after } : { model: start, before, after: before };
}

/** What the block puts out on the float path. */
async function floatTarget(unit: readonly GraphNode[], outside: ReadonlySet<TensorName>, paths: Paths) {
  const stacks = new Map([...outside].map((name) => [name, paths.tensor(name).float]));
  for (const node of unit) stacks.set(node.name, await paths.floatNode(node, stacks));
  return lookUp(stacks, unit[unit.length - 1].name, 'float output');
}

function roundedLayer(model: FloatModel, node: WeightedNode, weights: QuantizedWeights): RoundedLayer {
  const { data, shape } = lookUp(model.weights, `${node.name}.kernel`, 'array');
  return { kernel: data, shape, grids: Array.from(weights.scale, (_, c) => gridOfChannel(weights, c)) };
}
