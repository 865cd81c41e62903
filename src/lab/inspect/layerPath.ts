/** The path of a number: how one output code came from input codes, each step as data. What the lesson shows, in the interpreter's own arithmetic. */
import { plural } from '../../base/text/plural.ts';
import { lookUp } from '../../base/lookUp.ts';
import { activated, activationOf } from '../../graph/activations.ts';
import { hasOwnGrid } from '../../graph/grids.ts';
import { inferShapes, inputsOf, isDepthwise } from '../../graph/shapes.ts';
import type {
  ConvNode,
  GraphNode,
  Kind,
  LinearNode,
  MaxPoolNode,
  NodeOf,
  TensorName,
  WeightedNode,
  Window,
} from '../../graph/types.ts';
import { isInside, windowPixels } from '../../graph/window.ts';
import { rne } from '../../base/rounding.ts';
import { outputGrid } from '../../quant/outputGrid.ts';
import type { ActivationParams, QuantizedModel, QuantizedWeights } from '../../quant/types.ts';
import { requantizeMultiplier } from '../../integer/reference/conv.ts';
import { perChannel } from '../../integer/reference/weights.ts';
import type {
  Place,
  Terms,
  Products,
  Requantized,
  At,
  Summed,
  ConvPath,
  LinearPath,
  AddPath,
  MaxPoolPath,
  AveragePath,
  LayerPath,
} from '../../contract/calls/numberPath.ts';

export const f32 = Math.fround;

/**
 * The whole calculation of one number.
 * @param operands codes of one image, one array for each of the node's inputs
 * @throws RangeError when the layer's output has no such place
 */
export function layerPath(
  model: QuantizedModel,
  node: GraphNode,
  operands: readonly Uint8Array[],
  place: Place,
): LayerPath {
  const shapes = inferShapes(model.graph);
  requirePlace(node.name, lookUp(shapes, node.name, 'shape'), place);
  const names = inputsOf(node);
  const about: About = {
    layer: node.name,
    place,
    inputs: names.map((name) => lookUp(model.activations, name, 'activation parameters')),
  };
  const rule = PATHS[node.kind] as Rule<GraphNode, LayerPath>;
  return rule(node, operands, { model, about, shape: lookUp(shapes, names[0], 'shape') });
}

/** What a path starts from. */
type From = {
  readonly model: QuantizedModel;
  readonly about: About;
  /** Of the node's (first) input. */
  readonly shape: readonly number[];
};

type Rule<Node, Path> = (node: Node, operands: readonly Uint8Array[], from: From) => Path;

const PATHS: { readonly [K in Kind]: Rule<NodeOf<K>, Extract<LayerPath, { readonly kind: K }>> } = {
  conv: (node, [codes], { model, about, shape }) =>
    convPath(node, weightsOf(model, node), codes, shape, about, outputOf(model, node)),
  add: (node, operands, { model, about, shape }) => addPath(operands, shape, about, outputOf(model, node)),
  maxPool: (node, [codes], { model, about, shape }) => maxPoolPath(node, codes, shape, about, outputOf(model, node)),
  avgPool({ name }) {
    throw new Error(`${name} is an average pool over windows, whose numbers cannot be followed.`);
  },
  globalAvgPool: (node, [codes], { model, about, shape }) => averagePath(codes, shape, about, outputOf(model, node)),
  linear(node, [codes], { model, about }) {
    if (hasOwnGrid(model.graph, node))
      throw new Error(`${node.name} is a dense layer before the last one, whose numbers cannot be followed.`);
    return linearPath(node, weightsOf(model, node), codes, about);
  },
};

const weightsOf = ({ weights }: QuantizedModel, { name }: WeightedNode): QuantizedWeights =>
  lookUp(weights, name, 'quantized weights');

/** Up to the activation's bound. */
const outputOf = ({ activations }: QuantizedModel, node: GraphNode): ActivationParams =>
  outputGrid(node.name, lookUp(activations, node.name, 'activation parameters'), activationOf(node));

type About = Omit<At<never>, 'kind'>;

/** @throws RangeError naming the layer and the place that is outside */
export function requirePlace(layer: TensorName, shape: readonly number[], { y, x, channel }: Place): void {
  const [height, width, channels] = shape.length === 3 ? shape : [1, 1, shape[0]];
  const inside = (at: number, size: number): boolean => Number.isInteger(at) && at >= 0 && at < size;
  if (inside(y, height) && inside(x, width) && inside(channel, channels)) return;
  throw new RangeError(
    `${layer} has no number at row ${y}, column ${x}, channel ${channel}: it is ${height} x ${width} with ${plural(channels, 'channel')}.`,
  );
}

function convPath(
  node: ConvNode,
  weights: QuantizedWeights,
  codes: Uint8Array,
  shape: readonly number[],
  at: About,
  output: ActivationParams,
): ConvPath {
  const [input] = at.inputs;
  const { channel } = at.place;
  const terms = withWeights(
    windowTerms(node, codes, shape, at.place, input.zeroPoint, isDepthwise(node) ? null : node.inChannels),
    weights,
    channel,
  );
  const summed = sumOf(terms, weights, channel);
  const multiplier = requantizeMultiplier(input, weights, output, node.outChannels)[channel];
  return {
    kind: 'conv',
    ...at,
    output,
    ...weightGrid(weights, channel),
    ...summed,
    ...requantized(summed.accumulator, multiplier, output),
  };
}

function linearPath(node: LinearNode, weights: QuantizedWeights, codes: Uint8Array, at: About): LinearPath {
  const [input] = at.inputs;
  const { channel } = at.place;
  const terms = withWeights(
    windowTerms(POINT, codes, [1, 1, node.inFeatures], { y: 0, x: 0, channel }, input.zeroPoint, node.inFeatures),
    weights,
    channel,
  );
  const summed = sumOf(terms, weights, channel);
  const multiplier = f32(input.scale * perChannel(weights.scale, channel));
  return {
    kind: 'linear',
    ...at,
    ...weightGrid(weights, channel),
    ...summed,
    multiplier,
    logit: activated(f32(f32(summed.accumulator) * multiplier), node.activation),
  };
}

function addPath(
  operands: readonly Uint8Array[],
  [, width, channels]: readonly number[],
  at: About,
  output: ActivationParams,
): AddPath {
  const { y, x, channel } = at.place;
  const { scale, zeroPoint, qmin, qmax } = output;
  const read = (operand: 0 | 1): number => operands[operand][(y * width + x) * channels + channel];
  const realOf = (code: number, grid: ActivationParams): number => f32(grid.scale * (code - grid.zeroPoint));
  const codes = [read(0), read(1)] as const;
  const reals = [realOf(codes[0], at.inputs[0]), realOf(codes[1], at.inputs[1])] as const;
  const sum = f32(reals[0] + reals[1]);
  const level = f32(f32(sum / scale) + zeroPoint);
  const code = rne(clamp(level, qmin, qmax));
  return { kind: 'add', ...at, output, codes, reals, sum, level, code, real: realOf(code, output) };
}

function maxPoolPath(
  node: MaxPoolNode,
  codes: Uint8Array,
  shape: readonly number[],
  at: About,
  output: ActivationParams,
): MaxPoolPath {
  const [input] = at.inputs;
  const terms = windowTerms(node, codes, shape, at.place, input.zeroPoint, null);
  const code = terms.code.reduce((most, q, i) => (terms.inside[i] && q > most ? q : most), input.qmin);
  return { kind: 'maxPool', ...at, output, terms, code, real: realValue(code, output) };
}

function averagePath(codes: Uint8Array, shape: readonly number[], at: About, output: ActivationParams): AveragePath {
  const [input] = at.inputs;
  const [height, width] = shape;
  const whole = { kernel: [height, width] as const, stride: 1, padding: 0 };
  const terms = windowTerms(whole, codes, shape, at.place, input.zeroPoint, null);
  const accumulator = terms.centred.reduce((sum, q) => sum + q, 0);
  const multiplier = f32(input.scale / f32(output.scale * (height * width)));
  return { kind: 'globalAvgPool', ...at, output, terms, accumulator, ...requantized(accumulator, multiplier, output) };
}

const POINT: Window = { kernel: [1, 1], stride: 1, padding: 0 };

/** @param channels how many the window takes in; null: the place's own alone */
function windowTerms(
  window: Window,
  codes: Uint8Array,
  [height, width, depth]: readonly number[],
  place: Place,
  zeroPoint: number,
  channels: number | null,
): Terms {
  const each = channels ?? 1;
  const pixels = windowPixels(window, place.y, place.x);
  const length = pixels.length * each;
  const terms = {
    y: new Int32Array(length),
    x: new Int32Array(length),
    channel: new Int32Array(length),
    inside: new Uint8Array(length),
    code: new Uint8Array(length),
    centred: new Int16Array(length),
  };
  for (let i = 0; i < length; i++) {
    const [y, x] = pixels[Math.floor(i / each)];
    const channel = channels === null ? place.channel : i % each;
    const inside = isInside(y, x, [height, width]);
    terms.y[i] = y;
    terms.x[i] = x;
    terms.channel[i] = channel;
    terms.inside[i] = inside ? 1 : 0;
    terms.code[i] = inside ? codes[(y * width + x) * depth + channel] : zeroPoint;
    terms.centred[i] = terms.code[i] - zeroPoint;
  }
  return terms;
}

function withWeights(terms: Terms, { codes, shape, zeroPoint }: QuantizedWeights, channel: number): Products {
  const out = shape[shape.length - 1];
  const zero = perChannel(zeroPoint, channel);
  const weight = Int16Array.from(terms.code, (_, i) => codes[i * out + channel]);
  const centredWeight = weight.map((q) => q - zero);
  return { ...terms, weight, centredWeight, product: Int32Array.from(terms.centred, (q, i) => q * centredWeight[i]) };
}

function sumOf(terms: Products, weights: QuantizedWeights, channel: number): Summed {
  const sum = terms.product.reduce((total, product) => total + product, 0);
  const bias = weights.bias[channel];
  return { terms, sum, bias, accumulator: (sum + bias) | 0 };
}

const weightGrid = ({ scale, zeroPoint }: QuantizedWeights, channel: number) => ({
  weightScale: perChannel(scale, channel),
  weightZeroPoint: perChannel(zeroPoint, channel),
});

function requantized(accumulator: number, multiplier: number, output: ActivationParams): Requantized {
  const scaled = f32(f32(accumulator) * multiplier);
  const rounded = rne(scaled);
  const shifted = rounded + output.zeroPoint;
  const code = clamp(shifted, output.qmin, output.qmax);
  return { multiplier, scaled, rounded, shifted, code, real: realValue(code, output) };
}

const realValue = (code: number, { scale, zeroPoint }: ActivationParams): number => f32((code - zeroPoint) * scale);

export const clamp = (value: number, least: number, most: number): number =>
  value < least ? least : value > most ? most : value;
