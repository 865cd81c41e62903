/** FloatModel to an ONNX file in float32 or float16. */
import { TensorProto_DataType as DataType } from 'onnx-buf';
import { activationOf } from '../../graph/activations.ts';
import { namedArray } from '../../graph/arrays.ts';
import { encodeFloat16 } from '../../base/float16.ts';
import { foldBatchNorm } from '../../graph/fold.ts';
import { inputsOf, isWeighted } from '../../graph/shapes.ts';
import { INPUT } from '../../graph/types.ts';
import type { FloatModel, GraphNode, TensorName, WeightedNode, Weights } from '../../graph/types.ts';
import { addConstant, addNode, modelLength, newOnnxBuilder, reordered, serializeModel } from './builder.ts';
import type { ModelParts } from './builder.ts';
import type { OnnxBuilder } from './builder.ts';
import { kernelLayout, onnxOperator } from '../operators.ts';
import { addActivation } from './activation.ts';
import { LOGITS, describeInput, describeLogits, modelMetadata } from '../signature.ts';

/** The type that weights are kept and layers computed in. */
export type FloatPrecision = 'float32' | 'float16';

/** The file under construction. */
type Writer = {
  readonly builder: OnnxBuilder;
  readonly weights: Weights;
  readonly precision: FloatPrecision;
  readonly output: (tensor: TensorName) => string;
};

/**
 * Writes the model, its batch norms folded, as ONNX, opset 21, NCHW, dynamic batch: `input` [N, C, H, W] normalized to
 * `logits` [N, classes], both of them in float32 whatever the precision between.
 *
 * @throws Error naming the array that is missing, misshapen or beyond float16, or where the network has no linear layer
 * at its end
 */
export function writeFloatOnnx(model: FloatModel, precision: FloatPrecision = 'float32'): Uint8Array {
  return serializeModel(...partsOf(model, precision));
}

/** The length of the file that {@link writeFloatOnnx} writes, which is not written for it. */
export function floatOnnxLength(model: FloatModel, precision: FloatPrecision = 'float32'): number {
  return modelLength(...partsOf(model, precision));
}

function partsOf(model: FloatModel, precision: FloatPrecision): ModelParts {
  const { graph, weights } = foldBatchNorm(model.graph, model.weights);
  const builder = newOnnxBuilder();
  const half = precision === 'float16';
  const outputs = new Map<TensorName, string>([
    [INPUT, half ? addNode(builder, 'Cast', [INPUT], `${INPUT}.half`, { to: DataType.FLOAT16 }) : INPUT],
  ]);
  const output = (tensor: TensorName): string => {
    const name = outputs.get(tensor);
    if (name === undefined) throw new Error(`${graph.name}: ${tensor} is read before it is written.`);
    return name;
  };
  const writer: Writer = { builder, weights, precision, output };
  for (const node of graph.nodes) outputs.set(node.name, addLayer(writer, node, node === graph.nodes.at(-1)));
  if (half) addNode(builder, 'Cast', [`${LOGITS}.half`], LOGITS, { to: DataType.FLOAT });
  const metadata = modelMetadata(model);
  return [builder, graph.name, [describeInput(graph)], [describeLogits(graph)], metadata];
}

/** Adds a node's operators and returns the name of their result; the last node's are the logits. */
function addLayer(writer: Writer, node: GraphNode, last: boolean): string {
  const { builder, precision, output } = writer;
  const { name } = node;
  const { opType, attributes, gives } = onnxOperator(node.kind);
  const arrays = isWeighted(node) ? [addKernel(writer, node), addArray(writer, `${name}.bias`)] : [];
  const operands = [...inputsOf(node).map(output), ...arrays];
  const logits = precision === 'float16' ? `${LOGITS}.half` : LOGITS;
  const activation = activationOf(node);
  const result = addNode(builder, opType, operands, last && !activation ? logits : name, attributes(node), name);
  if (gives === 'pooled') return addNode(builder, 'Flatten', [result], `${name}.flat`);
  return addActivation(builder, activation, result, last ? logits : `${result}.relu`, precision === 'float16');
}

function addKernel(writer: Writer, node: WeightedNode): string {
  const name = `${node.name}.kernel`;
  const { shape, data } = namedArray(writer.weights, name);
  const layout = kernelLayout(node);
  return addFloats(writer, name, layout.shape(shape), data, () => layout.toOnnx(data, shape));
}

function addArray(writer: Writer, name: string): string {
  const { shape, data } = namedArray(writer.weights, name);
  return addFloats(writer, name, shape, data);
}

/**
 * @param inOrder the values in ONNX's order of axes
 * @throws RangeError naming an array that float16 turns into infinities
 */
function addFloats(
  { builder, precision }: Writer,
  name: string,
  shape: readonly number[],
  data: Float32Array,
  inOrder = () => data,
): string {
  if (precision === 'float32') return addConstant(builder, name, shape, reordered(data, inOrder));
  const values = inOrder();
  const halves = encodeFloat16(values);
  const beyond = halves.findIndex((code) => (code & 0x7c00) === 0x7c00);
  if (beyond >= 0) throw new RangeError(`${name} holds ${values[beyond]}, which is beyond float16.`);
  return addConstant(builder, name, shape, new Uint8Array(halves.buffer), DataType.FLOAT16);
}
