/** Quantization schemes: the named presets, the bits each tensor gets, and the check of a scheme from outside. */
import { sharesGrid } from '../graph/grids.ts';
import { inputsOf, isWeighted } from '../graph/shapes.ts';
import { INPUT, type Graph, type TensorName, type WeightedNode } from '../graph/types.ts';
import type { QRange } from './affine.ts';
import { parseLayers, parseRepairs } from './exceptions.ts';
import { oneOf, record, refusal } from '../base/parsing.ts';
import { BITS, RANGE_METHODS, type Bits, type QuantScheme, type RangeMethod } from './types.ts';

type PresetRules = Omit<QuantScheme, 'name' | 'weightBits' | 'activationBits'>;

/** What each preset fixes; the bitwidths are the user's. */
export const PRESETS = {
  /** Per-channel weights, ranges searched for the least error (but see schemeFor), first convolution and classifier at 8 bits. */
  modern: {
    weights: { granularity: 'perChannel', symmetric: true, range: 'mse' },
    activations: { range: 'mse' },
    firstLastBits: 8,
  },
  /** What the 2021 project did: one affine min/max grid for a tensor, every layer at b bits. */
  '2021': {
    weights: { granularity: 'perTensor', symmetric: false, range: 'minmax' },
    activations: { range: 'minmax' },
    firstLastBits: null,
  },
} as const satisfies Record<string, PresetRules>;

export const PRESET_NAMES = ['modern', '2021'] as const satisfies readonly (keyof typeof PRESETS)[];
export type PresetName = (typeof PRESET_NAMES)[number];

/**
 * Bits at which modern's weights keep their full range: measured better there than any range that clips (docs/ranges.md).
 * What is clipped shrinks its filter, layer after layer, and a rounding error does not.
 */
const UNCLIPPED_WEIGHTS: readonly Bits[] = [3, 4, 5];

/** The preset's scheme at these bits, named after the preset. */
export function schemeFor(preset: PresetName, weightBits: Bits, activationBits: Bits): QuantScheme {
  const rules: PresetRules = PRESETS[preset];
  const range = preset === 'modern' && UNCLIPPED_WEIGHTS.includes(weightBits) ? 'minmax' : rules.weights.range;
  return { name: preset, weightBits, activationBits, ...rules, weights: { ...rules.weights, range } };
}

/**
 * Integers of a b-bit tensor. Unsigned: 0 .. 2^b - 1. Signed: -127 .. 127 at 8 bits, and the full
 * -2^(b-1) .. 2^(b-1) - 1 below, where a narrow range would waste a level that counts.
 */
export function qRange(bits: Bits, signed: boolean): QRange {
  if (!signed) return { qmin: 0, qmax: 2 ** bits - 1 };
  const half = 2 ** (bits - 1);
  return { qmin: bits === 8 ? 1 - half : -half, qmax: half - 1 };
}

/** Bits of a node's weights: its exception, else `firstLastBits` for the first convolution and the classifier. */
export function weightBitsOf(scheme: QuantScheme, graph: Graph, node: WeightedNode): Bits {
  const exception = scheme.layers?.[node.name]?.weightBits;
  if (exception) return exception;
  const ends = [firstConv(graph)?.name, classifier(graph)?.name];
  return (ends.includes(node.name) ? scheme.firstLastBits : null) ?? scheme.weightBits;
}

/**
 * Bits of an activation: its exception, else `firstLastBits` for the network's input and for what the classifier reads,
 * `sumBits` for what no product reads.
 */
export function activationBitsOf(scheme: QuantScheme, graph: Graph, tensor: TensorName): Bits {
  const source = quantizedAt(graph, tensor);
  const exception = scheme.layers?.[source]?.activationBits;
  if (exception) return exception;
  const last = classifier(graph);
  const ends = [INPUT, last && quantizedAt(graph, last.input)];
  if (scheme.firstLastBits && ends.includes(source)) return scheme.firstLastBits;
  return scheme.sumBits && !isMultiplied(graph, source) ? scheme.sumBits : scheme.activationBits;
}

/** Whether a node with weights reads the tensor, itself or by way of a max pool, which keeps its codes. */
function isMultiplied(graph: Graph, tensor: TensorName): boolean {
  const readers = graph.nodes.filter((node) => inputsOf(node).includes(tensor));
  return readers.some((node) => isWeighted(node) || (sharesGrid(node) && isMultiplied(graph, node.name)));
}

/** How the range of a node's weights is found. */
export function weightRangeOf(scheme: QuantScheme, node: WeightedNode): RangeMethod {
  return scheme.layers?.[node.name]?.weightRange ?? scheme.weights.range;
}

/** How the range of an activation is found. */
export function activationRangeOf(scheme: QuantScheme, tensor: TensorName): RangeMethod {
  return scheme.layers?.[tensor]?.activationRange ?? scheme.activations.range;
}

/** The tensor whose quantizer `tensor` shares: itself, or for a max pool the tensor it pools. */
export function quantizedAt(graph: Graph, tensor: TensorName): TensorName {
  const node = graph.nodes.find(({ name }) => name === tensor);
  return node && sharesGrid(node) ? quantizedAt(graph, inputsOf(node)[0]) : tensor;
}

/**
 * A scheme from outside (a link, a file, a message), checked.
 * @throws TypeError with a sentence that names the field, what it holds and what it may hold
 */
export function parseScheme(value: unknown): QuantScheme {
  const scheme = record(value, 'The scheme');
  const weights = record(scheme.weights, 'The scheme\'s "weights"');
  const activations = record(scheme.activations, 'The scheme\'s "activations"');
  if (typeof scheme.name !== 'string' || scheme.name === '') throw refusal('name', scheme.name, 'a non-empty string');
  return {
    name: scheme.name,
    weightBits: oneOf('weightBits', scheme.weightBits, BITS),
    activationBits: oneOf('activationBits', scheme.activationBits, BITS),
    weights: {
      granularity: oneOf('weights.granularity', weights.granularity, ['perTensor', 'perChannel']),
      symmetric: oneOf('weights.symmetric', weights.symmetric, [true, false]),
      range: oneOf('weights.range', weights.range, RANGE_METHODS),
    },
    activations: { range: oneOf('activations.range', activations.range, RANGE_METHODS) },
    firstLastBits: oneOf('firstLastBits', scheme.firstLastBits, [...BITS, null]),
    ...(scheme.sumBits === undefined ? {} : { sumBits: oneOf('sumBits', scheme.sumBits, BITS) }),
    ...(scheme.repairs === undefined ? {} : { repairs: parseRepairs(scheme.repairs) }),
    ...(scheme.layers === undefined ? {} : { layers: parseLayers(scheme.layers) }),
  };
}

function firstConv(graph: Graph): WeightedNode | undefined {
  return graph.nodes.find((node) => node.kind === 'conv');
}

function classifier(graph: Graph): WeightedNode | undefined {
  return graph.nodes.findLast((node) => node.kind === 'linear');
}
