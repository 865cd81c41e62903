/** The interpreter: a QuantizedModel run node by node in exact integers. */
import { activationOf } from '../../graph/activations.ts';
import { alive } from '../../base/work/life.ts';
import { inferShapes, inputsOf, isDepthwise } from '../../graph/shapes.ts';
import { INPUT } from '../../graph/types.ts';
import type { GraphNode, Kind, NodeOf, TensorName } from '../../graph/types.ts';
import { quantize } from '../../quant/affine.ts';
import { outputGrid } from '../../quant/outputGrid.ts';
import type { ActivationParams, QuantizedModel, QuantizedWeights } from '../../quant/types.ts';
import { addInteger } from './add.ts';
import type { AddFormula } from './add.ts';
import { convInteger, type ConvInteger } from './conv.ts';
import { convFast } from './convFast.ts';
import { depthwiseInteger } from './depthwise.ts';
import { denseInteger, linearInteger } from './linear.ts';
import { lookUp } from '../../base/lookUp.ts';
import { avgPoolInteger, globalAvgPoolInteger, maxPoolInteger } from './pool.ts';

/** How convolutions run: 'fast' is WebAssembly, 'reference' the plain loops that it is judged by; they give the same codes. */
export type IntegerKernels = 'fast' | 'reference';

const CONVOLUTIONS: Readonly<Record<IntegerKernels, ConvInteger>> = { fast: convFast, reference: convInteger };

export type RunIntegerOptions = {
  /** Called with each quantized tensor, INPUT first, in the graph's order: codes [n, H, W, C], or [n, C]. */
  readonly onTensor?: (name: TensorName, codes: Uint8Array) => void;
  /** Which of ONNX Runtime's additions to follow; 'portable' is what onnxruntime-web runs. */
  readonly addFormula?: AddFormula;
  readonly kernels?: IntegerKernels;
};

/**
 * Runs the network as ONNX Runtime's integer kernels run its QDQ export, code for code.
 *
 * @param input [n, H, W, C], normalized
 * @returns logits [n, classes]
 * @throws Error naming the layer or tensor that the model lacks, or the size of input that was expected
 */
export function runInteger(
  model: QuantizedModel,
  input: Float32Array,
  n: number,
  { onTensor, addFormula = 'portable', kernels = 'fast' }: RunIntegerOptions = {},
): Float32Array {
  const { name, inputShape, nodes } = model.graph;
  const size = n * inputShape.reduce((product, side) => product * side, 1);
  if (input.length !== size) {
    throw new Error(`${name}: ${n} images of ${inputShape.join(' x ')} are ${size} numbers, not ${input.length}.`);
  }
  const shapes = inferShapes(model.graph);
  const codes = new Map<TensorName, Uint8Array>();
  const keep = (tensor: TensorName, values: Uint8Array): void => {
    codes.set(tensor, values);
    onTensor?.(tensor, values);
  };
  const lastReader = new Map(nodes.flatMap((node) => inputsOf(node).map((tensor) => [tensor, node] as const)));

  keep(INPUT, quantize(input, paramsOf(model, INPUT), 'the input') as Uint8Array);
  for (const node of nodes) {
    alive();
    const operands = inputsOf(node).map((tensor) => lookUp(codes, tensor, 'codes'));
    if (node.kind === 'linear' && node === nodes.at(-1))
      return linearInteger(node, operands[0], paramsOf(model, node.input), weightsOf(model, node.name));
    keep(node.name, runLayer(model, shapes, node, operands, addFormula, kernels));
    for (const tensor of inputsOf(node)) if (lastReader.get(tensor) === node) codes.delete(tensor);
  }
  throw new Error(`${name} does not end in a linear layer: it has no logits.`);
}

/**
 * One layer: the codes of its inputs to its own.
 *
 * @param shapes of every tensor, as inferShapes gives them
 * @param node any but the one that gives the logits
 * @param operands in the order of the node's inputs, [n, H, W, C] each
 * @returns codes [n, H, W, C], or [n, C] after global average pooling
 */
export function runLayer(
  model: QuantizedModel,
  shapes: ReadonlyMap<TensorName, readonly number[]>,
  node: GraphNode,
  operands: readonly Uint8Array[],
  addFormula: AddFormula,
  kernels: IntegerKernels = 'fast',
): Uint8Array {
  const output = outputGrid(node.name, paramsOf(model, node.name), activationOf(node));
  const rule = RULES[node.kind] as Rule<GraphNode>;
  return rule(node, operands, { model, shapes, addFormula, kernels, output });
}

/** What a layer runs within. */
type Surroundings = {
  readonly model: QuantizedModel;
  readonly shapes: ReadonlyMap<TensorName, readonly number[]>;
  readonly addFormula: AddFormula;
  readonly kernels: IntegerKernels;
  /** The grid of what it writes, up to its activation's bound. */
  readonly output: ActivationParams;
};

type Rule<Node> = (node: Node, operands: readonly Uint8Array[], within: Surroundings) => Uint8Array;

/** Codes to codes, one rule a kind. */
const RULES: { readonly [K in Kind]: Rule<NodeOf<K>> } = {
  conv(node, [codes], { model, shapes, kernels, output }) {
    const [size, outSize] = [imageShape(shapes, node.input), imageShape(shapes, node.name)];
    const convolve = isDepthwise(node) ? depthwiseInteger : CONVOLUTIONS[kernels];
    return convolve(node, codes, size, outSize, paramsOf(model, node.input), weightsOf(model, node.name), output);
  },

  add: ({ inputs: [p, q] }, [a, b], { model, addFormula, output }) =>
    addInteger(a, b, paramsOf(model, p), paramsOf(model, q), output, addFormula),

  maxPool: (node, [codes], { model, shapes }) =>
    maxPoolInteger(
      node,
      codes,
      imageShape(shapes, node.input),
      imageShape(shapes, node.name),
      paramsOf(model, node.input),
    ),

  avgPool(node, [codes], { model, shapes, output }) {
    const [size, outSize] = [imageShape(shapes, node.input), imageShape(shapes, node.name)];
    return avgPoolInteger(node, codes, size, outSize, paramsOf(model, node.input), output);
  },

  globalAvgPool({ input }, [codes], { model, shapes, output }) {
    const [height, width, channels] = imageShape(shapes, input);
    return globalAvgPoolInteger(codes, height * width, channels, paramsOf(model, input), output);
  },

  linear: (node, [codes], { model, output }) =>
    denseInteger(node, codes, paramsOf(model, node.input), weightsOf(model, node.name), output),
};

type ImageShape = readonly [height: number, width: number, channels: number];

function imageShape(shapes: ReadonlyMap<TensorName, readonly number[]>, tensor: TensorName): ImageShape {
  const [height, width, channels] = lookUp(shapes, tensor, 'shape');
  return [height, width, channels];
}

function paramsOf({ activations }: QuantizedModel, tensor: TensorName): ActivationParams {
  return lookUp(activations, tensor, 'activation parameters');
}

function weightsOf({ weights }: QuantizedModel, layer: TensorName): QuantizedWeights {
  return lookUp(weights, layer, 'quantized weights');
}
