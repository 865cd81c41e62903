/** FloatModel to an ONNX file in float32 or float16. */
import { TensorProto_DataType as DataType } from 'onnx-buf';
import { namedArray } from '../../graph/arrays.ts';
import { encodeFloat16 } from '../../base/float16.ts';
import { foldBatchNorm } from '../../graph/fold.ts';
import { INPUT } from '../../graph/types.ts';
import type { FloatModel, GraphNode, TensorName, Weights } from '../../graph/types.ts';
import { addConstant, addNode, newOnnxBuilder, serializeModel } from './builder.ts';
import type { OnnxBuilder } from './builder.ts';
import { hwioToOihw } from '../layout.ts';
import { LOGITS, describeInput, describeLogits, modelMetadata, windowAttributes } from '../signature.ts';

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
  for (const node of graph.nodes) outputs.set(node.name, addLayer(writer, node));
  if (half) addNode(builder, 'Cast', [`${LOGITS}.half`], LOGITS, { to: DataType.FLOAT });
  const metadata = modelMetadata(model);
  return serializeModel(builder, graph.name, [describeInput(graph)], [describeLogits(graph)], metadata);
}

/** Adds a node's operators and returns the name of their result. */
function addLayer(writer: Writer, node: GraphNode): string {
  const { builder, weights, precision, output } = writer;
  const { name } = node;
  switch (node.kind) {
    case 'conv': {
      const { shape, data } = namedArray(weights, `${name}.kernel`);
      const dims = [shape[3], shape[2], shape[0], shape[1]];
      const kernel = addFloats(writer, `${name}.kernel`, dims, hwioToOihw(data, shape));
      const operands = [output(node.input), kernel, addArray(writer, `${name}.bias`)];
      return addRelu(builder, node.relu, addNode(builder, 'Conv', operands, name, windowAttributes(node), name));
    }
    case 'add':
      return addRelu(builder, node.relu, addNode(builder, 'Add', node.inputs.map(output), name, {}, name));
    case 'maxPool':
      return addNode(builder, 'MaxPool', [output(node.input)], name, windowAttributes(node), name);
    case 'globalAvgPool': {
      const pooled = addNode(builder, 'GlobalAveragePool', [output(node.input)], name, {}, name);
      return addNode(builder, 'Flatten', [pooled], `${name}.flat`);
    }
    case 'linear': {
      const arrays = [addArray(writer, `${name}.kernel`), addArray(writer, `${name}.bias`)];
      return addNode(
        builder,
        'Gemm',
        [output(node.input), ...arrays],
        precision === 'float16' ? `${LOGITS}.half` : LOGITS,
        {},
        name,
      );
    }
  }
}

function addRelu(builder: OnnxBuilder, relu: boolean, input: string): string {
  return relu ? addNode(builder, 'Relu', [input], `${input}.relu`) : input;
}

function addArray(writer: Writer, name: string): string {
  const { shape, data } = namedArray(writer.weights, name);
  return addFloats(writer, name, shape, data);
}

/** @throws RangeError naming an array that float16 turns into infinities */
function addFloats({ builder, precision }: Writer, name: string, shape: readonly number[], data: Float32Array): string {
  if (precision === 'float32') return addConstant(builder, name, shape, data);
  const halves = encodeFloat16(data);
  const beyond = halves.findIndex((code) => (code & 0x7c00) === 0x7c00);
  if (beyond >= 0) throw new RangeError(`${name} holds ${data[beyond]}, which is beyond float16.`);
  return addConstant(builder, name, shape, new Uint8Array(halves.buffer), DataType.FLOAT16);
}
