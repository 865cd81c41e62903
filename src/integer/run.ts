/** The interpreter: a QuantizedModel run node by node in exact integers. */
import { inferShapes, inputsOf } from '../graph/shapes.ts';
import { INPUT } from '../graph/types.ts';
import type { GraphNode, TensorName } from '../graph/types.ts';
import { quantize } from '../quant/affine.ts';
import type { ActivationParams, QuantizedModel, QuantizedWeights } from '../quant/types.ts';
import { addInteger } from './add.ts';
import type { AddFormula } from './add.ts';
import { convInteger } from './conv.ts';
import { linearInteger } from './linear.ts';
import { globalAvgPoolInteger, maxPoolInteger } from './pool.ts';

/** Codes of one tensor: shape [n, H, W, C], or [n, C] after global average pooling. */
export type CodesTensor = { readonly shape: readonly number[]; readonly codes: Uint8Array };

export type RunIntegerOptions = {
  /** Called with each quantized tensor, INPUT first, in the graph's order. */
  readonly onTensor?: (name: TensorName, tensor: CodesTensor) => void;
  /** Which of ONNX Runtime's additions to follow; 'portable' is what onnxruntime-web runs. */
  readonly addFormula?: AddFormula;
};

/**
 * Runs the network as ONNX Runtime's integer kernels run its QDQ export, code for code.
 *
 * @param input [n, H, W, C], normalized
 * @returns logits [n, classes], or of no length where the network does not end in a linear layer
 * @throws Error naming the layer or tensor that the model lacks, or the size of input that was expected
 */
export function runInteger(
  model: QuantizedModel,
  input: Float32Array,
  n: number,
  { onTensor, addFormula = 'portable' }: RunIntegerOptions = {},
): Float32Array {
  const shapes = inferShapes(model.graph);
  const [height, width, channels] = model.graph.inputShape;
  if (input.length !== n * height * width * channels) {
    throw new Error(
      `${model.graph.name}: ${n} images of ${height} x ${width} x ${channels} are ${n * height * width * channels} numbers, not ${input.length}.`,
    );
  }
  const shapeOf = (name: TensorName): readonly number[] => lookUp(shapes, name, 'shape');
  const params = (name: TensorName): ActivationParams => lookUp(model.activations, name, 'activation parameters');
  const weights = (name: TensorName): QuantizedWeights => lookUp(model.weights, name, 'quantized weights');

  const codes = new Map<TensorName, Uint8Array>();
  const lastReader = new Map(model.graph.nodes.flatMap((node) => inputsOf(node).map((name) => [name, node])));
  let logits = new Float32Array(0);

  const keep = (name: TensorName, values: Uint8Array): void => {
    codes.set(name, values);
    onTensor?.(name, { shape: [n, ...shapeOf(name)], codes: values });
  };
  const run = (node: GraphNode): void => {
    const [x, y] = inputsOf(node);
    const shape = shapeOf(x) as [number, number, number];
    const outShape = shapeOf(node.name) as [number, number, number];
    const read = lookUp(codes, x, 'value');
    switch (node.kind) {
      case 'conv':
        requireReluGrid(node.name, node.relu, params(node.name));
        return keep(
          node.name,
          convInteger(node, read, [shape[0], shape[1]], [outShape[0], outShape[1]], params(x), weights(node.name), params(node.name)),
        );
      case 'add':
        requireReluGrid(node.name, node.relu, params(node.name));
        return keep(node.name, addInteger(read, lookUp(codes, y, 'value'), params(x), params(y), params(node.name), addFormula));
      case 'maxPool':
        return keep(node.name, maxPoolInteger(node, read, shape, [outShape[0], outShape[1]], params(x)));
      case 'globalAvgPool':
        return keep(node.name, globalAvgPoolInteger(read, shape[0] * shape[1], shape[2], params(x), params(node.name)));
      case 'linear':
        logits = linearInteger(node, read, params(x), weights(node.name));
    }
  };

  keep(INPUT, quantize(input, params(INPUT), 'the input image') as Uint8Array);
  for (const node of model.graph.nodes) {
    run(node);
    for (const name of inputsOf(node)) if (lastReader.get(name) === node) codes.delete(name);
  }
  return logits;

  function lookUp<T>(map: ReadonlyMap<TensorName, T>, name: TensorName, what: string): T {
    const value = map.get(name);
    if (value === undefined) throw new Error(`${model.graph.name}: ${name} has no ${what}.`);
    return value;
  }
}

/** Clamping at qmin is a ReLU only where qmin stands for zero. */
function requireReluGrid(name: TensorName, relu: boolean, { zeroPoint, qmin }: ActivationParams): void {
  if (relu && zeroPoint !== qmin) {
    throw new Error(`${name}: an activation after a ReLU needs zero point ${qmin}, not ${zeroPoint}.`);
  }
}
